"""``/api/v1/resource-requests/``: what owners asked their councils for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.items import KnownField
from actions.api.records import OF_ACTION, Narrowing, RecordReply
from actions.models import ActionItem, ResourceRequest
from actions.queries import resources as queries
from actions.services import funding
from governance import access
from governance.api.base import Idempotent, Reference, Resource
from governance.models import Person


class ResourceRequestReply(RecordReply):
    item = KnownField(allow_null=True)
    state = serializers.SerializerMethodField()

    class Meta(RecordReply.Meta):
        model = ResourceRequest
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "amount",
            "currency",
            "minutes",
            "what_for",
            *funding.CASE,
            "item",
            "state",
            "at",
        )

    def get_state(self, request: ResourceRequest) -> str:
        return str(self.context["standings"][request.pk])


class AskForResources(serializers.Serializer[Any]):
    action = Reference(ActionItem)
    what_for = serializers.CharField(max_length=300)
    amount = serializers.IntegerField(min_value=0, default=0, help_text="Minor units.")
    minutes = serializers.IntegerField(min_value=0, default=0)
    case = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        default=dict,
        help_text="The business case: problem, evidence, cost, benefit, kpi, risk.",
    )


@extend_schema_view(
    list=extend_schema(summary="Requests for resources", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One request"),
)
class ResourceRequests(Idempotent, Resource):
    model = ResourceRequest
    serializer_class = ResourceRequestReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[ResourceRequest]:
        chosen = None
        if self.action == "list":
            reader = Narrowing(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            chosen = reader.validated_data.get("of")
        return queries.listed(viewer, now, chosen)

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {
            "seen": access.visible_ids(self.viewer, {row.item_id for row in rows}, self.now),
            "standings": queries.standings(rows),
        }

    @extend_schema(
        summary="Ask for money or time for an action", request=AskForResources, responses={201: ResourceRequestReply}
    )
    def create(self, request: Request) -> Response:
        made = funding.ask(**self.payload(AskForResources), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)
