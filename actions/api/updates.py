"""``/api/v1/updates/``: where actions stood, in their owners' words."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Update
from actions.services import slips


class UpdateReply(RecordReply):
    class Meta(RecordReply.Meta):
        model = Update
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "at",
            "health",
            "line",
            "progress",
            "confidence",
            "reported_for_owner",
            "taken_back_at",
        )


@extend_schema_view(
    list=extend_schema(summary="Updates", parameters=[OF_ACTION]), retrieve=extend_schema(summary="One update")
)
class Updates(Records):
    model = Update
    serializer_class: Any = UpdateReply

    @extend_schema(summary="Take it back, within ten minutes", request=None, responses=UpdateReply)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        taken = slips.take_back_update(update=self.get_object(), by=self.viewer, now=self.now)
        return self.answer(self.fresh(taken.pk))
