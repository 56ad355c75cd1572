"""``/api/v1/check-ins/``: what sponsors and their councils said to each other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent, Resource
from governance.models import CheckIn, Person
from governance.queries import checkins as queries
from governance.services import checkins as services


class CheckInReply(serializers.ModelSerializer[CheckIn]):
    council = serializers.CharField(source="subject.reference", read_only=True)
    sponsor = serializers.CharField(source="sponsor.seat.subject.reference", read_only=True)

    class Meta:
        model = CheckIn
        fields: ClassVar[Sequence[str]] = ("id", "council", "sponsor", "by", "at", "note")


class CheckInWritten(serializers.Serializer[Any]):
    council = serializers.CharField(max_length=24, help_text="The reference of a council that you sponsor.")
    note = serializers.CharField(max_length=4000)


@extend_schema_view(
    list=extend_schema(
        summary="Check-ins", parameters=[OpenApiParameter("council", str, description="Its reference.")]
    ),
    retrieve=extend_schema(summary="One check-in"),
)
class CheckIns(Idempotent, Resource):
    model = CheckIn
    serializer_class = CheckInReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[CheckIn]:
        rows = queries.listed(viewer, now)
        council = self.request.query_params.get("council")
        return rows.filter(subject__reference=council) if council else rows

    @extend_schema(summary="Write down a check-in", request=CheckInWritten, responses={201: CheckInReply})
    def create(self, request: Request) -> Response:
        asked = self.payload(CheckInWritten)
        subject = queries.council(asked["council"], self.viewer, self.now)
        made = services.check_in(subject=subject, note=asked["note"], by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)
