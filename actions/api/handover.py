"""``/api/v1/seats/<reference>/hand-over/``, ``split/`` and ``take-over/``: a seat changes hands."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from actions.models import ActionItem
from actions.queries import handover as queries
from actions.services import handover as services
from governance.api.base import Idempotent, Reference, Resource
from governance.api.people import PersonField
from governance.errors import Absent
from governance.models import Person, Seat
from governance.queries import holdings


class HeldAction(serializers.Serializer[Any]):
    reference = serializers.CharField(source="action.reference")
    title = serializers.CharField(source="action.title")
    state = serializers.CharField(source="action.state")
    promised = serializers.DateField(source="action.promised", allow_null=True)


class HeldDuty(serializers.Serializer[Any]):
    kind = serializers.CharField()
    what = serializers.CharField()
    who = serializers.CharField()
    by = serializers.DateField(allow_null=True)


class OwedDuty(HeldDuty):
    id = serializers.IntegerField(source="duty_id", help_text="What a split names it by.")


class HeldThing(serializers.Serializer[Any]):
    """A journey, a step of one, a metric or a goal."""

    kind = serializers.CharField(source="subject.kind")
    reference = serializers.CharField()
    title = serializers.CharField()


class HeldReply(serializers.Serializer[Any]):
    """All that a seat holds, as far as its reader may see."""

    seat = Reference(Seat)
    about = HeldDuty(many=True, help_text="Who fills it, hands it over, takes it over.")
    actions = HeldAction(many=True, source="lines")
    answers_for = HeldThing(many=True)
    owes = serializers.SerializerMethodField()
    sits_on = serializers.SerializerMethodField()
    sponsors = serializers.SerializerMethodField()
    fills = serializers.SerializerMethodField()

    def get_owes(self, held: queries.Held) -> list[dict[str, Any]]:
        return [{"subject": subject.reference, **OwedDuty(move).data} for subject, move in held.owes]

    def get_sits_on(self, held: queries.Held) -> str | None:
        return held.membership.council.reference if held.membership else None

    def get_sponsors(self, held: queries.Held) -> list[str]:
        return [council.reference for council in held.sponsors]

    def get_fills(self, held: queries.Held) -> list[str]:
        return [seat.reference for seat in held.fills]


class HandOverTo(serializers.Serializer[Any]):
    person = PersonField()
    from_at = serializers.DateTimeField(required=False)
    until_at = serializers.DateTimeField(required=False)


class HandOn(serializers.Serializer[Any]):
    action = Reference(ActionItem)
    to = Reference(Seat)


class HandOnThing(serializers.Serializer[Any]):
    thing = serializers.CharField(help_text="Reference of a journey, a step of one, a metric or a goal.")
    to = Reference(Seat)


class HandOnDuty(serializers.Serializer[Any]):
    duty = serializers.IntegerField(help_text="The id of an answer or a verification that the seat owes.")
    to = Reference(Seat)


class SplitInto(serializers.Serializer[Any]):
    """What goes to which seat; what is not named stays with the seat."""

    actions = HandOn(many=True, required=False, default=list)
    things = HandOnThing(many=True, required=False, default=list)
    owed = HandOnDuty(many=True, required=False, default=list)


class InheritedReply(serializers.Serializer[Any]):
    action = serializers.CharField(source="action.reference")
    title = serializers.CharField(source="action.title")
    due_on = serializers.DateField()


class TakeOverReply(serializers.Serializer[Any]):
    """The dates that somebody else promised; ``until`` is the last day on which they may be restated."""

    seat = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    promises = InheritedReply(many=True)


class Restated(serializers.Serializer[Any]):
    action = Reference(ActionItem)
    due_on = serializers.DateField()


class TakeOver(serializers.Serializer[Any]):
    """Dates that are not named are accepted as they stand."""

    restated = Restated(many=True, required=False, default=list)


class OfASeat(Idempotent, Resource):
    """Below one seat that the viewer may see."""

    model: ClassVar[type[Seat]] = Seat
    serializer_class: Any = HeldReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Seat]:
        return Seat.objects.visible_to(viewer, now).select_related("department", "calendar")


class HandOver(OfASeat):
    @extend_schema(summary="All that a seat holds", responses=HeldReply)
    def read(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        queries.require_handing_over(seat, self.viewer, self.now)
        return self._held(seat)

    @extend_schema(summary="Hand over whole: seat the successor", request=HandOverTo, responses=HeldReply)
    def whole(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        services.hand_over(seat=seat, **self.payload(HandOverTo), by=self.viewer, now=self.now)
        return self._held(seat)

    @extend_schema(summary="Hand what it holds on to other seats", request=SplitInto, responses=HeldReply)
    def split(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        queries.require_splitting(seat, self.viewer, self.now)
        asked = self.payload(SplitInto)
        to = {row["action"].pk: row["to"] for row in asked["actions"]}
        things = {thing.reference: thing.pk for thing in holdings.of_seat(seat, self.viewer, self.now)}
        if not {row["thing"] for row in asked["things"]} <= things.keys():
            raise Absent("There is nothing here, or nothing that you may see.")
        to |= {things[row["thing"]]: row["to"] for row in asked["things"]}
        owed = {row["duty"]: row["to"] for row in asked["owed"]}
        services.split(seat=seat, to=to, owed=owed, by=self.viewer, now=self.now)
        return self._held(seat)

    def _held(self, seat: Seat) -> Response:
        held = queries.held(seat, self.viewer, self.now)
        return Response(HeldReply(held, context=self.get_serializer_context()).data)


class TakingOver(OfASeat):
    serializer_class: Any = TakeOverReply

    @extend_schema(summary="The dates that a seat took over", responses=TakeOverReply)
    def read(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        services.require_answering(seat, self.viewer, self.now)
        return self._shown(seat)

    @extend_schema(summary="Accept the dates taken over, or restate them", request=TakeOver, responses=TakeOverReply)
    def say(self, request: Request, reference: str) -> Response:
        seat = self.get_object()
        services.require_answering(seat, self.viewer, self.now)
        restated = {row["action"].pk: row["due_on"] for row in self.payload(TakeOver)["restated"]}
        services.take_over(seat=seat, restated=restated, by=self.viewer, now=self.now)
        return self._shown(seat)

    def _shown(self, seat: Seat) -> Response:
        duty = queries.taking_over(seat)
        told = {
            "seat": seat.reference,
            "until": duty.due_on if duty is not None else None,
            "promises": queries.inherited(seat, self.now) if duty is not None else [],
        }
        return Response(TakeOverReply(told).data)
