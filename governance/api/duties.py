"""``/api/v1/duties/``: what the viewer is the next mover of, and who moves next for one thing."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from governance import access
from governance.models import Person, Subject
from governance.queries import duties as queries


class MoveReply(serializers.Serializer[Any]):
    """One line of "Next: Li verifies by Thursday, otherwise the chair"."""

    id = serializers.IntegerField(source="duty_id")
    subject = serializers.SerializerMethodField()
    kind = serializers.CharField()
    what = serializers.CharField()
    seat = serializers.CharField()
    who = serializers.CharField()
    person = serializers.IntegerField(source="person_id", allow_null=True)
    stands_in = serializers.CharField()
    by = serializers.DateField(allow_null=True)
    otherwise = serializers.CharField()
    is_late = serializers.BooleanField()

    def get_subject(self, move: queries.Move) -> str:
        return str(self.context["references"][move.subject_id])


class Duties(viewsets.ViewSet):
    """Reading only: a duty is opened and closed by the services that know why."""

    @extend_schema(
        summary="What you owe next; with `subject`, what is owed for that thing",
        parameters=[OpenApiParameter("subject", str, description="A public reference.")],
        responses=MoveReply(many=True),
    )
    def list(self, request: Request) -> Response:
        now, viewer = timezone.now(), cast(Person, request.user)
        reference = request.query_params.get("subject", "")
        if reference:
            subject = Subject.objects.filter(reference=reference).first()
            seen = subject is not None and access.may_see(viewer, subject.pk, now)
            moves = queries.all_moves(subject.pk, now) if subject and seen else []
        else:
            moves = queries.my_moves(viewer, now)
        subjects = {move.subject_id for move in moves}
        references: dict[int, Any] = dict(Subject.objects.filter(pk__in=subjects).values_list("pk", "reference"))
        return Response(MoveReply(moves, many=True, context={"references": references}).data)
