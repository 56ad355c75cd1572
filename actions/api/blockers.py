"""``/api/v1/blockers/``: what stops actions, and lifting it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.items import KnownField
from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Blocker
from actions.services import items as services
from governance.api.base import Idempotent


class BlockerReply(RecordReply):
    waiting_on = KnownField(allow_null=True)
    request = KnownField(allow_null=True)
    lifted_by = serializers.CharField(source="lifted_by.name", read_only=True, allow_null=True, default=None)

    class Meta(RecordReply.Meta):
        model = Blocker
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "kind",
            "reason",
            "waiting_on",
            "request",
            "since",
            "until",
            "lifted_at",
            "lifted_by",
        )


@extend_schema_view(
    list=extend_schema(summary="Blockers", parameters=[OF_ACTION]), retrieve=extend_schema(summary="One blocker")
)
class Blockers(Idempotent, Records):
    model = Blocker
    serializer_class: Any = BlockerReply
    joined = ("by", "lifted_by", "waiting_on__subject", "request__subject")

    @extend_schema(summary="It no longer stops the action", request=None, responses=BlockerReply)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: str) -> Response:
        lifted = services.lift(
            blocker=self.get_object(), by=self.viewer, now=self.now, version=self.expected_version(request)
        )
        return self.answer(self.fresh(lifted.pk))
