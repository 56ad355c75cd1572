"""``/api/v1/promises/``: every date that was promised, the first for ever."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from actions.api.items import KnownField
from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import DateRequest, Promise


class PromiseReply(RecordReply):
    by = serializers.CharField(source="given_by.name", read_only=True)
    seat = KnownField(allow_null=True)
    decision = KnownField(allow_null=True)
    approver = KnownField(allow_null=True)
    approved_by = serializers.CharField(source="approved_by.name", read_only=True, allow_null=True, default=None)

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
            "approver",
            "approved_by",
            "at_handover",
        )


@extend_schema_view(
    list=extend_schema(summary="Promises", parameters=[OF_ACTION]), retrieve=extend_schema(summary="One promise")
)
class Promises(Records):
    model = Promise
    serializer_class: Any = PromiseReply
    joined = ("given_by", "seat__subject", "decision__subject", "approver__subject", "approved_by")


class DateRequestReply(RecordReply):
    by = serializers.CharField(source="asked_by.name", read_only=True)
    approver = KnownField(allow_null=True, help_text="The seat that is asked; null: the council.")
    agenda_item = KnownField(source="item", allow_null=True)
    answered_by = serializers.CharField(source="answered_by.name", read_only=True, allow_null=True, default=None)

    class Meta(RecordReply.Meta):
        model = DateRequest
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields,
            "due_on",
            "reason",
            "asked_at",
            "asked_on",
            "approver",
            "agenda_item",
            "answer",
            "said",
            "answered_by",
            "answered_at",
        )


@extend_schema_view(
    list=extend_schema(summary="Later dates that were asked for", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One later date that was asked for"),
)
class DateRequests(Records):
    model = DateRequest
    serializer_class: Any = DateRequestReply
    joined = ("asked_by", "answered_by", "approver__subject", "item__subject")
