"""``/api/v1/agenda-items/`` and ``decisions/``: what councils are asked, settling it, and the register."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from councils import authority, evidence, matters
from councils.access import VOTE
from councils.forms.decisions import RegisterForm
from councils.models import (
    AgendaItem,
    Ballot,
    Choice,
    Council,
    Decision,
    DecisionReview,
    How,
    ItemState,
    Meeting,
    Membership,
    PreRead,
    TakenBack,
    Verdict,
    Vote,
)
from councils.queries import asked as asked_queries
from councils.queries import ballots as ballot_queries
from councils.queries import decisions as decision_queries
from councils.queries import lasting as lasting_queries
from councils.queries import meetings as meeting_queries
from councils.queries import pre_reads as pre_read_queries
from councils.referrals import GENERAL
from councils.services import agenda, ballots, chairing, consenting, decisions, lasting, taking_back
from councils.services import pre_reads as pre_read_services
from councils.services.pre_reads import LONGEST as LONGEST_PRE_READ
from governance import access
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.errors import Absent, DomainError, Invalid
from governance.models import Person, Subject
from governance.queries.duties import next_moves


@extend_schema_field(serializers.CharField())
class SubjectReference(serializers.Field[Any, Any, Any, Any]):
    """Any thing by its reference, among what the viewer may see; in a reply only where the viewer may see it."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "absent": gettext_lazy("There is nothing with this reference, or nothing that you may see."),
    }

    def to_internal_value(self, data: Any) -> Any:
        found = Subject.objects.filter(reference=data).first() if isinstance(data, str) else None
        if found is None or not access.may_see(self.context["viewer"], found.pk, self.context["now"]):
            self.fail("absent")
        return found

    def to_representation(self, value: Any) -> str | None:
        subject = getattr(value, "subject", value)
        return subject.reference if subject.pk in self.context["visible"] else None


class InputReply(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    kind = serializers.CharField(help_text="text, long, date, money (minor units), seat (reference), choice, yes")
    required = serializers.BooleanField()  # type: ignore[assignment]  # a declared field is no attribute


class OutcomeReply(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    inputs = serializers.SerializerMethodField()

    @extend_schema_field(InputReply(many=True))
    def get_inputs(self, outcome: matters.Outcome) -> Any:
        return InputReply(outcome.fields, many=True).data


class NextReply(serializers.Serializer[Any]):
    """Who does what by when, and what happens otherwise."""

    who = serializers.CharField()
    what = serializers.CharField()
    by = serializers.DateField(allow_null=True)
    otherwise = serializers.CharField()
    is_late = serializers.BooleanField()


class ItemReply(Thing):
    council = Reference(Council, read_only=True)
    meeting = Reference(Meeting, read_only=True)
    about = SubjectReference(read_only=True)
    referred_from = SubjectReference(read_only=True)
    lead = SubjectReference(read_only=True)
    carried_from = SubjectReference(read_only=True)
    next = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = AgendaItem
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "meeting",
            "about",
            "matter",
            "state",
            "position",
            "allotted",
            "lead",
            "by_consent",
            "source",
            "carried_from",
            "goes_back",
            "left_at",
            "spent",
            "ask",
            "proposal",
            "referred_from",
            "raised_at",
            "next",
            "version",
        )

    @extend_schema_field(NextReply(allow_null=True))
    def get_next(self, item: AgendaItem) -> Any:
        move = self.context["moves"].get(item.pk)
        return NextReply(move).data if move is not None else None


class ItemPropose(serializers.Serializer[Any]):
    council = Reference(Council)
    about = SubjectReference(required=False, allow_null=True)
    matter = serializers.CharField(max_length=40, default=GENERAL)
    ask = serializers.CharField(required=False, allow_blank=True, default="")


class ItemPlace(serializers.Serializer[Any]):
    meeting = Reference(Meeting)


class PreReadReply(serializers.ModelSerializer[PreRead]):
    """What is read before a meeting takes an item up."""

    by = serializers.IntegerField(source="by_id", read_only=True)

    class Meta:
        model = PreRead
        fields = ("id", "title", "link", "text", "by", "at")


class PreReadAttach(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=150)
    link = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=LONGEST_PRE_READ, required=False, allow_blank=True, default="")


class ItemWithdraw(serializers.Serializer[Any]):
    reason = serializers.CharField()


class Referral(serializers.Serializer[Any]):
    outcome = serializers.CharField(max_length=40, help_text="One of the item's outcomes.")
    motion = serializers.CharField(required=False, allow_blank=True, default="")
    payload = serializers.DictField(
        required=False,
        default=dict,
        help_text="By the outcome's inputs; `actions` lists what is commissioned beside it: title, seat (reference), "
        "asked_for (day), amount (minor units), needs_none, proof.",
    )
    risk_note = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="What can go wrong; needed for what commits more than the charter's amount.",
    )


class Settling(Referral):
    votes = serializers.DictField(
        child=serializers.ChoiceField(choices=Choice.choices),
        required=False,
        default=dict,
        help_text="A choice by reference of the council's seat; a present seat without one did not vote.",
    )
    how = serializers.ChoiceField(
        choices=[(how.value, how.label) for how in How if how not in (How.WRITTEN, How.CHAIR)],
        required=False,
        default=How.BY_NAME,
        help_text="Where nobody objected, every seat that is here and does not stand aside voted for it.",
    )
    shown = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        default=dict,
        help_text="A show of hands: how many were raised `for`, `against`, and to `abstain`.",
    )
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=decisions.LONGEST_REASON),
        required=False,
        default=dict,
        help_text="Why a seat stands aside, by its reference.",
    )

    evidence = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        help_text="Keys of what it is based on, of those that the item offers.",
    )
    review_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="When it is looked at again, where it is to stand."
    )
    supersedes = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        default=list,
        help_text="References of earlier decisions of the council whose place it takes.",
    )


class Undecided(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000)


class BallotCast(serializers.Serializer[Any]):
    seat = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Its reference; needed where you vote in several."
    )
    choice = serializers.ChoiceField(choices=Choice.choices)
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=300, help_text="Why the seat stands aside."
    )


class PaperReply(serializers.Serializer[Any]):
    seat = serializers.CharField(source="sitting.seat.reference")
    has_voted = serializers.SerializerMethodField()

    def get_has_voted(self, paper: ballot_queries.Paper) -> bool:
        return paper.vote is not None


class AskedReply(serializers.Serializer[Any]):
    """One thing that a motion asks for, in words."""

    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    value = serializers.CharField()


class BallotReply(serializers.Serializer[Any]):
    """A written vote; how each seat voted stands with its decision, once it is closed."""

    state = serializers.CharField(source="ballot.state")
    opened_at = serializers.DateTimeField(source="ballot.opened_at")
    closes_on = serializers.DateField(source="ballot.closes_on")
    not_decided = serializers.CharField(source="ballot.reason", help_text="Why a meeting left it undecided.")
    motion = serializers.CharField(source="ballot.motion")
    outcome = serializers.CharField(source="ballot.outcome")
    payload = serializers.DictField(source="ballot.payload")
    asked = serializers.SerializerMethodField()
    needed = serializers.IntegerField()
    voted = serializers.IntegerField()
    seats = PaperReply(source="papers", many=True)
    decision = serializers.CharField(source="ballot.decision.subject.reference", default=None, allow_null=True)

    @extend_schema_field(AskedReply(many=True))
    def get_asked(self, _count: ballot_queries.Count) -> Any:
        return AskedReply(self.context["asked"], many=True).data


class ProjectionReply(serializers.Serializer[Any]):
    verdict = serializers.CharField()
    sentence = serializers.CharField()
    facts = serializers.DictField()


class VoteReply(serializers.ModelSerializer[Vote]):
    seat = serializers.CharField(source="membership.seat.subject.reference", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True)

    class Meta:
        model = Vote
        fields = ("seat", "person", "choice", "reason")


class PieceReply(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    words = serializers.CharField()


class DecisionReviewReply(serializers.ModelSerializer[DecisionReview]):
    class Meta:
        model = DecisionReview
        fields = ("at", "by", "finding", "next_on")


class LastsReply(serializers.Serializer[Any]):
    """What lasts of a decision, as far as the viewer may see it."""

    review_due = serializers.DateField(source="owed.due_on", default=None, allow_null=True)
    reviews = DecisionReviewReply(many=True)
    is_superseded = serializers.BooleanField()
    superseded_by = serializers.CharField(source="superseded_by.reference", default=None, allow_null=True)
    supersedes = serializers.SerializerMethodField()
    evidence = PieceReply(many=True)

    def get_supersedes(self, found: lasting_queries.Lasts) -> list[str]:
        return [one.reference for one in found.supersedes]


class Reviewing(serializers.Serializer[Any]):
    finding = serializers.CharField(max_length=2000)
    next_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Without a day it needs no more looks."
    )


class TakenBackReply(serializers.ModelSerializer[TakenBack]):
    class Meta:
        model = TakenBack
        fields = ("at", "by", "reason")


class TakingBack(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=taking_back.LONGEST_REASON)


class DecisionReply(Thing):
    council = Reference(Council, read_only=True)
    meeting = SubjectReference(read_only=True)
    item = Reference(AgendaItem, read_only=True)
    result = SubjectReference(read_only=True)
    ratified_by = SubjectReference(read_only=True)
    charter_version = serializers.IntegerField(source="charter_version.number", read_only=True)
    sentence = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    votes = VoteReply(many=True, read_only=True)
    recorded_by = serializers.IntegerField(source="recorded_by_id", read_only=True)
    taken_back = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Decision
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "meeting",
            "item",
            "motion",
            "outcome",
            "payload",
            "amount",
            "minutes",
            "risk_note",
            "currency",
            "how",
            "verdict",
            "is_provisional",
            "sentence",
            "why",
            "facts",
            "charter_version",
            "votes",
            "decided_at",
            "recorded_by",
            "carried_out_at",
            "ratified_by",
            "lapsed_at",
            "review_on",
            "taken_back",
            "result",
        )

    @extend_schema_field(TakenBackReply(allow_null=True))
    def get_taken_back(self, decision: Decision) -> Any:
        return TakenBackReply(decision.taken_back).data if decision.taken_back_at is not None else None

    def get_sentence(self, decision: Decision) -> str:
        return authority.in_short(decision.verdict, decision.facts)

    def get_why(self, decision: Decision) -> list[str]:
        return authority.why(decision.verdict, decision.facts, decision_queries.undone(decision))


def _register(viewer: Person, now: datetime) -> QuerySet[Decision]:
    votes = Vote.objects.select_related("membership__seat__subject").order_by("membership_id")
    return decision_queries.listed(viewer, now).prefetch_related(Prefetch("votes", votes))


def _linked(decisions: Sequence[Decision]) -> list[int]:
    return [key for one in decisions for key in (one.meeting_id, one.result_id, one.ratified_by_id) if key]


@contextmanager
def _pointing_into(item: AgendaItem, outcome: str) -> Iterator[None]:
    """Errors at an input of the outcome point at it where it stands in the request: below ``payload``."""
    try:
        yield
    except DomainError as error:
        chosen = matters.outcomes_of(item).get(outcome)
        names = {field.name for field in chosen.fields} if chosen is not None else set()
        if error.field in names:
            error.field = f"payload/{error.field}"
        raise


class ItemsNarrowed(serializers.Serializer[Any]):
    raised_from = serializers.DateField(required=False)


@extend_schema_view(
    list=extend_schema(
        summary="The agenda items",
        parameters=[
            OpenApiParameter("council", str, description="Its reference."),
            OpenApiParameter("state", str, enum=ItemState.values),
            OpenApiParameter("matter", str),
            OpenApiParameter("raised_from", date, description="Raised on this day or later."),
        ],
    ),
    retrieve=extend_schema(summary="One agenda item"),
)
class AgendaItems(Idempotent, Resource):
    model = AgendaItem
    serializer_class = ItemReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[AgendaItem]:
        asked = self.request.query_params
        reader = ItemsNarrowed(data=asked)
        reader.is_valid(raise_exception=True)
        rows = meeting_queries.items(
            viewer,
            now,
            state=asked.get("state", ""),
            matter=asked.get("matter", ""),
            raised_from=reader.validated_data.get("raised_from"),
        )
        rows = rows.select_related(
            "about",
            "council__subject",
            "council__parent__subject",
            "council__department",
            "council__charter",
            "council__sponsor__seat__subject",
            "meeting__subject",
            "meeting__charter_version",
            "referred_from__subject",
            "lead__subject",
            "carried_from__subject",
        )
        return rows.filter(council__subject__reference=asked["council"]) if asked.get("council") else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        linked = [
            key
            for item in rows
            for key in (item.about_id, item.referred_from_id, item.lead_id, item.carried_from_id)
            if key
        ]
        return {
            "moves": next_moves([item.pk for item in rows], self.now),
            "visible": access.visible_ids(self.viewer, linked, self.now),
        }

    @extend_schema(summary="Put a matter onto an agenda", request=ItemPropose, responses={201: ItemReply})
    def create(self, request: Request) -> Response:
        asked = self.payload(ItemPropose)
        made = agenda.propose(**{"about": None, **asked}, by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="How it can be settled, and what each way needs", responses=OutcomeReply(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def outcomes(self, request: Request, reference: str) -> Response:
        return Response(OutcomeReply(matters.offered(self.get_object(), self.now), many=True).data)

    @extend_schema(summary="Place it on a meeting", request=ItemPlace, responses=ItemReply)
    @action(detail=True, methods=["post"])
    def place(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(ItemPlace)
        agenda.place(item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(item.pk))

    @extend_schema(summary="Set it back for a later meeting", request=None, responses=ItemReply)
    @action(detail=True, methods=["post"], url_path="set-back")
    def set_back(self, request: Request, reference: str) -> Response:
        item = self.get_object()
        agenda.set_back(item=item, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(item.pk))

    @extend_schema(summary="Take it off the consent list: somebody wants to talk about it", request=None,
                   responses=ItemReply)  # fmt: skip
    @action(detail=True, methods=["post"], url_path="talk-about")
    def talk_about(self, request: Request, reference: str) -> Response:
        item = self.get_object()
        consenting.take_off(item=item, by=self.viewer, now=self.now)
        return self.answer(self.fresh(item.pk))

    @extend_schema(summary="What is read beforehand", responses=PreReadReply(many=True), methods=["get"])
    @extend_schema(summary="Attach a link or words to be read beforehand", request=PreReadAttach,
                   responses={201: PreReadReply}, methods=["post"])  # fmt: skip
    @action(detail=True, methods=["get", "post"], url_path="pre-reads", pagination_class=None)
    def pre_reads(self, request: Request, reference: str) -> Response:
        item = self.get_object()
        if request.method == "POST":
            made = pre_read_services.attach(item=item, **self.payload(PreReadAttach), by=self.viewer, now=self.now)
            return Response(PreReadReply(made).data, status=201)
        return Response(PreReadReply(pre_read_queries.of_items([item.pk]).get(item.pk, []), many=True).data)

    @extend_schema(summary="Take off what was to be read beforehand", request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="pre-reads/(?P<key>[0-9]{1,18})/take-off", url_name="pre-read-off")
    def take_off_pre_read(self, request: Request, reference: str, key: str) -> Response:
        found = pre_read_queries.get(int(key), self.get_object())
        pre_read_services.take_off(pre_read=found, by=self.viewer, now=self.now)
        return Response(status=204)

    @extend_schema(summary="Withdraw it, with a reason", request=ItemWithdraw, responses=ItemReply)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(ItemWithdraw)
        agenda.withdraw(item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(item.pk))

    @extend_schema(summary="What a decision on it may be based on", responses=PieceReply(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def evidence(self, request: Request, reference: str) -> Response:
        return Response(PieceReply(evidence.offered(self.get_object(), self.viewer, self.now), many=True).data)

    @extend_schema(
        summary="Record what was decided, with its verdict", request=Settling, responses={201: DecisionReply}
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(Settling)
        asked = _settling(item, asked)
        with _pointing_into(item, asked["outcome"]):
            made = decisions.settle(
                item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request)
            )
        decision = _register(self.viewer, self.now).get(pk=made.pk)
        context = {
            **self.get_serializer_context(),
            "visible": access.visible_ids(self.viewer, _linked([decision]), self.now),
        }
        return Response(DecisionReply(decision, context=context).data, status=201)

    @extend_schema(
        summary="What a decision would be worth; stores nothing", request=Settling, responses=ProjectionReply
    )
    @action(detail=True, methods=["post"])
    def project(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(Settling)
        asked = _settling(item, asked)
        with _pointing_into(item, asked["outcome"]):
            judged = decisions.project(item=item, **asked, by=self.viewer, now=self.now)
        return Response(ProjectionReply(judged).data)

    @extend_schema(
        summary="Refer it to the body above, without a verdict", request=Referral, responses={201: ItemReply}
    )
    @action(detail=True, methods=["post"])
    def refer(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(Referral)
        with _pointing_into(item, asked["outcome"]):
            raised = decisions.refer(
                item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request)
            )
        return self.answer(self.fresh(raised.pk), 201)

    @extend_schema(
        summary="Record that its meeting did not decide it; a written vote follows", request=Undecided,
        responses=ItemReply,
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="not-decided")
    def not_decided(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(Undecided)
        ballots.leave_undecided(
            item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request)
        )
        return self.answer(self.fresh(item.pk))

    @extend_schema(summary="Put a motion to a written vote", request=Referral, responses={201: BallotReply})
    @action(detail=True, methods=["post"], url_path="put-to-vote")
    def put_to_vote(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(Referral)
        with _pointing_into(item, asked["outcome"]):
            ballots.put(item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return Response(self._ballot(item), status=201)

    @extend_schema(
        summary="Decide it alone, as the council's chair; to be ratified", request=Referral,
        responses={201: DecisionReply},
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="decide-alone")
    def decide_alone(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(Referral)
        with _pointing_into(item, asked["outcome"]):
            made = chairing.act(
                item=item, **asked, by=self.viewer, now=self.now, version=self.expected_version(request)
            )
        decision = _register(self.viewer, self.now).get(pk=made.pk)
        context = {
            **self.get_serializer_context(),
            "visible": access.visible_ids(self.viewer, _linked([decision]), self.now),
        }
        return Response(DecisionReply(decision, context=context).data, status=201)

    @extend_schema(summary="The written vote on it: who has voted, until when", responses=BallotReply)
    @action(detail=True, methods=["get"], url_path="written-vote", pagination_class=None)
    def written_vote(self, request: Request, reference: str) -> Response:
        return Response(self._ballot(self.get_object()))

    @extend_schema(summary="Vote in writing, or vote otherwise", request=BallotCast, responses=BallotReply)
    @action(detail=True, methods=["post"])
    def vote(self, request: Request, reference: str) -> Response:
        item, asked = self.get_object(), self.payload(BallotCast)
        access.require(self.viewer, VOTE, item.council, self.now)
        count = ballot_queries.count_of(_ballot_of(item), item.council, self.viewer, self.now)
        membership = ballot_queries.seat_to_vote_for(count, asked.pop("seat"))
        ballots.cast(item=item, membership=membership, **asked, by=self.viewer, now=self.now)
        return Response(self._ballot(item))

    def _ballot(self, item: AgendaItem) -> Any:
        ballot = _ballot_of(item)
        count = ballot_queries.count_of(ballot, item.council, self.viewer, self.now)
        asked = asked_queries.of_motion(item, ballot.outcome, ballot.payload, self.viewer, self.now)
        return BallotReply(count, context={"asked": asked}).data


def _settling(item: AgendaItem, asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, as the service takes it."""
    kept = lasting.Lasting(asked.pop("review_on"), asked.pop("supersedes"), asked.pop("evidence"))
    votes, reasons = _votes(item, asked["votes"]), _votes(item, asked["reasons"])
    return {**asked, "votes": votes, "reasons": reasons, "lasting": kept}


def _ballot_of(item: AgendaItem) -> Ballot:
    found = ballot_queries.of_item(item)
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def _votes(item: AgendaItem, given: dict[str, str]) -> dict[int, str]:
    """Votes by membership key, from votes by reference of the council's seat."""
    known = dict(
        Membership.objects.filter(council_id=item.council_id, seat__subject__reference__in=given).values_list(
            "seat__subject__reference", "pk"
        )
    )
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise Invalid(_("Not a seat of this council: %(seats)s.") % {"seats": ", ".join(unknown)}, field="votes")
    return {known[reference]: choice for reference, choice in given.items()}


@extend_schema_view(
    list=extend_schema(
        summary="The decision register",
        parameters=[
            OpenApiParameter("council", str, description="Its reference."),
            OpenApiParameter(
                "verdict",
                str,
                enum=[*Verdict.values, decision_queries.UNDONE],
                description="Of those whose verdict holds; `undone`: taken back, or lapsed.",
            ),
            OpenApiParameter("search", str, description="Words of the motion."),
            OpenApiParameter("stands", str, enum=lasting_queries.Stands.values, description="How it stands today."),
            OpenApiParameter("carried", str, enum=decision_queries.Carried.values, description="How far it has come."),
            OpenApiParameter("where", str, enum=decision_queries.Where.values),
            OpenApiParameter("provisional", bool, description="Only those under a provisional charter."),
            OpenApiParameter("since", date, description="The first day, where you are."),
            OpenApiParameter("until", date, description="The last day."),
        ],
    ),
    retrieve=extend_schema(summary="One decision"),
)
class Decisions(Idempotent, Resource):
    model = Decision
    serializer_class = DecisionReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Decision]:
        asked = self.request.query_params
        rows = _register(viewer, now)
        form = RegisterForm(asked)
        for field, errors in form.errors.items():
            raise Invalid(" ".join(str(error) for error in errors), field=field)
        rows = decision_queries.narrowed(rows, form.wanted, ZoneInfo(viewer.zone), now)
        return rows.filter(council__subject__reference=asked["council"]) if asked.get("council") else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"visible": access.visible_ids(self.viewer, _linked(rows), self.now)}

    @extend_schema(summary="What it was based on, its reviews, and what took its place", responses=LastsReply)
    @action(detail=True, methods=["get"], pagination_class=None)
    def lasting(self, request: Request, reference: str) -> Response:
        found = lasting_queries.of(self.get_object(), self.viewer, self.now)
        return Response(LastsReply(found).data)

    @extend_schema(summary="Record another look at a standing decision", request=Reviewing, responses=DecisionReply)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, reference: str) -> Response:
        decision, asked = self.get_object(), self.payload(Reviewing)
        lasting.review(decision=decision, **asked, by=self.viewer, now=self.now)
        return self.answer(self.fresh(decision.pk))

    @extend_schema(
        summary="Take back what was recorded by a slip, within ten minutes", request=TakingBack,
        responses=DecisionReply,
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, reference: str) -> Response:
        decision, asked = self.get_object(), self.payload(TakingBack)
        taking_back.take_back(decision=decision, **asked, by=self.viewer, now=self.now)
        return self.answer(self.fresh(decision.pk))
