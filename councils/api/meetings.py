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

from councils.models import (
    AgendaItem,
    Capture,
    CaptureKind,
    Coming,
    Council,
    Meeting,
    MeetingSeries,
    MeetingState,
    Membership,
    Presence,
)
from councils.queries import attending, coming, published
from councils.queries import captures as capture_queries
from councils.queries import live as live_queries
from councils.queries import meetings as queries
from councils.services import attending as attending_services
from councils.services import captures, consenting, gathering, live, moving, planning, publishing
from councils.services import coming as coming_services
from councils.services import meetings as services
from councils.services.leaving import Left, Onward
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
    current = Reference(AgendaItem, read_only=True)
    pen = serializers.IntegerField(source="pen_id", read_only=True, allow_null=True)
    ends_at = serializers.DateTimeField(read_only=True)

    class Meta(Thing.Meta):
        model = Meeting
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "starts_at",
            "lasts",
            "place",
            "ends_at",
            "series",
            "slot",
            "because",
            "state",
            "charter_version",
            "opened_at",
            "closed_at",
            "current",
            "pen",
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
    remote = serializers.BooleanField(required=False, default=False, help_text="Joined from elsewhere.")


class LineReply(serializers.ModelSerializer[Capture]):
    """A line captured in the room; of an action, what the line was read as."""

    item = serializers.CharField(source="item.subject.reference", allow_null=True, default=None)
    seat = serializers.CharField(source="seat.subject.reference", allow_null=True, default=None)
    result = serializers.CharField(source="result.reference", allow_null=True, default=None)
    made_by = serializers.IntegerField(source="made_by_id", read_only=True)

    class Meta:
        model = Capture
        fields = (
            "id", "item", "kind", "text", "seat", "asked_for", "amount", "needs_none", "made_by", "made_at",
            "undone_at", "result", "version",
        )  # fmt: skip


class ClockReply(serializers.Serializer[Any]):
    """Seconds; without minutes of its own an item has no time left, and its clock counts up."""

    allotted = serializers.IntegerField(allow_null=True)
    spent = serializers.IntegerField()
    left = serializers.IntegerField(allow_null=True)


class LiveReply(serializers.Serializer[Any]):
    """Where a meeting stands at this moment. ``stamp`` changes when anything of it does."""

    stamp = serializers.CharField()
    current = serializers.CharField(source="current.subject.reference", allow_null=True, default=None)
    clock = ClockReply(allow_null=True)
    runs_to = serializers.DateTimeField(help_text="When it ends if every open item takes the minutes it has.")
    quorum = QuorumReply(source="standing")
    lines = LineReply(many=True)


class LineCapture(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=CaptureKind.choices)
    text = serializers.CharField(
        max_length=captures.LONGEST,
        help_text="Of an action: what is to be done, `@` and the seat or whoever holds it, `^` and the date asked for, "
        "`=` and the money.",
    )
    item = serializers.CharField(required=False, allow_blank=True, default="", help_text="An item of this meeting.")


class LineRewrite(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=CaptureKind.choices)
    text = serializers.CharField(max_length=captures.LONGEST)
    version = serializers.IntegerField(required=False)


class TakeUp(serializers.Serializer[Any]):
    item = serializers.CharField(help_text="An item of this meeting.")


class PlanRow(serializers.Serializer[Any]):
    item = serializers.CharField(help_text="An item of this meeting.")
    allotted = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Minutes.")
    lead = serializers.CharField(required=False, allow_blank=True, default="", help_text="The seat that introduces it.")
    by_consent = serializers.BooleanField(required=False, default=False)


class Plan(serializers.Serializer[Any]):
    rows = PlanRow(many=True, help_text="All items, in the order in which they are taken up.")


class Consent(serializers.Serializer[Any]):
    items = serializers.DictField(
        child=serializers.IntegerField(), help_text="The references that were read out, each with its version."
    )


class ConsentReply(serializers.Serializer[Any]):
    decisions = serializers.ListField(child=serializers.CharField(), help_text="Their references, in the order taken.")


class GatheredReply(serializers.Serializer[Any]):
    """References of agenda items: what came, what left, and what waits for somebody who may settle it alone."""

    came = serializers.ListField(child=serializers.CharField())
    left = serializers.ListField(child=serializers.CharField())
    alone = serializers.ListField(child=serializers.CharField())


class ChangesReply(serializers.Serializer[Any]):
    """What changed on an agenda since it was published: references of items."""

    published_at = serializers.DateTimeField(allow_null=True)
    added = serializers.ListField(child=serializers.CharField())
    moved = serializers.ListField(child=serializers.CharField())
    gone = serializers.ListField(child=serializers.CharField())


class PointsReply(serializers.Serializer[Any]):
    added = serializers.ListField(child=serializers.CharField(), help_text="References of agenda items.")


class MeetingCallOff(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=services.LONGEST_REASON)


class LeftItem(serializers.Serializer[Any]):
    item = serializers.CharField(help_text="The reference of an agenda item.")
    where = serializers.ChoiceField(choices=Onward.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="", help_text="Why it is dropped.")


class Closing(serializers.Serializer[Any]):
    not_decided = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Why what had escalated is not decided, where it is not settled; without it, 409 names the items.",
    )
    left = LeftItem(
        many=True,
        required=False,
        help_text="Where what was not settled goes; what is not named goes onto the next meeting, and to the backlog "
        "where none is planned.",
    )


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

    @extend_schema(
        summary="Close it, and say where each matter goes that is not settled", request=Closing, responses=MeetingReply
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, reference: str) -> Response:
        meeting = self.get_object()
        asked = self.payload(Closing)
        services.close(
            meeting=meeting,
            by=self.viewer,
            now=self.now,
            version=self.expected_version(request),
            not_decided=asked["not_decided"] or None,
            left={one["item"]: Left(one["where"], one["reason"]) for one in asked.get("left", [])},
        )
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
            asked = {name: given for name, given in asked.items() if name not in ("seat", "remote")}
            attending_services.mark_sponsor(meeting=meeting, **asked, by=self.viewer, now=self.now)
            return Response(StandingReply(queries.standing(meeting, self.now)).data)
        membership = _membership(meeting, asked.pop("seat"))
        services.mark(meeting=meeting, membership=membership, **asked, by=self.viewer, now=self.now)
        return Response(StandingReply(queries.standing(meeting, self.now)).data)

    @extend_schema(
        summary="Where it stands at this moment; 304 while `stamp` is what it was",
        parameters=[OpenApiParameter("stamp", str, description="As it was answered before.")],
        responses=LiveReply,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def live(self, request: Request, reference: str) -> Response:
        meeting = self.get_object()
        if request.query_params.get("stamp") == live_queries.stamp(meeting, self.now):
            return Response(status=304)
        return Response(LiveReply(live_queries.live(meeting, self.now)).data)

    @extend_schema(summary="Write its record from now on", request=None, responses=MeetingReply)
    @action(detail=True, methods=["post"])
    def pen(self, request: Request, reference: str) -> Response:
        meeting = live.take_pen(meeting=self.get_object(), by=self.viewer, now=self.now)
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(summary="Turn to an item", request=TakeUp, responses=MeetingReply)
    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(TakeUp)
        item = queries.item_of(meeting, asked["item"])
        live.take_up(meeting=meeting, item=item, by=self.viewer, now=self.now)
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(
        summary="Put its agenda in order, with minutes and who introduces", request=Plan, responses=MeetingReply
    )
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(Plan)
        rows = [planning.Row(**row) for row in asked["rows"]]
        planning.arrange(
            meeting=meeting, rows=rows, by=self.viewer, now=self.now, version=self.expected_version(request)
        )
        return self.answer(self.fresh(meeting.pk))

    @extend_schema(summary="Build its agenda: what is eligible comes, what is settled elsewhere leaves", request=None,
                   responses=GatheredReply)  # fmt: skip
    @action(detail=True, methods=["post"], url_path="up-to-date", url_name="gather")
    def gather(self, request: Request, reference: str) -> Response:
        gathered = gathering.bring_up_to_date(meeting=self.get_object(), by=self.viewer, now=self.now)
        named = {name: [item.reference for item in getattr(gathered, name)] for name in ("came", "left", "alone")}
        return Response(GatheredReply(named).data)

    @extend_schema(summary="Publish its agenda: whoever is invited is told, once", request=None,
                   responses=ChangesReply)  # fmt: skip
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, reference: str) -> Response:
        meeting = self.get_object()
        publishing.publish(meeting=meeting, by=self.viewer, now=self.now, version=self.expected_version(request))
        return Response(ChangesReply(_changes(meeting)).data)

    @extend_schema(summary="What changed on its agenda since it was published", responses=ChangesReply)
    @action(detail=True, methods=["get"], pagination_class=None)
    def changes(self, request: Request, reference: str) -> Response:
        return Response(ChangesReply(_changes(self.get_object())).data)

    @extend_schema(summary="Add the standing points of this kind of council", request=None, responses=PointsReply)
    @action(detail=True, methods=["post"], url_path="standing-points", url_name="points")
    def points(self, request: Request, reference: str) -> Response:
        made = planning.take_on_points(meeting=self.get_object(), by=self.viewer, now=self.now)
        return Response(PointsReply({"added": [item.reference for item in made]}).data)

    @extend_schema(
        summary="Record that nobody objects to items of the consent list: all of them, or none",
        request=Consent,
        responses={201: ConsentReply},
    )
    @action(detail=True, methods=["post"])
    def consent(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(Consent)
        made = consenting.settle(meeting=meeting, seen=asked["items"], by=self.viewer, now=self.now)
        return Response(ConsentReply({"decisions": [decision.reference for decision in made]}).data, status=201)

    @extend_schema(summary="Capture a line of its record", request=LineCapture, responses={201: LineReply})
    @action(detail=True, methods=["post"])
    def lines(self, request: Request, reference: str) -> Response:
        meeting, asked = self.get_object(), self.payload(LineCapture)
        named = asked.pop("item")
        item = queries.item_of(meeting, named) if named else None
        line = captures.capture(meeting=meeting, item=item, **asked, by=self.viewer, now=self.now)
        return Response(LineReply(line).data, status=201)

    @extend_schema(summary="Another kind for a line, or other words", request=LineRewrite, responses=LineReply)
    @action(detail=True, methods=["post"], url_path="lines/(?P<line>[0-9]{1,18})/rewrite")
    def rewrite(self, request: Request, reference: str, line: str) -> Response:
        found, asked = capture_queries.get(int(line), self.get_object()), self.payload(LineRewrite)
        return Response(LineReply(captures.rewrite(line=found, **asked, by=self.viewer, now=self.now)).data)

    @extend_schema(summary="Strike a line out", request=None, responses=LineReply)
    @action(detail=True, methods=["post"], url_path="lines/(?P<line>[0-9]{1,18})/undo")
    def undo(self, request: Request, reference: str, line: str) -> Response:
        found = capture_queries.get(int(line), self.get_object())
        return Response(LineReply(captures.undo(line=found, by=self.viewer, now=self.now)).data)

    @extend_schema(summary="Put a line back that was struck out", request=None, responses=LineReply)
    @action(detail=True, methods=["post"], url_path="lines/(?P<line>[0-9]{1,18})/put-back")
    def put_back(self, request: Request, reference: str, line: str) -> Response:
        found = capture_queries.get(int(line), self.get_object())
        return Response(LineReply(captures.put_back(line=found, by=self.viewer, now=self.now)).data)


def _changes(meeting: Meeting) -> dict[str, Any]:
    agenda = queries.agenda_of(meeting)
    found = published.changes(meeting, agenda)
    if found is None:
        return {"published_at": None, "added": [], "moved": [], "gone": []}
    return {
        "published_at": found.at,
        "added": [item.reference for item in agenda if item.pk in found.added],
        "moved": [item.reference for item in agenda if item.pk in found.moved],
        "gone": [item.reference for item in found.gone],
    }


def _membership(meeting: Meeting, seat: str) -> Membership:
    """The council's seat of this reference; raises :class:`Invalid` at it."""
    found = Membership.objects.filter(
        council_id=meeting.council_id, seat__subject__reference=seat, ended_at=None
    ).first()
    if found is None:
        raise Invalid("This seat does not sit in this council.", field="seat")
    return found
