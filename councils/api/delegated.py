"""``/api/v1/delegated-allocations/``: what was allocated without a meeting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from councils.api.decisions import SubjectReference
from councils.models import AgendaItem, Council, DelegatedAllocation
from councils.queries import delegated as queries
from governance import access
from governance.api.base import Reference, Resource
from governance.models import Person


class DelegatedReply(serializers.ModelSerializer[DelegatedAllocation]):
    council = Reference(Council, read_only=True)
    item = Reference(AgendaItem, read_only=True)
    about = SubjectReference(read_only=True)
    seat = SubjectReference(read_only=True)
    by = serializers.IntegerField(source="by_id", read_only=True)
    charter_version = serializers.IntegerField(source="charter_version.number", read_only=True)

    class Meta:
        model = DelegatedAllocation
        fields: ClassVar[Sequence[str]] = (
            "id",
            "council",
            "item",
            "about",
            "way",
            "role",
            "seat",
            "by",
            "at",
            "amount",
            "currency",
            "charter_version",
            "facts",
            "statement",
        )


@extend_schema_view(
    list=extend_schema(
        summary="What was allocated without a meeting",
        parameters=[OpenApiParameter("council", str, description="Its reference.")],
    ),
    retrieve=extend_schema(summary="One allocation without a meeting"),
)
class DelegatedAllocations(Resource):
    model = DelegatedAllocation
    serializer_class = DelegatedReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[DelegatedAllocation]:
        rows = queries.listed(viewer, now)
        reference = self.request.query_params.get("council", "")
        return rows.filter(council__subject__reference=reference) if reference else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        linked = {key for row in rows for key in (row.about_id, row.seat_id)}
        return {"visible": access.visible_ids(self.viewer, linked, self.now)}
