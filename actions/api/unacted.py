"""``/api/v1/not-acted/``: what was asked of a seat, and whose day has passed without an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from actions.queries.scope import Scope, of_duties
from councils.models import Council
from governance.api.base import Reference, Resource
from governance.models import Department, Duty, Person, Seat, Subject
from governance.queries import unacted as queries
from governance.queries.duties import moves


class NotActedReply(serializers.ModelSerializer[Any]):
    subject = Reference(Subject, read_only=True)
    title = serializers.CharField(source="subject.title", read_only=True)
    seat = Reference(Seat, read_only=True)
    asked = serializers.SerializerMethodField(help_text="What for: escalation, answer, acceptance, request, ...")
    who = serializers.SerializerMethodField(help_text="Who answers for the seat now.")
    otherwise = serializers.SerializerMethodField(help_text="Who is asked next; empty: nobody further.")

    class Meta:
        model = Duty
        fields: Sequence[str] = ("id", "subject", "title", "seat", "asked", "kind", "who", "due_on", "otherwise")

    def get_asked(self, duty: Duty) -> str:
        return str(queries.asked_of(duty.kind))

    def get_who(self, duty: Duty) -> str:
        return str(self.context["moves"][duty.pk].who)

    def get_otherwise(self, duty: Duty) -> str:
        return str(self.context["moves"][duty.pk].otherwise)


class Narrowed(serializers.Serializer[Any]):
    asked = serializers.ChoiceField(choices=[str(key) for key in queries.Asked], required=False)
    council = Reference(Council, required=False)
    sponsor = Reference(Seat, required=False)
    within = Reference(Department, required=False)


@extend_schema_view(
    list=extend_schema(
        summary="Who has not acted, the oldest first",
        parameters=[
            OpenApiParameter("asked", str, enum=[str(key) for key in queries.Asked]),
            OpenApiParameter("council", str, description="Reference of the council that oversees it."),
            OpenApiParameter("sponsor", str, description="Reference of the seat that sponsors the council."),
            OpenApiParameter("within", str, description="Reference of a department; with those below it."),
        ],
    )
)
class NotActed(Resource):
    """Open work by seat, of what the viewer may see."""

    model = Duty
    serializer_class = NotActedReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Duty]:
        reader = Narrowed(data=self.request.query_params, context=self.get_serializer_context())
        reader.is_valid(raise_exception=True)
        given = dict(reader.validated_data)
        asked = given.pop("asked", "")
        return queries.listed(viewer, now, asked=asked, **of_duties(Scope(**given)))

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"moves": {move.duty_id: move for move in moves(rows, self.now)}}
