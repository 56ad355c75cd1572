"""What the ladders will do and what they did, over the API. What is owed stands at ``duties``."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import Invalid
from governance.keys import whole
from governance.models import Duty, Firing
from governance.models.subjects import seen_by
from notifications.api.viewing import Viewing
from notifications.queries.upcoming import Expected, narrowing, what_happens_next


class ExpectedSerializer(serializers.Serializer[Expected]):
    """A rung that falls if nothing is done, and whom it reaches as things stand today. Seats and people of whom one may
    not know are left empty.
    """

    duty = serializers.IntegerField(source="duty_id")
    position = serializers.IntegerField()
    target = serializers.CharField()
    at = serializers.DateTimeField()
    subject = serializers.CharField(source="reference")
    title = serializers.CharField()
    owner = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    seat = serializers.CharField()
    who = serializers.CharField()
    onto = serializers.CharField(help_text="The council whose agenda it reaches, if it does.")


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("days", int, description="How far ahead: 1 to 90, usually 14."),
            OpenApiParameter("about", str, description="Only for the thing with this reference."),
            OpenApiParameter("council", str, description="Only what this council (a reference) oversees or owes."),
            OpenApiParameter("person", int, description="Only what this person owes, or is asked."),
        ]
    )
)
class UpcomingView(Viewing):
    """What happens next."""

    queryset = Duty.objects.none()
    serializer_class = ExpectedSerializer

    def list(self, request: Request) -> Response:
        days = whole(request.query_params.get("days", "14"))
        if days is None or not 1 <= days <= 90:
            raise Invalid("Choose 1 to 90 days.", field="days")
        named = {name: request.query_params.get(name, "") for name in ("about", "council", "person")}
        only = narrowing(self.viewer, self.now, **named)
        outlook = what_happens_next(self.viewer, self.now, days=days, only=only)
        page = self.paginate_queryset(list(outlook.rungs)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class EscalationSerializer(serializers.ModelSerializer[Firing]):
    """A rung that fell: for what, whom it asked, and on which day it had been due."""

    subject = serializers.CharField(source="duty.subject.reference")
    duty_kind = serializers.CharField(source="duty.kind")
    is_answered = serializers.SerializerMethodField(help_text="What was owed is no longer.")

    class Meta:
        model = Firing
        fields = ("id", "subject", "duty", "duty_kind", "position", "target", "due_on", "fired_at", "is_answered")

    def get_is_answered(self, firing: Firing) -> bool:
        return firing.duty.closed_at is not None


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("subject", str, description="Only for the thing with this reference."),
            OpenApiParameter(
                "target", str, description="owner, warning, champion, head, sponsor, chair, council or parent."
            ),
        ]
    )
)
class EscalationView(mixins.ListModelMixin, Viewing):
    """Rungs that fell, newest first, for what I may see."""

    queryset = Firing.objects.none()
    serializer_class = EscalationSerializer

    def get_queryset(self) -> "QuerySet[Any]":
        if getattr(self, "swagger_fake_view", False):
            return Firing.objects.none()
        seen = Duty.objects.filter(seen_by(self.viewer, self.now)).values("pk")
        found = Firing.objects.filter(duty__in=seen).select_related("duty__subject").order_by("-pk")
        if subject := self.request.query_params.get("subject"):
            found = found.filter(duty__subject__reference=subject)
        if target := self.request.query_params.get("target"):
            found = found.filter(target=target)
        return found
