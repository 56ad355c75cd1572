"""``/api/v1/updates/``: where actions stood, in their owners' words."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view

from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Update


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
        )


@extend_schema_view(
    list=extend_schema(summary="Updates", parameters=[OF_ACTION]), retrieve=extend_schema(summary="One update")
)
class Updates(Records):
    model = Update
    serializer_class: Any = UpdateReply
