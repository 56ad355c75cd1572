"""What the records of actions share: they are read by number, and seen by whoever may see their action."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from actions.models import ActionItem
from governance import access
from governance.api.base import Reference, Resource
from governance.models import Person

OF_ACTION = OpenApiParameter("of", str, description="Reference of an action: only its own.")


KNOWN_BY = ("seat_id", "decision_id", "waiting_on_id", "request_id", "approver_id", "item_id")
"""Keys of other things that a record names."""


class Narrowing(serializers.Serializer[Any]):
    of = Reference(ActionItem, required=False)


class RecordReply(serializers.ModelSerializer[Any]):
    """The fields that every record's reply begins with: its number, its action, who made it."""

    action = Reference(ActionItem, read_only=True)
    by = serializers.CharField(source="by.name", read_only=True)

    class Meta:
        fields: ClassVar[Sequence[str]] = ("id", "action", "by")


class Records(Resource):
    """Records of the actions that the viewer may see, newest first; ``?of=ACT-1042`` keeps one action's."""

    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"
    joined: ClassVar[Sequence[str]] = ("by",)

    def queryset_for(self, viewer: Person, now: datetime) -> "models.QuerySet[Any]":
        seen = ActionItem.objects.visible_to(viewer, now)
        found = self.model._default_manager.filter(action__in=seen.values("pk"))
        if self.action == "list":
            reader = Narrowing(data=self.request.query_params, context=self.get_serializer_context())
            reader.is_valid(raise_exception=True)
            if reader.validated_data.get("of") is not None:
                found = found.filter(action=reader.validated_data["of"])
        return found.select_related("action__subject", *self.joined).order_by("-pk")

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        named = {getattr(row, key, None) for row in rows for key in KNOWN_BY}
        return {"seen": access.visible_ids(self.viewer, {pk for pk in named if pk is not None}, self.now)}
