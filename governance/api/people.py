"""``/api/v1/people/``: who is here, being away, leaving."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import sheets as batches
from governance.api.base import Idempotent, Resource
from governance.api.personal import PersonalData
from governance.models import Person, TenureRole
from governance.queries import invitations as newcomers
from governance.queries import people as queries
from governance.queries import sheets
from governance.services import invitations
from governance.services import people as services
from governance.sheets.people import COLUMNS
from governance.views.sheets import download


class SitsIn(serializers.Serializer[Any]):
    seat = serializers.CharField(source="seat.subject.reference", read_only=True)
    title = serializers.CharField(source="seat.subject.title", read_only=True)
    role = serializers.ChoiceField(choices=TenureRole.choices, read_only=True)
    since = serializers.DateTimeField(source="from_at", read_only=True)


class PersonReply(serializers.ModelSerializer[Person]):
    """A person as colleagues may know them. ``away_until`` is told to the person alone: nobody else needs it."""

    seats = serializers.SerializerMethodField()
    away_until = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ("id", "name", "email", "zone", "language", "is_active", "seats", "away_until")

    def get_seats(self, person: Person) -> list[dict[str, Any]]:
        return list(SitsIn(self.context["sits"].get(person.pk, []), many=True).data)

    def get_away_until(self, person: Person) -> str | None:
        mine = person.pk == self.context["viewer"].pk
        return person.away_until.isoformat() if mine and person.away_until else None


class PersonAdd(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField(max_length=150)
    zone = serializers.CharField(max_length=64, required=False)
    language = serializers.CharField(max_length=10, required=False)


class PersonAway(serializers.Serializer[Any]):
    until = serializers.DateField(allow_null=True)


class PersonField(serializers.PrimaryKeyRelatedField[Person]):
    """A person in a payload, by id."""

    def __init__(self, **options: Any) -> None:
        if not options.get("read_only"):
            options.setdefault("queryset", Person.objects.all())
        super().__init__(**options)


class NewcomerReply(serializers.ModelSerializer[Person]):
    """Somebody who never signed in, and until when their invitation is open."""

    invited_until = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Person
        fields = ("id", "name", "email", "invited_until")


class Invite(serializers.Serializer[Any]):
    people = PersonField(many=True)


class InvitationReply(serializers.Serializer[Any]):
    """``address`` is told this once, and only while no mail server is set: hand it to that person alone."""

    person = serializers.IntegerField(source="person.pk", read_only=True)
    address = serializers.CharField(read_only=True)


@extend_schema_view(
    list=extend_schema(
        summary="The people", parameters=[OpenApiParameter("search", str), OpenApiParameter("left", bool)]
    ),
    retrieve=extend_schema(summary="One person"),
)
class People(PersonalData, Idempotent, Resource):
    model = Person
    serializer_class = PersonReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Person]:
        if self.action != "list":
            return Person.objects.all() if viewer.is_active else Person.objects.none()
        asked = self.request.query_params
        return queries.directory(viewer, now, search=asked.get("search", ""), left=asked.get("left") in {"1", "true"})

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"sits": queries.sits([person.pk for person in rows], self.viewer, self.now)}

    @extend_schema(summary="Add a person", request=PersonAdd, responses={201: PersonReply})
    def create(self, request: Request) -> Response:
        return self.answer(services.add(**self.payload(PersonAdd), by=self.viewer, now=self.now), 201)

    @extend_schema(
        summary="Add and change many people",
        request=batches.BatchSend,
        responses={200: batches.BatchReply},
    )
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        return batches.answer(
            self.payload(batches.BatchSend),
            columns=COLUMNS,
            judge=sheets.judge_people,
            take_in=services.take_in,
            viewer=self.viewer,
            now=self.now,
        )

    @extend_schema(
        methods=["GET"],
        summary="Who has never signed in, for whoever places people",
        responses=NewcomerReply(many=True),
    )
    @extend_schema(methods=["POST"], summary="Invite people", request=Invite, responses=InvitationReply(many=True))
    @action(detail=False, methods=["get", "post"], pagination_class=None)
    def invitations(self, request: Request) -> Response:
        if request.method == "GET":
            found = newcomers.never_signed_in(self.viewer, self.now)[:1000]
            return Response(NewcomerReply(found, many=True).data)
        sheets.require_placing(self.viewer, self.now)
        made = invitations.invite(**self.payload(Invite), by=self.viewer, now=self.now)
        return Response(InvitationReply(made, many=True).data, headers={"Cache-Control": "no-store"})

    @extend_schema(
        summary="The people as a CSV file that can be sent back",
        parameters=[OpenApiParameter("search", str), OpenApiParameter("left", bool)],
        responses=batches.CSV,
    )
    @action(detail=False, pagination_class=None)
    def sheet(self, request: Request) -> HttpResponse:
        asked = self.request.query_params
        rows = sheets.people_rows(
            self.viewer, self.now, search=asked.get("search", ""), left=asked.get("left") in {"1", "true"}
        )
        return download("people", COLUMNS, rows)

    @extend_schema(summary="Take their invitation back", request=None, responses=PersonReply)
    @action(detail=True, methods=["post"], url_path="take-back-invitation")
    def take_back(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        invitations.take_back(people=[person], by=self.viewer, now=self.now)
        return self.answer(person)

    @extend_schema(summary="End their access, now", request=None, responses=PersonReply)
    @action(detail=True, methods=["post"], url_path="end-access")
    def end_access(self, request: Request, pk: str) -> Response:
        return self.answer(services.end_access(person=self.get_object(), by=self.viewer, now=self.now))

    @extend_schema(summary="Say until when you are away", request=PersonAway, responses=PersonReply)
    @action(detail=True, methods=["post"])
    def away(self, request: Request, pk: str) -> Response:
        return self.answer(services.be_away(person=self.get_object(), by=self.viewer, **self.payload(PersonAway)))
