"""``/api/v1/help-requests/``: whose help is asked for what, and their answers."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent, Resource
from governance.models import Answer, HelpRequest, Person
from governance.queries import helping as queries
from governance.services import helping as services


class HelpReply(serializers.ModelSerializer[HelpRequest]):
    subject = serializers.CharField(source="duty.subject.reference", read_only=True)
    owed_by = serializers.CharField(source="duty.seat.subject.reference", read_only=True)
    asked = serializers.CharField(source="asked.subject.reference", read_only=True)
    rung = serializers.IntegerField(source="position", read_only=True, allow_null=True)

    class Meta:
        model = HelpRequest
        fields = (
            "id", "subject", "owed_by", "asked", "asked_at", "due_on", "rung", "by", "words", "answer", "said",
            "answered_by", "answered_at",
        )  # fmt: skip
        read_only_fields = fields


class HelpAnswer(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=Answer.choices)
    said = serializers.CharField(max_length=services.LONGEST)


@extend_schema_view(
    list=extend_schema(
        summary="Requests for help about what you may see",
        parameters=[
            OpenApiParameter("subject", str, description="Only for the thing with this reference."),
            OpenApiParameter("waiting", bool, description="Only what your own seats were asked and have not answered."),
        ],
    ),
    retrieve=extend_schema(summary="One request for help"),
)
class HelpRequests(Idempotent, Resource):
    model = HelpRequest
    serializer_class = HelpReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> "QuerySet[HelpRequest]":
        asked = self.request.query_params
        mine = asked.get("waiting", "").lower() in ("1", "true")
        found = queries.waiting_on(viewer, now) if mine else queries.seen(viewer, now)
        return found.filter(duty__subject__reference=asked["subject"]) if asked.get("subject") else found

    @extend_schema(summary="Answer for the seat that was asked", request=HelpAnswer, responses=HelpReply)
    @action(detail=True, methods=["post"], url_path="answer")
    def answer_it(self, request: Request, pk: str) -> Response:
        found = self.get_object()
        services.answer(request=found, **self.payload(HelpAnswer), by=self.viewer, now=self.now)
        return self.answer(self.fresh(found.pk))
