"""``/api/v1/spending/``: what was spent on actions, posted once, reversed rather than changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.items import KnownField
from actions.api.records import OF_ACTION, Narrowing
from actions.models import ActionItem
from actions.queries import spending as queries
from actions.services import spending as services
from actions.services import spending_sheet as sheet
from councils.models import Envelope, Spending, Unit
from governance import access
from governance.api.base import Idempotent, Reference, Resource
from governance.models import Person
from governance.sheets.tables import Row


class SpendingReply(serializers.ModelSerializer[Spending]):
    action = serializers.CharField(source="subject.reference", read_only=True)
    envelope = KnownField(allow_null=True)
    unit = serializers.ChoiceField(source="envelope.unit", choices=Unit.choices, read_only=True)
    currency = serializers.CharField(source="envelope.currency", read_only=True)
    by = serializers.CharField(source="by.name", read_only=True)
    reverses = serializers.IntegerField(source="reverses_id", read_only=True, allow_null=True)

    class Meta:
        model = Spending
        fields = (
            "id",
            "action",
            "envelope",
            "amount",
            "unit",
            "currency",
            "overrun",
            "on",
            "what",
            "cost_centre",
            "external_reference",
            "by",
            "at",
            "reverses",
            "reversed_at",
        )


class Spend(serializers.Serializer[Any]):
    action = Reference(ActionItem)
    amount = serializers.IntegerField(min_value=1, help_text="Minor units, or minutes of person-time.")
    on = serializers.DateField()
    what = serializers.CharField(max_length=200)
    envelope = Reference(Envelope, required=False, allow_null=True, default=None)
    unit = serializers.ChoiceField(choices=Unit.choices, default=Unit.MONEY)
    cost_centre = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    external_reference = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    overrun = serializers.BooleanField(default=False, help_text="It may go beyond what was allocated, as a debt.")


class BatchRow(serializers.Serializer[Any]):
    """Cells as a sheet has them: amounts as people write them, days as 2026-11-27."""

    action = serializers.CharField()
    on = serializers.CharField()
    amount = serializers.CharField()
    what = serializers.CharField()
    cost_centre = serializers.CharField(required=False, allow_blank=True)
    external_reference = serializers.CharField(required=False, allow_blank=True)
    envelope = serializers.CharField(required=False, allow_blank=True)
    overrun = serializers.CharField(required=False, allow_blank=True)


class Batch(serializers.Serializer[Any]):
    rows = BatchRow(many=True, allow_empty=False, max_length=5000)  # type: ignore[call-arg]  # the list's


class Reverse(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


@extend_schema_view(
    list=extend_schema(summary="What was spent", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One spending"),
)
class SpendingList(Idempotent, Resource):
    model = Spending
    serializer_class = SpendingReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Spending]:
        chosen = None
        if self.action == "list":
            reader = Narrowing(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            chosen = reader.validated_data.get("of")
        return queries.listed(viewer, now, chosen)

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"seen": access.visible_ids(self.viewer, {row.envelope_id for row in rows}, self.now)}

    @extend_schema(summary="Post what was spent", request=Spend, responses={201: SpendingReply})
    def create(self, request: Request) -> Response:
        made = services.spend(**self.payload(Spend), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(
        summary="Post several at once, as a sheet does: all of them or none",
        request=Batch,
        responses=SpendingReply(many=True),
    )
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        given = self.payload(Batch)["rows"]
        rows = [Row(number, {name: str(cell) for name, cell in row.items()}) for number, row in enumerate(given, 1)]
        posted = sheet.take_in(rows=rows, by=self.viewer, now=self.now)
        keys = [one.pk for one in posted]
        return Response(self.shown(list(self.queryset_for(self.viewer, self.now).filter(pk__in=keys))), status=201)

    @extend_schema(summary="Reverse it, with a reason", request=Reverse, responses=SpendingReply)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str) -> Response:
        against = services.reverse(spending=self.get_object(), **self.payload(Reverse), by=self.viewer, now=self.now)
        return self.answer(self.fresh(against.pk))
