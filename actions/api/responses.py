"""``/api/v1/responses/``: what departments said they will do about themes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from actions.models import Response as Said
from actions.models import Theme
from governance.api.base import Reference, Resource
from governance.models import Department, Person


class ResponseReply(serializers.ModelSerializer[Any]):
    theme = Reference(Theme, read_only=True)
    department = Reference(Department, read_only=True)
    by = serializers.CharField(source="by.name", read_only=True)

    class Meta:
        model = Said
        fields: ClassVar[Sequence[str]] = ("id", "theme", "department", "text", "by", "at")


class ResponsesNarrowed(serializers.Serializer[Any]):
    theme = Reference(Theme, required=False)
    department = Reference(Department, required=False)


@extend_schema_view(
    list=extend_schema(
        summary="Answers given",
        parameters=[
            OpenApiParameter("theme", str, description="Reference of a theme."),
            OpenApiParameter("department", str, description="Reference of a department."),
        ],
    ),
    retrieve=extend_schema(summary="One answer"),
)
class Responses(Resource):
    """Answers to themes that the viewer may see, newest first. They are given at ``/themes/{reference}/answer/``."""

    model = Said
    serializer_class = ResponseReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Said]:
        found = Said.objects.filter(theme__in=Theme.objects.visible_to(viewer, now).values("pk"))
        if self.action == "list":
            reader = ResponsesNarrowed(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            found = found.filter(**reader.validated_data)
        return found.select_related("theme__subject", "department__subject", "by").order_by("-pk")
