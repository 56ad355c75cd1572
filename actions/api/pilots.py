"""``/api/v1/pilots/``: what is tried in one place, how its check went, and where it is repeated."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.items import KnownField, NextMove
from actions.models import ActionItem, Pilot, PilotState, PilotVerdict
from actions.queries import pilots as queries
from actions.queries.pilots import LEARNT_STATE, PilotLine
from actions.services import pilots as services
from actions.services.pilots import Found, Plan
from governance import access
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.errors import DomainError
from governance.models import Department, Person, Seat

_WORDS = re.compile(r"words_(?P<number>\d+)")


class PilotCriterionReply(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    text = serializers.CharField()
    kpi = serializers.SerializerMethodField(help_text="The metric whose target it is.")

    def get_kpi(self, found: Any) -> str | None:
        return str(found.outcome.metric.reference) if found.outcome is not None else None


class PilotFindingReply(serializers.Serializer[Any]):
    criterion = serializers.IntegerField(source="criterion.number")
    met = serializers.BooleanField()
    words = serializers.CharField()


class PilotCheckReply(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="check.number")
    verdict = serializers.ChoiceField(choices=PilotVerdict.choices, source="check.verdict")
    due_on = serializers.DateField(source="check.due_on")
    next_on = serializers.DateField(source="check.next_on", allow_null=True)
    reason = serializers.CharField(source="check.reason")
    effect = serializers.CharField(source="check.effect", help_text="Of the action's outcome, as it was then.")
    by = serializers.CharField(source="check.by.name")
    at = serializers.DateTimeField(source="check.at")
    findings = PilotFindingReply(many=True)


class PilotPlaceReply(serializers.Serializer[Any]):
    department = serializers.CharField(source="place.department.subject.reference")
    standing = serializers.ChoiceField(
        choices=[(str(one), label) for one, label in queries.LABELS.items()], source="group"
    )
    copy = serializers.CharField(source="line.action.reference", default=None, allow_null=True)
    promised = serializers.DateField(source="line.action.promised", default=None, allow_null=True)
    slip = serializers.IntegerField(source="line.slip", default=0, help_text="Days after the first promised day.")
    effect = serializers.CharField(help_text="Whether the copy worked, in words; empty: nothing was said yet.")


class PilotReply(Thing):
    action = KnownField()
    department = Reference(Department, read_only=True)
    checker = KnownField()
    declared_by = serializers.CharField(source="declared_by.name", read_only=True)
    criteria = serializers.SerializerMethodField()
    checks = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()
    next_move = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Pilot
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "state",
            "action",
            "department",
            "unit",
            "checker",
            "first_check_on",
            "check_on",
            "extensions",
            "criteria",
            "checks",
            "places",
            "reason",
            "declared_by",
            "declared_at",
            "closed_at",
            "next_move",
            "version",
        )

    @extend_schema_field(PilotCriterionReply(many=True))
    def get_criteria(self, found: Pilot) -> Any:
        return PilotCriterionReply(self.context["criteria"].get(found.pk, []), many=True).data

    @extend_schema_field(PilotCheckReply(many=True))
    def get_checks(self, found: Pilot) -> Any:
        return PilotCheckReply(self.context["checks"].get(found.pk, []), many=True).data

    @extend_schema_field(PilotPlaceReply(many=True))
    def get_places(self, found: Pilot) -> Any:
        return PilotPlaceReply(self._line(found).places, many=True).data

    @extend_schema_field(NextMove(allow_null=True))
    def get_next_move(self, found: Pilot) -> Any:
        move = self._line(found).move
        return NextMove(move).data if move is not None else None

    def _line(self, found: Pilot) -> PilotLine:
        line: PilotLine = self.context["lines"][found.pk]
        return line


class Plans(serializers.Serializer[Any]):
    """How it is tried: ``criteria`` are what must be true to say that it passed, ``by_kpi`` adds the KPI's target."""

    department = Reference(Department)
    unit = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    criteria = serializers.ListField(child=serializers.CharField(), default=list)
    by_kpi = serializers.BooleanField(default=False)
    check_on = serializers.DateField()
    checker = Reference(Seat, required=False, help_text="Left out: the council's secretary, else its line.")
    places = serializers.ListField(child=Reference(Department), default=list)


class Declare(Plans):
    action = Reference(ActionItem)


class Change(Plans):
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Needed once its check has begun."
    )


class Finding(serializers.Serializer[Any]):
    met = serializers.BooleanField()
    words = serializers.CharField(allow_blank=True)


class Check(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=[PilotVerdict.PASSED, PilotVerdict.NOT_PASSED])
    findings = Finding(many=True, help_text="One for each criterion, in their order.")
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class Extend(serializers.Serializer[Any]):
    next_on = serializers.DateField()
    findings = Finding(many=True, help_text="One for each criterion, in their order.")
    reason = serializers.CharField(allow_blank=True)


class Because(serializers.Serializer[Any]):
    reason = serializers.CharField()


class Propose(serializers.Serializer[Any]):
    places = serializers.ListField(child=Reference(Department), default=list)


_NARROW = [
    OpenApiParameter("state", str, enum=[*PilotState.values, LEARNT_STATE]),
    OpenApiParameter("action", str, description="Reference of an action: its pilot alone."),
    OpenApiParameter("copy", str, description="Reference of an action: the pilot that it repeats."),
]


class Narrowing(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[*PilotState.values, LEARNT_STATE], required=False)
    action = Reference(ActionItem, required=False)
    copy = Reference(ActionItem, required=False)


def _plan(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan gathered; the others as they were said."""
    names = ("department", "unit", "criteria", "by_kpi", "check_on", "checker", "places")
    plan = Plan(**{name: said[name] for name in names if name in said})
    return {"plan": plan, **{name: value for name, value in said.items() if name not in names}}


def _found(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "findings": [Found(one["met"], one["words"]) for one in said["findings"]]}


@contextmanager
def _pointing_at_findings() -> Iterator[None]:
    """An error at the words of a criterion points at it where it stands in the request."""
    try:
        yield
    except DomainError as error:
        at = _WORDS.fullmatch(error.field or "")
        if at is not None:
            error.field = f"findings/{int(at['number']) - 1}/words"
        raise


def _verb(summary: str, payload: Any) -> Callable[[Any], Any]:
    """A POST on one pilot, described for the schema."""

    def mark(method: Any) -> Any:
        described = extend_schema(summary=summary, request=payload, responses=PilotReply)(method)
        return action(detail=True, methods=["post"], url_path=method.__name__)(described)

    return mark


@extend_schema_view(
    list=extend_schema(summary="Pilots, and where they travelled", parameters=_NARROW),
    retrieve=extend_schema(summary="One pilot"),
)
class Pilots(Idempotent, Resource):
    model = Pilot
    serializer_class = PilotReply

    def queryset_for(self, viewer: Person, now: datetime) -> "QuerySet[Any]":
        narrowed: dict[str, Any] = {}
        if self.action == "list":
            reader = Narrowing(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            narrowed = dict(reader.validated_data)
        return queries.listed(viewer, now, **narrowed)

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        named = {key for row in rows for key in (row.action_id, row.checker_id)}
        return {
            "lines": {line.pilot.pk: line for line in queries.lines(rows, self.viewer, self.now)},
            "criteria": queries.criteria_of(rows),
            "checks": queries.checks_of(rows),
            "seen": access.visible_ids(self.viewer, named, self.now),
        }

    @extend_schema(summary="Declare an action a pilot", request=Declare, responses={201: PilotReply})
    def create(self, request: Request) -> Response:
        said = _plan(self.payload(Declare))
        made = services.declare(**said, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(made.pk), 201)

    def _do(self, service: Callable[..., Any], said: dict[str, Any]) -> Response:
        """Hand what was said to a service, under the version that ``If-Match`` names; the pilot as it is then."""
        found = self.get_object()
        with _pointing_at_findings():
            service(pilot=found, **said, by=self.viewer, now=self.now, version=self.expected_version(self.request))
        return self.answer(self.fresh(found.pk))

    @_verb("Change how it is tried; a reason is needed once its check has begun", Change)
    def change(self, request: Request, reference: str) -> Response:
        return self._do(services.change, _plan(self.payload(Change)))

    @_verb("Record its check: whether it passed, with what was seen of each criterion", Check)
    def check(self, request: Request, reference: str) -> Response:
        return self._do(services.check, _found(self.payload(Check)))

    @_verb("Check it, and give it more time, with a reason", Extend)
    def extend(self, request: Request, reference: str) -> Response:
        return self._do(services.extend, _found(self.payload(Extend)))

    @_verb("Stop it before it passed, with a reason", Because)
    def stop(self, request: Request, reference: str) -> Response:
        return self._do(services.stop, self.payload(Because))

    @_verb("Ask the council where what passed is to be repeated", Propose)
    def propose(self, request: Request, reference: str) -> Response:
        return self._do(services.propose, self.payload(Propose))
