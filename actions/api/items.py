"""``/api/v1/actions/``: promises from proposal to verification, and every verb on them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.outcomes import CorrectMeasure, DraftTelling, Judge, Measure, VerifyBenefit
from actions.api.parts import PartsOfAction
from actions.figures import OFFERED
from actions.importing import action_sheet
from actions.models import (
    ActionItem,
    ActionState,
    BlockerKind,
    Confidence,
    DateAnswer,
    EvidenceKind,
    Finding,
    Health,
    Origin,
    Theme,
)
from actions.models import Request as WorkRequest
from actions.queries import action_lists as lists
from actions.queries import action_sheet as sheet_queries
from actions.queries import items as queries
from actions.queries.action_lists import ORDERS
from actions.queries.review import moment
from actions.queries.shown import last_read
from actions.services import action_sheet as sheet_service
from actions.services import delegating, several, tellings
from actions.services import items as services
from actions.services.benefits import verify_benefit
from actions.shown_files import Sent
from actions.views.action_lists import download
from councils.models import Council
from councils.queries import books
from governance import access
from governance.api import sheets as batches
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.api.metrics import scaled
from governance.api.parsers import PlainJSONParser
from governance.models import Department, Journey, JourneyStep, Metric, Person, Seat
from governance.queries.duties import Move, next_moves


class NextMove(serializers.Serializer[Any]):
    """Who moves next, by when, and what happens otherwise."""

    kind = serializers.CharField()
    who = serializers.CharField()
    seat = serializers.CharField()
    what = serializers.CharField()
    by = serializers.DateField(allow_null=True)
    otherwise = serializers.CharField()
    is_late = serializers.BooleanField()


_TOLD_OF_A_MOVE = tuple(NextMove().fields)


class Known(serializers.Field[Any, Any, Any, Any]):
    """The reference of another thing, or null where the reader may not know of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> str | None:
        return value.subject.reference if value.pk in self.context["seen"] else None


KnownField: Any = extend_schema_field(OpenApiTypes.STR)(Known)


class ActionReply(Thing):
    seat = KnownField()
    department = Reference(Department, read_only=True)
    council = KnownField(allow_null=True)
    theme = KnownField(allow_null=True)
    decision = KnownField(allow_null=True)
    sponsor = serializers.CharField(source="sponsor.seat.subject.reference", default=None, allow_null=True)
    step = KnownField(allow_null=True)
    goal = KnownField(allow_null=True)
    is_late = serializers.SerializerMethodField()
    allocated = serializers.SerializerMethodField(help_text="Minor units: allocated by now, and not given back.")
    next_move = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = ActionItem
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "state",
            "health",
            "progress",
            "confidence",
            "seat",
            "department",
            "council",
            "theme",
            "decision",
            "proof",
            "asked_for",
            "promised",
            "is_late",
            "origin",
            "sponsor",
            "step",
            "goal",
            "benefit_kind",
            "benefit_low",
            "benefit_likely",
            "benefit_high",
            "benefit_currency",
            "benefit_words",
            "fit_reason",
            "needs_none",
            "allocated",
            "accepted_at",
            "done_at",
            "done_on",
            "refused_at",
            "verified_at",
            "last_update_at",
            "next_move",
            "version",
        )

    def get_is_late(self, found: ActionItem) -> bool:
        today = self.context["at"].today(found.seat.calendar_id, found.department_id)
        return queries.is_overdue(found, today)

    def get_allocated(self, found: ActionItem) -> int:
        return int(self.context["allocated"].get(found.pk, 0))

    @extend_schema_field(NextMove(allow_null=True))
    def get_next_move(self, found: ActionItem) -> Any:
        move: Move | None = self.context["moves"].get(found.pk)
        if move is None:
            return None
        # What ``NextMove`` describes, told plainly: a serializer built anew for each row cost a tenth of a list.
        told = {name: getattr(move, name) for name in _TOLD_OF_A_MOVE}
        return told | {"by": move.by.isoformat() if move.by else None}


class ActionCreate(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=300)
    seat = Reference(Seat)
    council = Reference(Council)
    proof = serializers.CharField()
    asked_for = serializers.DateField(required=False, allow_null=True, default=None)
    theme = Reference(Theme, required=False)
    needs_none = serializers.BooleanField(default=False)
    step = Reference(JourneyStep, required=False)
    origin = serializers.ChoiceField(choices=Origin.choices, required=False)
    fit_reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Accept(serializers.Serializer[Any]):
    """``aim`` fixes what will show that it worked."""

    promised_on = serializers.DateField(allow_null=True, required=False, default=None)
    aim = Measure(required=False, allow_null=True, default=None)


def aimed(said: dict[str, Any]) -> services.Aim:
    """What was said as an aim, its target in the metric's scale. Raises :class:`Invalid` at the field."""
    metric = said.get("metric")
    return services.Aim(**(scaled(said, ("target",), metric.scale) if metric is not None else {**said, "target": None}))


class Reason(serializers.Serializer[Any]):
    reason = serializers.CharField()


class SetDate(serializers.Serializer[Any]):
    due_on = serializers.DateField()


class AskForTime(serializers.Serializer[Any]):
    due_on = serializers.DateField()
    reason = serializers.CharField()


class AnswerDate(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=[DateAnswer.APPROVED, DateAnswer.REFUSED])
    said = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class Reassign(serializers.Serializer[Any]):
    seat = Reference(Seat)


class Report(serializers.Serializer[Any]):
    health = serializers.ChoiceField(choices=[one for one in Health.choices if one[0] != Health.UNKNOWN])
    line = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    progress = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    confidence = serializers.ChoiceField(choices=Confidence.choices, required=False, allow_blank=True, default="")


class ReportRow(Report):
    """One row of several: ``version`` is the one that was seen, as ``If-Match`` is for one."""

    action = serializers.CharField(max_length=24)
    version = serializers.IntegerField(required=False, allow_null=True, default=None)


class ReportSeveral(serializers.Serializer[Any]):
    rows = serializers.ListField(child=ReportRow(), min_length=1, max_length=several.MOST)


class RowSaid(serializers.Serializer[Any]):
    """What became of one row."""

    action = serializers.CharField(source="reference")
    is_saved = serializers.BooleanField()
    field = serializers.CharField(allow_blank=True)
    problem = serializers.CharField(allow_blank=True)


class Block(serializers.Serializer[Any]):
    reason = serializers.CharField()
    waiting_on = Reference(Seat, required=False)
    request = Reference(WorkRequest, required=False, help_text="One of the action's own open ones; it ends with it.")
    until = serializers.DateField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=BlockerKind.choices, default=BlockerKind.BLOCKED)


class AskHelp(serializers.Serializer[Any]):
    asked = Reference(Seat)
    words = serializers.CharField(max_length=1000)


class AddEvidence(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=EvidenceKind.choices, default=EvidenceKind.NOTE)
    link = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    note = serializers.CharField(required=False, allow_blank=True, default="")
    file = serializers.FileField(required=False, allow_empty_file=True)  # sent as multipart/form-data
    metric = Reference(Metric, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A file as the service takes it, and of a metric what was read last."""
        file, metric = attrs.pop("file", None), attrs.pop("metric", None)
        attrs["file"] = Sent(file, file.name, file.size) if file is not None else None
        attrs["observation"] = last_read(metric) if metric is not None else None
        if metric is not None and attrs["kind"] == EvidenceKind.NOTE:
            attrs["kind"] = EvidenceKind.READING
        return attrs


class Verify(serializers.Serializer[Any]):
    finding = serializers.ChoiceField(choices=Finding.choices)
    note = serializers.CharField(required=False, allow_blank=True, default="")


def _verb(summary: str, request: Any, path: str = "", **options: Any) -> Callable[[Any], Any]:
    """A POST on one action, described for the schema."""

    def mark(method: Any) -> Any:
        described = extend_schema(summary=summary, request=request, responses=ActionReply)(method)
        return action(detail=True, methods=["post"], url_path=path or method.__name__, **options)(described)

    return mark


_NARROW = [
    OpenApiParameter("department", str, description="Reference of a department."),
    OpenApiParameter("within", str, description="Reference of a department; with those below it."),
    OpenApiParameter("council", str, description="Reference of a council."),
    OpenApiParameter("sponsor", str, description="Reference of a sponsor's seat."),
    OpenApiParameter("journey", str, description="Reference of a journey."),
    OpenApiParameter("seat", str, description="Reference of a seat."),
    OpenApiParameter("state", str, enum=[*queries.SEVERAL, *ActionState.values]),
    OpenApiParameter(
        "figure", str, enum=[str(one) for one in OFFERED], description="What the executive review counts."
    ),
    OpenApiParameter("health", str, enum=list(Health.values)),
    OpenApiParameter("theme", str, description="Reference of a theme."),
    OpenApiParameter("mine", bool, description="Of the seats that you hold or deputise for."),
    OpenApiParameter("due_from", date, description="Promised for this day or later."),
    OpenApiParameter("due_until", date, description="Promised for this day or earlier."),
    OpenApiParameter("accepted_from", date, description="Accepted on this day or later."),
    OpenApiParameter("accepted_until", date, description="Accepted on this day or earlier."),
    OpenApiParameter("words", str, description="In the title or in what would prove it done, or the reference."),
    OpenApiParameter("sort", str, enum=list(ORDERS)),
]


class Narrowing(serializers.Serializer[Any]):
    department = Reference(Department, required=False)
    within = Reference(Department, required=False)
    council = Reference(Council, required=False)
    seat = Reference(Seat, required=False)
    sponsor = Reference(Seat, required=False)
    journey = Reference(Journey, required=False)
    state = serializers.ChoiceField(choices=[*queries.SEVERAL, *ActionState.values], required=False)
    figure = serializers.ChoiceField(choices=[str(one) for one in OFFERED], required=False)
    health = serializers.ChoiceField(choices=Health.choices, required=False)
    theme = Reference(Theme, required=False)
    mine = serializers.BooleanField(required=False)
    due_from = serializers.DateField(required=False)
    due_until = serializers.DateField(required=False)
    accepted_from = serializers.DateField(required=False)
    accepted_until = serializers.DateField(required=False)
    words = serializers.CharField(required=False, allow_blank=True, max_length=120)
    sort = serializers.ChoiceField(choices=list(ORDERS), required=False)


@extend_schema_view(
    list=extend_schema(summary="Actions, narrowed", parameters=_NARROW), retrieve=extend_schema(summary="One action")
)
class Actions(Idempotent, PartsOfAction, Resource):
    model = ActionItem
    serializer_class = ActionReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[ActionItem]:
        narrowed: dict[str, Any] = {}
        if self.action in ("list", "sheet"):
            reader = Narrowing(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            narrowed = dict(reader.validated_data)
        found = lists.narrowed(viewer, now, queries.Narrowed(**narrowed))
        return found.select_related(
            "department__subject",
            "theme__subject",
            "decision__subject",
            "sponsor__seat__subject",
            "step__subject",
            "goal__subject",
        )

    def paginate_queryset(self, queryset: Any) -> Any:
        return super().paginate_queryset(lists.Cut(queryset))  # type: ignore[arg-type]  # counted and cut, as a list is

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        keys = {row.pk for row in rows}
        named = {
            pk
            for row in rows
            for pk in (row.seat_id, row.council_id, row.theme_id, row.decision_id, row.step_id, row.goal_id)
            if pk
        }
        return {
            "at": moment(self.now),
            "moves": next_moves(keys, self.now),
            "allocated": books.allocated_to(keys),
            "seen": access.visible_ids(self.viewer, named, self.now),
        }

    @extend_schema(summary="The list as a CSV file that can be sent back", parameters=_NARROW, responses=batches.CSV)
    @action(detail=False, pagination_class=None)
    def sheet(self, request: Request) -> HttpResponseBase:
        return download(self.get_queryset(), self.viewer, self.now)

    @extend_schema(
        summary="Say where many actions stand", request=batches.BatchSend, responses={200: batches.BatchReply}
    )
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        return batches.answer(
            self.payload(batches.BatchSend),
            columns=action_sheet.COLUMNS,
            judge=sheet_queries.judge,
            take_in=sheet_service.take_in,
            viewer=self.viewer,
            now=self.now,
        )

    @extend_schema(summary="Create an action on own initiative", request=ActionCreate, responses={201: ActionReply})
    def create(self, request: Request) -> Response:
        made = services.create(**self.payload(ActionCreate), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    def _aim(self, service: Callable[..., Any], reader: type[serializers.Serializer[Any]]) -> Response:
        """As :meth:`_do`, for what also says what will show that it worked."""

        def act(**said: Any) -> Any:
            others = {name: said.pop(name) for name in ("action", "reason", "by", "now", "version") if name in said}
            return service(aim=aimed(said), **others)

        return self._do(act, reader)

    def _do(self, service: Callable[..., Any], reader: type[serializers.Serializer[Any]] | None = None) -> Response:
        """Hand the checked payload to a service, under the version that ``If-Match`` names; the action as it is then.

        Whoever just gave it out of their own sight is told so by an empty answer.
        """
        found = self.get_object()
        said = self.payload(reader) if reader is not None else {}
        service(action=found, **said, by=self.viewer, now=self.now, version=self.expected_version(self.request))
        again = self.queryset_for(self.viewer, self.now).filter(pk=found.pk).first()
        return self.answer(again) if again is not None else Response(status=204)

    @_verb("Accept it and promise a date", Accept)
    def accept(self, request: Request, reference: str) -> Response:
        def act(aim: dict[str, Any] | None = None, **said: Any) -> Any:
            return services.accept(**said, aim=aimed(aim) if aim is not None else None)

        return self._do(act, Accept)

    @_verb("Decline it with a reason", Reason)
    def decline(self, request: Request, reference: str) -> Response:
        return self._do(services.decline, Reason)

    @_verb("Propose it to another seat", Reassign)
    def reassign(self, request: Request, reference: str) -> Response:
        return self._do(services.reassign, Reassign)

    @_verb("Promise a date for what was accepted without one", SetDate, "set-date")
    def set_date(self, request: Request, reference: str) -> Response:
        return self._do(services.set_date, SetDate)

    @_verb(
        "Ask for a later date: the seat that may approve it, beyond the charter's limit the council",
        AskForTime,
        "ask-for-time",
    )
    def ask_for_time(self, request: Request, reference: str) -> Response:
        return self._do(services.ask_for_time, AskForTime)

    @_verb("Approve the later date that was asked for, or refuse it with a sentence", AnswerDate, "answer-date")
    def answer_date(self, request: Request, reference: str) -> Response:
        return self._do(services.answer_date, AnswerDate)

    @_verb("Say where it stands", Report)
    def report(self, request: Request, reference: str) -> Response:
        return self._do(services.report, Report)

    @extend_schema(
        summary="Say where several stand, each row by itself",
        request=ReportSeveral,
        responses={200: RowSaid(many=True)},
        parameters=[],
    )
    @action(detail=False, methods=["post"], url_path="report-several", pagination_class=None, filter_backends=[])
    def report_several(self, request: Request) -> Response:
        rows = [several.Row(reference=row.pop("action"), said=row) for row in self.payload(ReportSeveral)["rows"]]
        outcomes = several.report(rows=rows, by=self.viewer, now=self.now)
        return Response(RowSaid(outcomes, many=True).data)

    @_verb("Report what stops it", Block)
    def block(self, request: Request, reference: str) -> Response:
        return self._do(services.block, Block)

    @_verb("Ask the head or the sponsor for help now", AskHelp, "ask-help")
    def ask_help(self, request: Request, reference: str) -> Response:
        return self._do(services.ask_help, AskHelp)

    @_verb(
        "Attach evidence", {"application/json": AddEvidence, "multipart/form-data": AddEvidence},
        parser_classes=[MultiPartParser, PlainJSONParser],
    )  # fmt: skip
    def evidence(self, request: Request, reference: str) -> Response:
        return self._do(services.add_evidence, AddEvidence)

    @_verb("Say that it is done", None)
    def done(self, request: Request, reference: str) -> Response:
        return self._do(services.say_done)

    @_verb("Say whether the evidence shows it done", Verify)
    def verify(self, request: Request, reference: str) -> Response:
        return self._do(services.verify, Verify)

    @_verb("Reopen it with a reason", Reason)
    def reopen(self, request: Request, reference: str) -> Response:
        return self._do(services.reopen, Reason)

    @_verb("Drop it with a reason", Reason)
    def cancel(self, request: Request, reference: str) -> Response:
        return self._do(services.cancel, Reason)

    @_verb("Fix what will show whether it worked", Measure)
    def measure(self, request: Request, reference: str) -> Response:
        return self._aim(services.measure, Measure)

    @_verb("Propose to the council to change what will show whether it worked", CorrectMeasure, "correct-measure")
    def correct_measure(self, request: Request, reference: str) -> Response:
        return self._aim(services.propose_measure, CorrectMeasure)

    @_verb("Read its KPI on the next day of review", None, "read-kpi")
    def read_kpi(self, request: Request, reference: str) -> Response:
        return self._do(services.read)

    @_verb("Say whether it worked", Judge)
    def judge(self, request: Request, reference: str) -> Response:
        return self._do(services.judge, Judge)

    @_verb("Allocate what its owner asked for without a meeting, signed by asking for it", None)
    def allocate(self, request: Request, reference: str) -> Response:
        return self._do(partial(delegating.allocate, confirm=True))

    @_verb("Verify what it brought", VerifyBenefit, "verify-benefit")
    def verify_benefit(self, request: Request, reference: str) -> Response:
        return self._do(verify_benefit, VerifyBenefit)

    @_verb("Draft what the givers are told", DraftTelling, "draft-telling")
    def draft_telling(self, request: Request, reference: str) -> Response:
        return self._do(tellings.draft_telling, DraftTelling)

    @_verb("Approve what the givers are told", None, "approve-telling")
    def approve_telling(self, request: Request, reference: str) -> Response:
        return self._do(tellings.approve_telling)

    @_verb("Mark it sent to those who agreed", None, "send-telling")
    def send_telling(self, request: Request, reference: str) -> Response:
        return self._do(tellings.send_telling)
