"""``/api/v1/journeys/`` and ``journey-steps/``: what customers go through, and who answers for each step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.api.people import PersonField
from governance.models import Department, Journey, JourneyStep, Person, Seat
from governance.queries import journeys as queries
from governance.queries.seats import answering
from governance.services import journeys as services


class JourneyStepReply(Thing):
    """A step; ``seat`` is null where nobody was ever named, ``answering`` null where the seat is vacant."""

    journey = Reference(Journey, read_only=True)
    seat = Reference(Seat, read_only=True)
    answering = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = JourneyStep
        fields: ClassVar[Sequence[str]] = (*Thing.Meta.fields, "journey", "position", "seat", "answering")

    def get_answering(self, step: JourneyStep) -> str | None:
        found = self.context["answering"].get(step.seat_id)
        return found.name if found else None


class JourneyReply(Thing):
    seat = Reference(Seat, read_only=True)
    steps = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Journey
        fields: ClassVar[Sequence[str]] = (*Thing.Meta.fields, "purpose", "seat", "steps", "version")

    @extend_schema_field(JourneyStepReply(many=True))
    def get_steps(self, journey: Any) -> Any:
        return JourneyStepReply(journey.ordered, many=True, context=self.context).data


class StepWished(serializers.Serializer[Any]):
    """A step as it is wished; ``step`` names one that the journey has, without it the step is new."""

    title = serializers.CharField(max_length=300)
    seat = Reference(Seat, required=False, allow_null=True)
    step = Reference(JourneyStep, required=False, allow_null=True)


class JourneyWished(serializers.Serializer[Any]):
    """The whole journey, its steps in order. When it is arranged, a known step that is left out is taken out."""

    title = serializers.CharField(max_length=300)
    purpose = serializers.CharField(required=False, allow_blank=True, default="")
    seat = Reference(Seat, required=False, allow_null=True, default=None)
    steps = StepWished(many=True, required=False, default=list)


class StepOwner(serializers.Serializer[Any]):
    """A seat that stands, or the department in which to found one, with a person in it."""

    seat = Reference(Seat, required=False)
    department = Reference(Department, required=False)
    person = PersonField(required=False)


def _wished(asked: dict[str, Any]) -> dict[str, Any]:
    steps = [services.StepWish(one["title"], one.get("seat"), one.get("step")) for one in asked["steps"]]
    return {**asked, "steps": steps}


@extend_schema_view(list=extend_schema(summary="The journeys"), retrieve=extend_schema(summary="One journey"))
class Journeys(Idempotent, Resource):
    model = Journey
    serializer_class = JourneyReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Journey]:
        return queries.listed(viewer, now).prefetch_related(
            Prefetch("steps", queries.steps_listed(viewer, now), to_attr="ordered")
        )

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {
            "answering": answering([step.seat_id for row in rows for step in row.ordered if step.seat_id], self.now)
        }

    @extend_schema(summary="Draw a journey", request=JourneyWished, responses={201: JourneyReply})
    def create(self, request: Request) -> Response:
        made = services.draw(**_wished(self.payload(JourneyWished)), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="Arrange a journey anew", request=JourneyWished, responses=JourneyReply)
    @action(detail=True, methods=["post"])
    def arrange(self, request: Request, reference: str) -> Response:
        arranged = services.arrange(
            journey=self.get_object(),
            **_wished(self.payload(JourneyWished)),
            by=self.viewer,
            now=self.now,
            version=self.expected_version(request),
        )
        return self.answer(self.fresh(arranged.pk))


@extend_schema_view(list=extend_schema(summary="The steps of all journeys"), retrieve=extend_schema(summary="One step"))
class JourneySteps(Idempotent, Resource):
    model = JourneyStep
    serializer_class = JourneyStepReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[JourneyStep]:
        return queries.steps_listed(viewer, now)

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"answering": answering([step.seat_id for step in rows if step.seat_id], self.now)}

    @extend_schema(summary="Name the seat that answers for it", request=StepOwner, responses=JourneyStepReply)
    @action(detail=True, methods=["post"])
    def owner(self, request: Request, reference: str) -> Response:
        step = services.name_owner(step=self.get_object(), **self.payload(StepOwner), by=self.viewer, now=self.now)
        return self.answer(self.fresh(step.pk))
