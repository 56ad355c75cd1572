"""``/api/v1/seats/``, and what belongs to one seat each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import sheets as batches
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.api.people import PersonField
from governance.models import Department, Person, Seat, SeatKind, TenureRole
from governance.queries import seats as queries
from governance.queries import sheets
from governance.services import briefs, seat_sheet
from governance.services import seats as services
from governance.sheets.seats import COLUMNS
from governance.views.sheets import download


class Answers(serializers.Serializer[Any]):
    """Who answers for a seat today: its holder, or the deputy in the holder's place."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField()
    stands_in = serializers.CharField()


class SeatReply(Thing):
    department = Reference(Department, read_only=True)
    filled_by = Reference(Seat, read_only=True)
    answering = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Seat
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "kind",
            "own_kind",
            "department",
            "expectations",
            "criteria",
            "capacity_minutes",
            "filled_by",
            "answering",
            "version",
        )

    def get_answering(self, seat: Seat) -> dict[str, Any] | None:
        found = self.context["answering"].get(seat.pk)
        return dict(Answers(found).data) if found else None


class SeatFound(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=SeatKind.choices)
    department = Reference(Department)
    title = serializers.CharField(max_length=300, required=False)
    own_kind = serializers.CharField(max_length=60, required=False, help_text="Of the kind “other”: its own name.")
    expectations = serializers.CharField(required=False, help_text="Left out: the usual ones of its kind.")
    criteria = serializers.CharField(required=False, help_text="Left out: the usual ones of its kind.")
    capacity_minutes = serializers.IntegerField(min_value=0, max_value=10_080, required=False)
    filled_by = Reference(Seat, required=False)


class SeatBrief(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=300)
    own_kind = serializers.CharField(max_length=60, required=False, allow_blank=True)
    expectations = serializers.CharField(allow_blank=True)
    criteria = serializers.CharField(allow_blank=True)
    capacity_minutes = serializers.IntegerField(min_value=0, max_value=10_080)
    filled_by = Reference(Seat, required=False, allow_null=True)


class SeatPerson(serializers.Serializer[Any]):
    person = PersonField()
    role = serializers.ChoiceField(choices=TenureRole.choices, default=TenureRole.HOLDER)
    from_at = serializers.DateTimeField(required=False, help_text="Empty: from now on.")
    until_at = serializers.DateTimeField(required=False, help_text="Empty: for good.")


class SeatLeave(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=TenureRole.choices, default=TenureRole.HOLDER)


@extend_schema_view(
    list=extend_schema(
        summary="The seats",
        parameters=[
            OpenApiParameter("kind", str, enum=SeatKind.values),
            OpenApiParameter("department", str, description="Its reference."),
            OpenApiParameter("filled", bool),
        ],
    ),
    retrieve=extend_schema(summary="One seat"),
)
class Seats(Idempotent, Resource):
    model = Seat
    serializer_class = SeatReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Seat]:
        asked = self.request.query_params
        seats = queries.listed(
            viewer,
            now,
            kind=asked.get("kind", ""),
            filled={"1": True, "true": True, "0": False, "false": False}.get(asked.get("filled", "")),
        ).select_related("filled_by__subject")
        if asked.get("department"):
            seats = seats.filter(department__subject__reference=asked["department"])
        return seats

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"answering": queries.answering([seat.pk for seat in rows], self.now)}

    @extend_schema(summary="Found a seat", request=SeatFound, responses={201: SeatReply})
    def create(self, request: Request) -> Response:
        made = services.found(**self.payload(SeatFound), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="Write what is expected of a seat", request=SeatBrief, responses=SeatReply)
    @action(detail=True, methods=["put"])
    def brief(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        briefs.write(
            seat=seat, **self.payload(SeatBrief), by=self.viewer, now=self.now, version=self.expected_version(request)
        )
        return self.answer(self.fresh(seat.pk))

    @extend_schema(summary="Seat a person, from now or a later moment on", request=SeatPerson, responses=SeatReply)
    @action(detail=True, methods=["post"], url_path="seat-person")
    def seat_person(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        services.seat_person(seat=seat, **self.payload(SeatPerson), by=self.viewer, now=self.now)
        return self.answer(self.fresh(seat.pk))

    @extend_schema(
        summary="Found and change many seats", request=batches.BatchSend, responses={200: batches.BatchReply}
    )
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        return batches.answer(
            self.payload(batches.BatchSend),
            columns=COLUMNS,
            judge=sheets.judge_seats,
            take_in=seat_sheet.take_in,
            viewer=self.viewer,
            now=self.now,
        )

    @extend_schema(summary="The seats as a CSV file that can be sent back", responses=batches.CSV)
    @action(detail=False, pagination_class=None)
    def sheet(self, request: Request) -> HttpResponse:
        return download("seats", COLUMNS, sheets.seat_rows(self.viewer, self.now))

    @extend_schema(summary="End a tenure, now", request=SeatLeave, responses=SeatReply)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        services.leave(seat=seat, **self.payload(SeatLeave), by=self.viewer, now=self.now)
        return self.answer(self.fresh(seat.pk))


class OfSeat(Resource):
    """What belongs to one seat each and is known by that seat's reference."""

    lookup_field = "seat__subject__reference"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Any]:
        seen = Seat.objects.visible_to(viewer, now).values("pk")
        return (
            self.model._default_manager.filter(seat__in=seen)
            .select_related("seat__subject", "seat__department__subject")
            .order_by("seat__department__name", "pk")
        )

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"answering": queries.answering([row.pk for row in rows], self.now)}


class OfSeatReply(serializers.ModelSerializer[Any]):
    reference = serializers.CharField(source="seat.subject.reference", read_only=True)
    title = serializers.CharField(source="seat.subject.title", read_only=True)
    department = Reference(Department, source="seat.department", read_only=True)
    answering = serializers.SerializerMethodField()

    class Meta:
        fields: ClassVar[Sequence[str]] = ("reference", "title", "department", "answering")

    def get_answering(self, row: Any) -> dict[str, Any] | None:
        found = self.context["answering"].get(row.pk)
        return dict(Answers(found).data) if found else None
