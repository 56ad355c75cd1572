"""``/api/v1/promises/``: every date that was promised, the first for ever."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from actions.api.items import KnownField
from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Promise


class PromiseReply(RecordReply):
    by = serializers.CharField(source="given_by.name", read_only=True)
    seat = KnownField(allow_null=True)
    decision = KnownField(allow_null=True)

    class Meta(RecordReply.Meta):
        model = Promise
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "number",
            "due_on",
            "given_at",
            "seat",
            "reason",
            "decision",
            "at_handover",
        )


@extend_schema_view(
    list=extend_schema(summary="Promises", parameters=[OF_ACTION]), retrieve=extend_schema(summary="One promise")
)
class Promises(Records):
    model = Promise
    serializer_class: Any = PromiseReply
    joined = ("given_by", "seat__subject", "decision__subject")
