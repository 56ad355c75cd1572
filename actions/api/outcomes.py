"""``/api/v1/outcomes/``, ``benefits/`` and ``tellings/``: whether actions worked, what they brought, who was told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions import effects
from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import (
    ActionItem,
    Benefit,
    BenefitKind,
    Outcome,
    OutcomeEffect,
    OutcomeReading,
    OutcomeVerdict,
    Telling,
)
from actions.queries import outcomes as queries
from actions.services import tellings
from governance.api.base import Reference
from governance.models import Metric, Person
from governance.numbers import plain


class ReadingReply(serializers.ModelSerializer[OutcomeReading]):
    """``sentence`` says it in words; ``facts`` has both sides, the change with its bounds, and the observations."""

    sentence = serializers.SerializerMethodField()
    by = serializers.CharField(source="by.name", read_only=True)

    class Meta:
        model = OutcomeReading
        fields: ClassVar[Sequence[str]] = ("day", "effect", "sentence", "facts", "by", "at")

    def get_sentence(self, reading: OutcomeReading) -> str:
        return effects.sentence(queries.judgement_of(reading))


class VerdictReply(serializers.ModelSerializer[OutcomeVerdict]):
    by = serializers.CharField(source="by.name", read_only=True)

    class Meta:
        model = OutcomeVerdict
        fields: ClassVar[Sequence[str]] = ("effect", "words", "by", "at")


class ActionOutcomeReply(RecordReply):
    """What was fixed; ``number`` above 1 is a change, with its ``reason`` and ``decision``.

    ``target`` is in the metric's unit.
    """

    metric = Reference(Metric, read_only=True, allow_null=True)
    decision = serializers.SerializerMethodField(help_text="Reference of the council's decision that changed it.")
    target = serializers.SerializerMethodField()
    readings = ReadingReply(many=True, read_only=True)
    verdicts = VerdictReply(many=True, read_only=True)

    class Meta(RecordReply.Meta):
        model = Outcome
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "number",
            "metric",
            "because",
            "target",
            "share",
            "enough",
            "baseline_from",
            "baseline_until",
            "effect_from",
            "effect_until",
            "reason",
            "decision",
            "at",
            "readings",
            "verdicts",
        )

    def get_decision(self, outcome: Outcome) -> str | None:
        is_seen = outcome.decision is not None and outcome.decision_id in self.context["seen"]
        return str(outcome.decision.reference) if outcome.decision is not None and is_seen else None

    def get_target(self, outcome: Outcome) -> str | None:
        if outcome.metric is None or outcome.target is None:
            return None
        return plain(outcome.target, outcome.metric.scale)


@extend_schema_view(
    list=extend_schema(summary="What will show, or showed, whether actions worked", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One outcome with its readings"),
)
class Outcomes(Records):
    model = Outcome
    serializer_class: Any = ActionOutcomeReply
    joined = ("by", "metric__subject", "decision__subject")

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Any]:
        return super().queryset_for(viewer, now).prefetch_related(
            Prefetch("readings", OutcomeReading.objects.select_related("by").order_by("pk")),
            Prefetch("verdicts", OutcomeVerdict.objects.select_related("by").order_by("pk")),
        )  # fmt: skip


class BenefitReply(RecordReply):
    """An amount in minor units that finance verified; ``corrects`` names the one that it replaces."""

    seat = serializers.CharField(source="seat.subject.title", read_only=True)
    corrects = serializers.IntegerField(source="corrects_id", read_only=True, allow_null=True)

    class Meta(RecordReply.Meta):
        model = Benefit
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "kind",
            "amount",
            "currency",
            "from_on",
            "until_on",
            "note",
            "seat",
            "corrects",
            "at",
        )


@extend_schema_view(
    list=extend_schema(summary="Amounts that finance verified", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One verified amount"),
)
class Benefits(Records):
    model = Benefit
    serializer_class: Any = BenefitReply
    joined = ("by", "seat__subject")


class TellingReply(RecordReply):
    by = serializers.CharField(source="drafted_by.name", read_only=True)
    approved_by = serializers.SerializerMethodField()
    reached = serializers.SerializerMethodField()

    class Meta(RecordReply.Meta):
        model = Telling
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "text",
            "drafted_at",
            "approved_by",
            "approved_at",
            "sent_at",
            "reached",
        )

    def get_approved_by(self, telling: Telling) -> str | None:
        return telling.approved_by.name if telling.approved_by is not None else None

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_reached(self, telling: Telling) -> dict[str, int]:
        return dict(self.context.get("reached", {}).get(telling.pk, {}))


@extend_schema_view(
    list=extend_schema(summary="What the givers of feedback were told", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One text, with how many were told and how many cannot be"),
)
class Tellings(Records):
    model = Telling
    serializer_class: Any = TellingReply
    joined = ("drafted_by", "approved_by")

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        sent = [one for one in rows if one.sent_at is not None]
        return {"reached": {one.pk: counts for one, counts in queries.counts_of(sent)}}

    @extend_schema(summary="Those who agreed to be told, as CSV", responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        telling = self.get_object()
        text = tellings.as_file(action=telling.action, key=telling.pk, by=self.viewer, now=self.now)
        return HttpResponse(text, content_type="text/csv; charset=utf-8")


class ReturnReply(serializers.Serializer[Any]):
    """In minor units of one currency; currencies are never summed."""

    currency = serializers.CharField()
    returned = serializers.IntegerField(help_text="Verified cashable benefit and revenue.")
    actions = serializers.IntegerField(help_text="How many actions brought it.")
    allocated = serializers.IntegerField()
    funded = serializers.IntegerField(help_text="To how many accepted actions it was allocated.")
    apart = serializers.DictField(child=serializers.IntegerField(), help_text="Verified, and not counted as a return.")
    reopened = serializers.IntegerField(help_text="Verified of actions that are open again; not counted meanwhile.")


class Returns(APIView):
    @extend_schema(summary="The return on what was allocated", responses=ReturnReply(many=True))
    def get(self, request: Request) -> Response:
        found = queries.returns(request.user, timezone.now())  # type: ignore[arg-type]
        return Response(ReturnReply(found, many=True).data)


# --- what the verbs on an action take ------------------------------------------------------------------------------


class Measure(serializers.Serializer[Any]):
    """One KPI with its ``target`` as text, as in "71.4", or ``because`` there is none; days left out are the usual."""

    metric = Reference(Metric, required=False, allow_null=True, default=None)
    target = serializers.CharField(max_length=30, required=False, allow_null=True, default=None)
    share = serializers.IntegerField(min_value=1, max_value=100, default=100)
    because = serializers.CharField(required=False, allow_blank=True, default="")
    baseline_from = serializers.DateField(required=False, allow_null=True, default=None)
    baseline_until = serializers.DateField(required=False, allow_null=True, default=None)
    effect_from = serializers.DateField(required=False, allow_null=True, default=None)
    effect_until = serializers.DateField(required=False, allow_null=True, default=None)


class CorrectMeasure(Measure):
    reason = serializers.CharField()


class Judge(serializers.Serializer[Any]):
    effect = serializers.ChoiceField(choices=OutcomeEffect.choices)
    said = serializers.CharField()


class BenefitField(serializers.PrimaryKeyRelatedField[Benefit]):
    """An amount by its number, among those that the viewer may see: a hidden one and an absent one get one answer."""

    def get_queryset(self) -> QuerySet[Benefit]:
        seen = ActionItem.objects.visible_to(self.context["viewer"], self.context["now"])
        return Benefit.objects.filter(action__in=seen.values("pk"))


class VerifyBenefit(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=BenefitKind.choices)
    amount = serializers.IntegerField(min_value=0, help_text="Minor units.")
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    note = serializers.CharField()
    corrects = BenefitField(queryset=Benefit.objects.none(), required=False, allow_null=True, default=None)


class DraftTelling(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)
