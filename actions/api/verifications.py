"""``/api/v1/verifications/``: what another person found when looking at the evidence."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view

from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Verification


class VerificationReply(RecordReply):
    class Meta(RecordReply.Meta):
        model = Verification
        fields: ClassVar[Sequence[str]] = (*RecordReply.Meta.fields, "finding", "note", "at")


@extend_schema_view(
    list=extend_schema(summary="Verifications", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One verification"),
)
class Verifications(Records):
    model = Verification
    serializer_class: Any = VerificationReply
