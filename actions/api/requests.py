"""``/api/v1/requests/``: work that departments need from one another, and every verb on it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from actions.api.items import KnownField, NextMove
from actions.debts import Figure
from actions.models import ActionItem, DateAnswer, Request, RequestDay, RequestState
from actions.queries import requests as queries
from actions.services import request_days, request_help
from actions.services import requests as services
from governance import access
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.models import Department, Person, Seat
from governance.queries.duties import Move, next_moves


class DayReply(serializers.ModelSerializer[RequestDay]):
    """Another day that one side proposed; ``answer`` is empty while it waits."""

    by = serializers.CharField(source="by.name", read_only=True)
    answered_by = serializers.CharField(source="answered_by.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = RequestDay
        fields: ClassVar[Sequence[str]] = (
            "instead_of",
            "day",
            "reason",
            "side",
            "by",
            "at",
            "answer",
            "said",
            "answered_by",
            "answered_at",
        )


class RequestReply(Thing):
    from_seat = KnownField()
    from_department = Reference(Department, read_only=True)
    to_seat = KnownField()
    to_department = Reference(Department, read_only=True)
    action = KnownField(allow_null=True)
    asked_by = serializers.CharField(source="asked_by.name", read_only=True)
    next_move = serializers.SerializerMethodField()
    days = DayReply(many=True, read_only=True)
    slipped = serializers.SerializerMethodField(help_text="Days from the first agreed day to the one that holds.")
    is_waited_for = serializers.SerializerMethodField(help_text="Whether its action is reported blocked by it.")

    class Meta(Thing.Meta):
        model = Request
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "state",
            "from_seat",
            "from_department",
            "to_seat",
            "to_department",
            "action",
            "need",
            "asked_on",
            "asked_for",
            "asked_by",
            "promised",
            "first_promised",
            "conditions",
            "offered_on",
            "offer",
            "reason",
            "due_on",
            "asked_at",
            "answered_at",
            "agreed_at",
            "delivered_at",
            "delivered_on",
            "closed_at",
            "days",
            "slipped",
            "is_waited_for",
            "next_move",
            "version",
        )

    @extend_schema_field(NextMove(allow_null=True))
    def get_next_move(self, found: Request) -> Any:
        move: Move | None = self.context["moves"].get(found.pk)
        return NextMove(move).data if move is not None else None

    def get_slipped(self, found: Request) -> int:
        return queries.slipped(found)

    def get_is_waited_for(self, found: Request) -> bool:
        return found.action_id in self.context["seen"] and found.pk in self.context["stops"]


class Ask(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=300)
    to = Reference(Seat)
    asked_for = serializers.DateField()
    need = serializers.CharField(required=False, allow_blank=True, default="")
    action = Reference(ActionItem, required=False, help_text="The action that it serves; its own seat asks.")
    seat = Reference(Seat, required=False, help_text="The seat of yours that asks, where it serves no action.")


class Agree(serializers.Serializer[Any]):
    promised_on = serializers.DateField()
    conditions = serializers.CharField(required=False, allow_blank=True, default="")


class Counter(serializers.Serializer[Any]):
    offered_on = serializers.DateField(required=False, allow_null=True, default=None)
    offer = serializers.CharField(required=False, allow_blank=True, default="")


class Because(serializers.Serializer[Any]):
    reason = serializers.CharField()


class Note(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ProposeDay(serializers.Serializer[Any]):
    day = serializers.DateField()
    reason = serializers.CharField()


class AnswerDay(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=[DateAnswer.APPROVED, DateAnswer.REFUSED])
    said = serializers.CharField(required=False, allow_blank=True, default="")


class AskHelp(serializers.Serializer[Any]):
    asked = Reference(Seat)
    words = serializers.CharField(max_length=1000)


class Narrowing(serializers.Serializer[Any]):
    department = Reference(Department, required=False)
    direction = serializers.ChoiceField(choices=queries.DIRECTIONS, required=False)
    owing = Reference(Department, required=False)
    owed = Reference(Department, required=False)
    action = Reference(ActionItem, required=False)
    below = serializers.BooleanField(required=False)
    state = serializers.ChoiceField(choices=["open", *RequestState.values], required=False)
    figure = serializers.ChoiceField(choices=[str(one) for one in Figure], required=False)


_NARROW = [
    OpenApiParameter("department", str, description="Reference of a department that asks or is asked."),
    OpenApiParameter("direction", str, enum=queries.DIRECTIONS, description="With department: one side alone."),
    OpenApiParameter("owing", str, description="Reference of the department that owes the next move."),
    OpenApiParameter("owed", str, description="Reference of the department that waits for it."),
    OpenApiParameter("action", str, description="Reference of an action: only what it needs."),
    OpenApiParameter("below", bool, description="Those below the department that is named count with it."),
    OpenApiParameter("state", str, enum=["open", *RequestState.values]),
    OpenApiParameter("figure", str, enum=[str(one) for one in Figure], description="What who-owes-whom counts."),
]


def _verb(summary: str, payload: Any, path: str = "") -> Callable[[Any], Any]:
    """A POST on one request, described for the schema."""

    def mark(method: Any) -> Any:
        described = extend_schema(summary=summary, request=payload, responses=RequestReply)(method)
        return action(detail=True, methods=["post"], url_path=path or method.__name__)(described)

    return mark


@extend_schema_view(
    list=extend_schema(summary="Requests between departments", parameters=_NARROW),
    retrieve=extend_schema(summary="One request"),
)
class Requests(Idempotent, Resource):
    model = Request
    serializer_class = RequestReply

    def queryset_for(self, viewer: Person, now: datetime) -> "QuerySet[Any]":
        narrowed: dict[str, Any] = {}
        if self.action == "list":
            reader = Narrowing(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            narrowed = dict(reader.validated_data)
        return (
            queries.listed(viewer, now, queries.Narrowed(**narrowed))
            .select_related("asked_by")
            .prefetch_related(Prefetch("days", RequestDay.objects.select_related("by", "answered_by").order_by("pk")))
        )

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        named = {pk for row in rows for pk in (row.from_seat_id, row.to_seat_id, row.action_id) if pk}
        return {
            "moves": next_moves({row.pk for row in rows}, self.now),
            "stops": queries.waited_for(row.pk for row in rows),
            "seen": access.visible_ids(self.viewer, named, self.now),
        }

    @extend_schema(summary="Ask another department", request=Ask, responses={201: RequestReply})
    def create(self, request: HttpRequest) -> Response:
        made = services.ask(**self.payload(Ask), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    def _do(self, service: Callable[..., Any], reader: type[serializers.Serializer[Any]] | None = None) -> Response:
        """Hand the checked payload to a service, under the version that ``If-Match`` names; the request as it is."""
        found = self.get_object()
        said = self.payload(reader) if reader is not None else {}
        service(request=found, **said, by=self.viewer, now=self.now, version=self.expected_version(self.request))
        return self.answer(self.fresh(found.pk))

    @_verb("Agree to it and promise a day", Agree)
    def agree(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.agree, Agree)

    @_verb("Propose another day or scope", Counter)
    def counter(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.counter, Counter)

    @_verb("Refuse it with a reason", Because)
    def refuse(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.refuse, Because)

    @_verb("Accept what was proposed instead", None)
    def accept(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.accept)

    @_verb("Withdraw it with a reason", Because)
    def withdraw(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.withdraw, Because)

    @_verb("Say that it is delivered", Note)
    def deliver(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.deliver, Note)

    @_verb("Confirm the delivery", Note)
    def confirm(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.confirm, Note)

    @_verb("Propose another day for what was agreed", ProposeDay, "propose-day")
    def propose_day(self, request: HttpRequest, reference: str) -> Response:
        return self._do(request_days.propose, ProposeDay)

    @_verb("Agree to the day that the other side proposed, or keep the one that holds", AnswerDay, "answer-day")
    def answer_day(self, request: HttpRequest, reference: str) -> Response:
        return self._do(request_days.answer, AnswerDay)

    @_verb("Ask for help up the ladder of whoever was asked", AskHelp, "ask-help")
    def ask_help(self, request: HttpRequest, reference: str) -> Response:
        return self._do(request_help.ask, AskHelp)

    @_verb("Send the delivery back", Because, "send-back")
    def send_back(self, request: HttpRequest, reference: str) -> Response:
        return self._do(services.send_back, Because)
