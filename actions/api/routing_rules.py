"""``/api/v1/routing-rules/``: which department can act on what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from actions.models import FeedbackSource, RoutingRule
from actions.queries import feedback as queries
from actions.services import themes as services
from governance.api.base import Idempotent, Reference, Resource
from governance.models import Department, Person


class RuleReply(serializers.ModelSerializer[Any]):
    source = Reference(FeedbackSource, read_only=True, allow_null=True)  # type: ignore[assignment]  # fields have one too
    from_department = Reference(Department, read_only=True, allow_null=True)
    to_department = Reference(Department, read_only=True)

    class Meta:
        model = RoutingRule
        fields: ClassVar[Sequence[str]] = (
            "id",
            "position",
            "source",
            "topic_contains",
            "from_department",
            "to_department",
            "is_active",
            "version",
        )


class RuleWritten(serializers.Serializer[Any]):
    """Every condition that is given must fit; at least one is needed."""

    to_department = Reference(Department)
    position = serializers.IntegerField(min_value=1, max_value=1_000_000, default=100)
    source = Reference(FeedbackSource, required=False, allow_null=True)  # type: ignore[assignment]  # fields have one too
    topic_contains = serializers.CharField(required=False, allow_blank=True, max_length=120)
    from_department = Reference(Department, required=False, allow_null=True)
    is_active = serializers.BooleanField(default=True)


@extend_schema_view(list=extend_schema(summary="Routing rules"), retrieve=extend_schema(summary="One routing rule"))
class RoutingRules(Idempotent, Resource):
    model = RoutingRule
    serializer_class = RuleReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[RoutingRule]:
        return queries.rules()

    @extend_schema(summary="Write a rule", request=RuleWritten, responses={201: RuleReply})
    def create(self, request: Request) -> Response:
        made = services.set_rule(wish=services.RuleWish(**self.payload(RuleWritten)), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="Say anew what a rule says", request=RuleWritten, responses=RuleReply)
    def update(self, request: Request, pk: str) -> Response:
        changed = services.set_rule(
            wish=services.RuleWish(**self.payload(RuleWritten)),
            rule=self.get_object(),
            version=self.expected_version(request),
            by=self.viewer,
            now=self.now,
        )
        return self.answer(self.fresh(changed.pk))
