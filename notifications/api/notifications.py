"""What was said to me, over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import Absent
from notifications.api.viewing import Viewing
from notifications.families import group_of
from notifications.models import Delivery
from notifications.queries.explaining import Explanation, Reason
from notifications.queries.explaining import why as explained
from notifications.queries.inbox import Note, delivered, notes, with_matter
from notifications.services import inbox as service

YES = {"1", "true"}


class NotificationSerializer(serializers.Serializer[Note]):
    """One line of the inbox, in the words of today."""

    id = serializers.IntegerField(source="delivery.pk")
    kind = serializers.CharField()
    headline = serializers.CharField(source="line.headline")
    text = serializers.CharField(source="line.text")
    subject = serializers.CharField(source="line.reference", help_text="Public reference of what it is about.")
    url = serializers.CharField(source="line.url", help_text="Path of its page.")
    at = serializers.DateTimeField(source="delivery.handed_at")
    read_at = serializers.DateTimeField(source="delivery.read_at", allow_null=True)
    snoozed_until = serializers.DateTimeField(
        source="delivery.snoozed_until", allow_null=True, help_text="Put off until then; it is unread again after."
    )
    asks = serializers.SerializerMethodField(help_text="decide, answer, stand (say where it stands), verify or read.")
    is_muted = serializers.BooleanField(help_text="Its news was muted since.")
    is_past = serializers.BooleanField(help_text="What it asked for has been done since.")

    def get_asks(self, note: Note) -> str:
        return group_of(note.kind)


class SnoozeSerializer(serializers.Serializer[Any]):
    """Until when a line is put off: a moment ahead, within a year."""

    until = serializers.DateTimeField()


class ReadSerializer(serializers.Serializer[Any]):
    """How many lines were unread."""

    read = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer[Reason]):
    about = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField(help_text="Path of the page that says more; empty where there is none.")


class WhySerializer(serializers.Serializer[Explanation]):
    """Why it reached me, as it was kept when it was handed over."""

    subject = serializers.CharField(source="reference")
    sentence = serializers.CharField()
    reasons = ReasonSerializer(many=True)
    rule = serializers.CharField(source="message.kind", help_text="The kind of message.")
    stored = serializers.DictField(help_text="Rule, event, rung, day, capacity, seat (a key) and hours, as kept.")
    is_owed = serializers.BooleanField(help_text="It asks something of me: it is said whatever I mute.")


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("unread", bool, description="Only what is unread."),
            OpenApiParameter("snoozed", bool, description="Only what is put off, which is not in the inbox now."),
        ]
    ),
    why=extend_schema(responses=WhySerializer),
    snooze=extend_schema(request=SnoozeSerializer, responses=SnoozeSerializer),
    read=extend_schema(request=None, responses=ReadSerializer),
    read_all=extend_schema(operation_id="notifications_read_all", request=None, responses=ReadSerializer),
)
class NotificationView(Viewing):
    """My inbox."""

    queryset = Delivery.objects.none()
    serializer_class = NotificationSerializer
    lookup_value_regex = r"\d{1,18}"

    def list(self, request: Request) -> Response:
        asked = request.query_params
        found = delivered(self.viewer, self.now, unread=asked.get("unread") in YES, snoozed=asked.get("snoozed") in YES)
        page = self.paginate_queryset(with_matter(found)) or []
        return self.get_paginated_response(self.get_serializer(notes(page, self.viewer, self.now), many=True).data)

    @action(detail=True)
    def why(self, request: Request, pk: str) -> Response:
        """Why did I get this?"""
        line = delivered(self.viewer, self.now).filter(pk=int(pk)).first()
        if line is None:
            raise Absent("There is nothing here, or nothing that you may see.")
        return Response(WhySerializer(explained(self.viewer, line.message_id, self.now)).data)

    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark one line as read. Done twice it stays read."""
        return Response({"read": service.mark_read(by=self.viewer, now=timezone.now(), only=[int(pk)])})

    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Put one line off: it leaves the inbox and its count, and comes back then as unread."""
        given = SnoozeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = service.snooze(by=self.viewer, delivery=int(pk), until=given.validated_data["until"], now=timezone.now())
        return Response(SnoozeSerializer({"until": made.snoozed_until}).data)

    @action(detail=False, methods=["post"], url_path="read")
    def read_all(self, request: Request) -> Response:
        """Mark every line as read."""
        return Response({"read": service.mark_read(by=self.viewer, now=timezone.now())})
