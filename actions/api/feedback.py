"""``/api/v1/feedback/``: what was said, row by row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from actions.models import Feedback, FeedbackSource, Theme
from actions.queries import feedback as queries
from governance.api.base import Reference, Resource
from governance.models import Department, Person


class FeedbackReply(serializers.ModelSerializer[Any]):
    """Dates of the source are its own: ``source_target_at`` is no promise of ours, and may be missing.

    Who said it is not told here.
    """

    source = Reference(FeedbackSource, read_only=True)  # type: ignore[assignment]  # serializer fields have a source too
    theme = Reference(Theme, read_only=True)
    department = Reference(Department, read_only=True)
    named_department = Reference(Department, read_only=True, allow_null=True)
    source_target_at = serializers.DateTimeField(source="due_at", read_only=True)
    source_closed_at = serializers.DateTimeField(source="closed_at", read_only=True)
    answered_in_time_by_source = serializers.BooleanField(read_only=True, allow_null=True)

    class Meta:
        model = Feedback
        fields: ClassVar[Sequence[str]] = (
            "id",
            "source",
            "external_id",
            "theme",
            "department",
            "named_department",
            "topic",
            "text",
            "received_at",
            "source_target_at",
            "source_closed_at",
            "answered_in_time_by_source",
            "score",
            "score_low",
            "score_high",
            "channel",
            "consent",
            "language",
            "kind",
        )


class FeedbackNarrowed(serializers.Serializer[Any]):
    source = Reference(FeedbackSource, required=False)  # type: ignore[assignment]  # serializer fields have one too
    theme = Reference(Theme, required=False)
    department = Reference(Department, required=False)
    target = serializers.ChoiceField(choices=["with", "without"], required=False)
    state = serializers.ChoiceField(choices=["open", "closed"], required=False)


@extend_schema_view(
    list=extend_schema(
        summary="Feedback",
        parameters=[
            OpenApiParameter("source", str, description="Reference of its source."),
            OpenApiParameter("theme", str, description="Reference of its theme."),
            OpenApiParameter("department", str, description="Reference of the department that it was routed to."),
            OpenApiParameter("target", str, enum=["with", "without"], description="Whether its source set a target."),
            OpenApiParameter("state", str, enum=["open", "closed"], description="At the source."),
        ],
    ),
    retrieve=extend_schema(summary="One piece of feedback"),
)
class FeedbackList(Resource):
    model = Feedback
    serializer_class = FeedbackReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Feedback]:
        if self.action != "list":
            return queries.listed(viewer, now)
        reader = FeedbackNarrowed(data=self.request.query_params, context=self.get_serializer_context())
        reader.is_valid(raise_exception=True)
        return queries.listed(viewer, now, queries.Narrowed(**reader.validated_data))
