"""``/api/v1/meetings/``: called, opened, attended, closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from councils.models import Coming, Council, Meeting, MeetingSeries, MeetingState, Membership, Presence
from councils.queries import attending, coming
from councils.queries import meetings as queries
from councils.services import attending as attending_services
from councils.services import coming as coming_services
from councils.services import meetings as services
from councils.services import moving
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.api.people import PersonField
from governance.errors import Invalid
from governance.models import Person


class QuorumReply(serializers.Serializer[Any]):
    """The quorum, live, by the charter version that holds for the meeting."""

    seats = serializers.IntegerField()
    present = serializers.IntegerField()
    needed = serializers.IntegerField()
    chair_present = serializers.BooleanField()
    is_quorate = serializers.BooleanField()
    sentence = serializers.CharField()


class PlaceReply(serializers.Serializer[Any]):
    seat = serializers.CharField(source="sitting.seat.subject.reference")
    presence = serializers.CharField()
    person = serializers.IntegerField(source="person.pk", allow_null=True, default=None)
    state = serializers.CharField()


class MeetingReply(Thing):
    council = Reference(Council, read_only=True)
    series = Reference(MeetingSeries, read_only=True)
    charter_version = serializers.IntegerField(source="charter_version.number", allow_null=True, default=None)
    on_agenda = serializers.IntegerField(read_only=True)
    unsettled = serializers.IntegerField(read_only=True)
    decided = serializers.IntegerField(read_only=True)

    class Meta(Thing.Meta):
        model = Meeting
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "starts_at",
            "lasts",
            "place",
            "series",
            "slot",
            "because",
            "state",
            "charter_version",
            "opened_at",
            "closed_at",
            "on_agenda",
            "unsettled",
            "decided",
            "version",
        )


class HeardReply(serializers.Serializer[Any]):
    """The departments that must be represented, by name, and what a decision is worth without one of them."""

    present = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())
    otherwise = serializers.CharField()
    is_met = serializers.BooleanField()
    sentence = serializers.CharField()


class StandingReply(serializers.Serializer[Any]):
    quorum = QuorumReply(source="*")
    represented = HeardReply(source="heard")
    places = PlaceReply(many=True)


class MeetingCall(serializers.Serializer[Any]):
    council = Reference(Council)
    starts_at = serializers.DateTimeField()
    lasts = serializers.IntegerField(min_value=5, max_value=1440, required=False, help_text="Minutes.")
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MeetingCallNow(serializers.Serializer[Any]):
    council = Reference(Council)


class MeetingMove(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    lasts = serializers.IntegerField(min_value=5, max_value=1440, required=False, help_text="Minutes.")
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=services.LONGEST_REASON)


class MeetingComing(serializers.Serializer[Any]):
    seat = serializers.CharField(help_text="The reference of a seat of the council that is the asker's own.")
    coming = serializers.ChoiceField(choices=Coming.choices)


class ExpectedReply(serializers.Serializer[Any]):
    seat = serializers.CharField(source="sitting.seat.subject.reference")
    coming = serializers.CharField(help_text="Empty: nothing was said of the time at which it stands.")


class TurnoutReply(serializers.Serializer[Any]):
    """Who said that they come, and whether that makes a quorum."""

    seats = ExpectedReply(many=True)
    voting = serializers.IntegerField()
    coming = serializers.IntegerField(source="count.present")
    needed = serializers.IntegerField(source="count.needed")
    is_quorate = serializers.BooleanField(source="count.is_quorate")
    sentence = serializers.CharField()


class MeetingMark(serializers.Serializer[Any]):
    seat = serializers.CharField(help_text="The reference of the council's seat, or of its sponsor's.")
    presence = serializers.ChoiceField(choices=Presence.choices)
    person = PersonField(required=False)


class MeetingCallOff(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=services.LONGEST_REASON)


@extend_schema_view(
    list=extend_schema(
        summary="The meetings",
        parameters=[
            OpenApiParameter("council", str, description="Its reference."),
            OpenApiParameter("state", str, enum=MeetingState.values),
        ],
    ),
    retrieve=extend_schema(summary="One meeting"),
)
class Meetings(Idempotent, Resource):
    model = Meeting
    serializer_class = MeetingReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Meeting]:
        asked = self.request.query_params
        rows = queries.listed(viewer, now, state=asked.get("state", ""))
        return rows.filter(council__subject__reference=asked["council"]) if asked.get("council") else rows

    @extend_schema(summary="Call a meeting", request=MeetingCall, responses={201: MeetingReply})
    def create(self, request: Request) -> Response:
        made = services.call(**self.payload(MeetingCall), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="Open it, under the charter in force", request=None, responses=MeetingReply)
    @action(detail=True, methods=["post"])
    def open(self, request: Request, reference: str) -> Response:
        meeting = self.get_object()
        services.open_meeting(meeting=meeting, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(summary="Close it; what is unsettled goes back to the backlog", request=None, responses=MeetingReply)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, reference: str) -> Response:
        meeting = self.get_object()
        services.close(meeting=meeting, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(
        summary="Call it off; what a ladder brought onto its agenda goes to the body above",
        request=MeetingCallOff,
        responses=MeetingReply,
    )
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(MeetingCallOff)
        services.call_off(
            meeting=meeting, **asked, by=self.viewer, now=self.now, version=self.expected_version(request)
        )
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(summary="Call one that begins at once, and open it", request=MeetingCallNow,
                   responses={201: MeetingReply})  # fmt: skip
    @action(detail=False, methods=["post"], url_path="call-now")
    def call_now(self, request: Request) -> Response:
        made = moving.call_now(**self.payload(MeetingCallNow), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(
        summary="Put it at another time or place; its agenda stays with it", request=MeetingMove, responses=MeetingReply
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(MeetingMove)
        moving.move(meeting=meeting, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(summary="Who said that they come, and what that makes of the quorum", responses=TurnoutReply)
    @action(detail=True, methods=["get"], pagination_class=None)
    def turnout(self, request: Request, reference: str) -> Response:
        return Response(TurnoutReply(coming.turnout(self.get_object(), self.now)).data)

    @extend_schema(summary="Say whether a seat comes", request=MeetingComing, responses=TurnoutReply)
    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def answer_call(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(MeetingComing)
        membership = _membership(meeting, asked.pop("seat"))
        coming_services.say(meeting=meeting, membership=membership, **asked, by=self.viewer, now=self.now)
        return Response(TurnoutReply(coming.turnout(meeting, self.now)).data)

    @extend_schema(summary="Who is here, and whether there is a quorum", responses=StandingReply)
    @action(detail=True, methods=["get"], pagination_class=None)
    def attendance(self, request: Request, reference: str) -> Response:
        return Response(StandingReply(queries.standing(self.get_object(), self.now)).data)

    @extend_schema(summary="Mark a seat as taken, left or absent", request=MeetingMark, responses=StandingReply)
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(MeetingMark)
        if asked["seat"] == attending.guest_of(meeting, self.now).seat.reference:
            asked.pop("seat")
            attending_services.mark_sponsor(meeting=meeting, **asked, by=self.viewer, now=self.now)
            return Response(StandingReply(queries.standing(meeting, self.now)).data)
        membership = _membership(meeting, asked.pop("seat"))
        services.mark(meeting=meeting, membership=membership, **asked, by=self.viewer, now=self.now)
        return Response(StandingReply(queries.standing(meeting, self.now)).data)


def _membership(meeting: Meeting, seat: str) -> Membership:
    """The council's seat of this reference; raises :class:`Invalid` at it."""
    found = Membership.objects.filter(
        council_id=meeting.council_id, seat__subject__reference=seat, ended_at=None
    ).first()
    if found is None:
        raise Invalid("This seat does not sit in this council.", field="seat")
    return found
