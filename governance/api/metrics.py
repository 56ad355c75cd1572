"""``/api/v1/metrics/`` and ``goals/``: values are written with a point and all their decimals, never as floats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.errors import Invalid
from governance.models import Better, Goal, Metric, Observation, Person, Seat, Unit
from governance.numbers import NotANumber, parse_scaled, plain
from governance.queries import metrics as queries
from governance.services import metrics as services


class MetricReply(Thing):
    """``value`` and ``observed_on``: what was last seen; null before anything was."""

    seat = Reference(Seat, read_only=True)
    value = serializers.SerializerMethodField()
    observed_on = serializers.DateField(source="last_on", read_only=True, allow_null=True)

    class Meta(Thing.Meta):
        model = Metric
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "unit",
            "scale",
            "better",
            "meaning",
            "seat",
            "value",
            "observed_on",
            "version",
        )

    def get_value(self, metric: Any) -> str | None:
        return None if metric.last_value is None else plain(metric.last_value, metric.scale)


class MetricDefine(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=300)
    unit = serializers.ChoiceField(choices=Unit.choices)
    better = serializers.ChoiceField(choices=Better.choices, default=Better.UP)
    meaning = serializers.CharField(required=False, allow_blank=True, default="")
    scale = serializers.IntegerField(required=False, min_value=0, max_value=4)
    seat = Reference(Seat)


class ObservationReply(serializers.ModelSerializer[Observation]):
    value = serializers.SerializerMethodField("get_shown")
    spread = serializers.SerializerMethodField()
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True, read_only=True)

    class Meta:
        model = Observation
        fields: ClassVar[Sequence[str]] = (
            "id", "on", "value", "numerator", "denominator", "detractors", "answers", "spread", "note", "corrects",
            "at",
        )  # fmt: skip

    def get_shown(self, observation: Observation) -> str:
        return plain(observation.value, self.context["metric"].scale)

    def get_spread(self, observation: Observation) -> str | None:
        return None if observation.spread is None else plain(observation.spread, self.context["metric"].scale)


class MetricObserve(serializers.Serializer[Any]):
    """``value`` as a text such as "71.4"; of a percent the two parts are enough, of a net promoter score promoters
    (``numerator``), ``detractors`` and ``denominator``. ``answers`` and ``spread`` (standard deviation) are a mean's. A
    day that has one is corrected."""

    on = serializers.DateField()
    value = serializers.CharField(max_length=30, required=False)
    numerator = serializers.IntegerField(min_value=0, required=False)
    denominator = serializers.IntegerField(min_value=1, required=False)
    detractors = serializers.IntegerField(min_value=0, required=False)
    answers = serializers.IntegerField(min_value=2, required=False)
    spread = serializers.CharField(max_length=30, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class GoalReply(Thing):
    """``state``: unseen, running, reached or missed."""

    metric = Reference(Metric, read_only=True)
    seat = Reference(Seat, read_only=True)
    baseline = serializers.SerializerMethodField()
    target = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Goal
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "metric",
            "baseline",
            "target",
            "due_on",
            "seat",
            "value",
            "state",
            "version",
        )

    def get_baseline(self, goal: Goal) -> str:
        return plain(goal.baseline, goal.metric.scale)

    def get_target(self, goal: Goal) -> str:
        return plain(goal.target, goal.metric.scale)

    def get_value(self, goal: Any) -> str | None:
        return None if goal.last_value is None else plain(goal.last_value, goal.metric.scale)

    def get_state(self, goal: Goal) -> str:
        return queries.stands(goal, self.context["now"].date()).state


class GoalSet(serializers.Serializer[Any]):
    """All four are needed; what lacks is said at its pointer."""

    metric = Reference(Metric, required=False, allow_null=True, default=None)
    baseline = serializers.CharField(max_length=30, required=False, allow_null=True, default=None)
    target = serializers.CharField(max_length=30, required=False, allow_null=True, default=None)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    title = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    seat = Reference(Seat, required=False, allow_null=True, default=None)


def scaled(asked: dict[str, Any], names: tuple[str, ...], scale: int) -> dict[str, Any]:
    """The payload with these numbers in the scale. Raises :class:`Invalid` at the field."""
    read = dict(asked)
    for name in names:
        if read.get(name) is not None:
            try:
                read[name] = parse_scaled(read[name], scale)
            except NotANumber as error:
                raise Invalid(str(error), field=name) from error
    return read


@extend_schema_view(list=extend_schema(summary="The metrics"), retrieve=extend_schema(summary="One metric"))
class Metrics(Idempotent, Resource):
    model = Metric
    serializer_class = MetricReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Metric]:
        return queries.listed(viewer, now)

    @extend_schema(summary="Define a metric", request=MetricDefine, responses={201: MetricReply})
    def create(self, request: Request) -> Response:
        made = services.define(**self.payload(MetricDefine), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="What was seen, newest first", responses=ObservationReply(many=True))
    @action(detail=True, methods=["get"])
    def observations(self, request: Request, reference: str) -> Response:
        metric = self.get_object()
        page = self.paginate_queryset(queries.observations(metric)) or []
        context = {**self.get_serializer_context(), "metric": metric}
        return self.get_paginated_response(ObservationReply(page, many=True, context=context).data)

    @extend_schema(
        summary="Write down what was seen, or correct it", request=MetricObserve, responses={201: ObservationReply}
    )
    @action(detail=True, methods=["post"])
    def observe(self, request: Request, reference: str) -> Response:
        metric = self.get_object()
        asked = scaled(self.payload(MetricObserve), ("value", "spread"), metric.scale)
        made = services.observe(metric=metric, **asked, by=self.viewer, now=self.now)
        context = {**self.get_serializer_context(), "metric": metric}
        return Response(ObservationReply(made, context=context).data, status=201)


@extend_schema_view(list=extend_schema(summary="The goals"), retrieve=extend_schema(summary="One goal"))
class Goals(Idempotent, Resource):
    model = Goal
    serializer_class = GoalReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Goal]:
        return queries.goals_listed(viewer, now)

    @extend_schema(summary="Set a goal", request=GoalSet, responses={201: GoalReply})
    def create(self, request: Request) -> Response:
        asked = self.payload(GoalSet)
        if asked["metric"] is not None:
            asked = scaled(asked, ("baseline", "target"), asked["metric"].scale)
        made = services.set_goal(**asked, by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)
