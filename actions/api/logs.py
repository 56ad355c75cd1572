"""``/api/v1/action-logs/``: an old list of actions, looked at, taken over by a council, and taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.importing.logbook import FIELDS, MOST_SIGNS
from actions.models import ActionLog, ActionLogLine
from actions.queries import logs as queries
from actions.queries.logs import Choices, Plan
from actions.services import logs as services
from councils.models import Council
from councils.queries import councils as council_queries
from governance.api.base import Idempotent, Reference, Resource
from governance.models import Person


class LogReply(serializers.ModelSerializer[Any]):
    council = Reference(Council, read_only=True)
    by = serializers.CharField(source="by.name", read_only=True)
    lines = serializers.IntegerField(source="total", read_only=True)
    actions = serializers.IntegerField(source="became", read_only=True)
    without_owner = serializers.IntegerField(source="unowned", read_only=True)
    without_date = serializers.IntegerField(source="undated", read_only=True)

    class Meta:
        model = ActionLog
        fields: ClassVar[Sequence[str]] = (
            "id", "council", "by", "at", "withdrawn_at", "lines", "actions", "without_owner", "without_date",
        )  # fmt: skip


class LogReportReply(LogReply):
    """The first report of the truth."""

    report = serializers.DictField(child=serializers.IntegerField())

    class Meta(LogReply.Meta):
        fields: ClassVar[Sequence[str]] = (*LogReply.Meta.fields, "report")


class LogLineReply(serializers.ModelSerializer[Any]):
    action = serializers.CharField(source="action.subject.reference", default=None, allow_null=True, read_only=True)

    class Meta:
        model = ActionLogLine
        fields: ClassVar[Sequence[str]] = (
            "number", "fate", "action", "is_matched", "what", "owner", "department", "due", "asked_for", "status",
            "money_words", "money", "notes",
        )  # fmt: skip


class LogPayload(serializers.Serializer[Any]):
    """``owners``: a seat's reference, or ``triage``, by the ``key`` of an owner in the preview."""

    council = Reference(Council)
    text = serializers.CharField(max_length=MOST_SIGNS, trim_whitespace=False)
    columns = serializers.ListField(
        child=serializers.ChoiceField(choices=["", *FIELDS], allow_blank=True), required=False, max_length=60
    )
    header = serializers.BooleanField(required=False, allow_null=True, default=None)
    day_first = serializers.BooleanField(required=False, allow_null=True, default=None)
    keeps_done = serializers.BooleanField(default=True)
    owners = serializers.DictField(child=serializers.CharField(), required=False)


class SeatOptionReply(serializers.Serializer[Any]):
    reference = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the reply, not of the serializer


class LogOwnerReply(serializers.Serializer[Any]):
    key = serializers.CharField()
    owner = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    lines = serializers.ListField(child=serializers.IntegerField())
    chosen = serializers.CharField(allow_blank=True)
    options = SeatOptionReply(many=True)
    says = serializers.CharField(allow_blank=True)


class PlannedLineReply(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="line.number")
    what = serializers.CharField(source="line.what")
    asked_for = serializers.DateField(source="line.due", allow_null=True)
    fate = serializers.CharField()
    seat = serializers.CharField(source="seat.subject.reference", default=None, allow_null=True)
    is_matched = serializers.BooleanField()
    says = serializers.CharField()


class LogPlanReply(serializers.Serializer[Any]):
    columns = serializers.ListField(child=serializers.CharField(allow_blank=True))
    asks_order = serializers.BooleanField()
    actions = serializers.IntegerField()
    owners = LogOwnerReply(many=True)
    lines = PlannedLineReply(many=True)


@extend_schema_view(
    list=extend_schema(summary="Old action logs, newest first"),
    retrieve=extend_schema(summary="One log, with its report", responses=LogReportReply),
)
class ActionLogs(Idempotent, Resource):
    """A log is pasted text: tabs, semicolons or commas between its cells, with a header or without one."""

    model = ActionLog
    serializer_class = LogReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[ActionLog]:
        return queries.listed(viewer, now)

    @extend_schema(
        summary="Take a log over: every owner is asked once", request=LogPayload, responses={201: LogReportReply}
    )
    def create(self, request: Request) -> Response:
        said = self.payload(LogPayload)
        log = services.take_over(
            text=said["text"], council=said["council"], by=self.viewer, now=self.now, choices=_choices(said)
        )
        return Response(self._reported(queries.get(log.pk, self.viewer, self.now)), status=201)

    @extend_schema(summary="See what would come of it; nobody is asked", request=LogPayload, responses=LogPlanReply)
    @action(detail=False, methods=["post"])
    def look(self, request: Request) -> Response:
        said = self.payload(LogPayload)
        queries.require_prepare(said["council"], self.viewer, self.now)
        plan = queries.plan(said["text"], said["council"], self.viewer, self.now, _choices(said))
        return Response(_told(plan))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._reported(self.get_object()))

    @extend_schema(summary="Its lines, in their order", responses=LogLineReply(many=True))
    @action(detail=True, methods=["get"])
    def lines(self, request: Request, pk: str) -> Response:
        log = self.get_object()
        shown = request.query_params.get("show", "")
        today = council_queries.today_of(log.council, self.now)
        page = self.paginate_queryset(queries.lines_of(log, shown, today)) or []
        return self.get_paginated_response(LogLineReply(page, many=True).data)

    @extend_schema(summary="Withdraw it as a whole, while nobody has answered", request=None, responses=LogReportReply)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        log = services.withdraw(log=self.get_object(), by=self.viewer, now=self.now)
        return Response(self._reported(queries.get(log.pk, self.viewer, self.now)))

    def _reported(self, log: ActionLog) -> dict[str, Any]:
        today = council_queries.today_of(log.council, self.now)
        report = {name.replace("-", "_"): count for name, count in queries.report(log, today).items()}
        return dict(LogReply(log).data) | {"report": report}


def _choices(said: dict[str, Any]) -> Choices:
    return Choices(
        fields=said.get("columns", ()),
        has_header=said["header"],
        day_first=said["day_first"],
        keeps_done=said["keeps_done"],
        owners=said.get("owners", {}),
    )


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "columns": list(plan.fields),
        "asks_order": plan.asks_order,
        "actions": plan.becoming,
        "owners": LogOwnerReply(plan.groups, many=True).data,
        "lines": PlannedLineReply(plan.lines, many=True).data,
    }
