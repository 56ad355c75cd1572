"""``/api/v1/evidence/``: what shows that actions were done."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view

from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Evidence


class EvidenceReply(RecordReply):
    class Meta(RecordReply.Meta):
        model = Evidence
        fields: ClassVar[Sequence[str]] = (*RecordReply.Meta.fields, "kind", "title", "link", "note", "at")


@extend_schema_view(
    list=extend_schema(summary="Evidence", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One piece of evidence"),
)
class EvidenceList(Records):
    model = Evidence
    serializer_class: Any = EvidenceReply
