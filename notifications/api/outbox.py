"""The outbox over the API, for whoever runs the program: numbers and faults, never what was said to whom."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import Refused
from governance.services import addresses
from notifications.api.viewing import Viewing
from notifications.models import Message
from notifications.queries.outbox import Fault, OutboxState, due_since, may_look, outbox_state
from notifications.services import holding, outbox


class FaultSerializer(serializers.Serializer[Fault]):
    """Messages of a kind that could not be mailed, and the mail server's words."""

    kind = serializers.CharField()
    state = serializers.CharField()
    messages = serializers.IntegerField()
    attempts = serializers.IntegerField()
    last_at = serializers.DateTimeField()
    error = serializers.CharField()
    is_dead = serializers.BooleanField(help_text="Given up: it waits for somebody to try it again.")


class OutboxSerializer(serializers.Serializer[Any]):
    """How the outbox stands."""

    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Messages by state.")
    due = serializers.IntegerField(help_text="Should have been handed over by now.")
    due_since = serializers.DateTimeField(
        allow_null=True, help_text="The oldest of them; null while mail is held or being handed over."
    )
    sent = serializers.DictField(child=serializers.IntegerField(), help_text="Messages mailed by day (UTC), 14 days.")
    dead = serializers.DictField(child=serializers.IntegerField(), help_text="Messages that were given up, by kind.")
    closed_addresses = serializers.IntegerField(help_text="Addresses that are none, say their mail servers.")
    held_since = serializers.DateTimeField(allow_null=True)
    held_because = serializers.CharField(allow_blank=True)
    faults = FaultSerializer(many=True)


class HoldWish(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class RetryWish(serializers.Serializer[Any]):
    kind = serializers.CharField(required=False, allow_blank=True, default="", help_text="Left out: every kind.")


class NumberSerializer(serializers.Serializer[Any]):
    """How many it was about."""

    number = serializers.IntegerField()


@extend_schema_view(
    list=extend_schema(summary="How the outbox stands", responses=OutboxSerializer),
    retry=extend_schema(request=RetryWish, responses=NumberSerializer),
    hold=extend_schema(request=HoldWish, responses=OutboxSerializer),
    resend=extend_schema(request=None, responses=NumberSerializer),
    skip=extend_schema(request=None, responses=NumberSerializer),
    open_addresses=extend_schema(request=None, responses=NumberSerializer),
)
class OutboxView(Viewing):
    """The outbox."""

    queryset = Message.objects.none()
    serializer_class = OutboxSerializer
    pagination_class = None

    def list(self, request: Request) -> Response:
        if not may_look(self.viewer, self.now):
            raise Refused("The outbox is for administrators and the CX lead.")
        return Response(OutboxSerializer(self._told(outbox_state(self.now))).data)

    @action(detail=False, methods=["post"])
    def retry(self, request: Request) -> Response:
        """Give what was given up another eight attempts: all, or one kind."""
        given = RetryWish(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"number": outbox.retry(by=self.viewer, now=self.now, kind=given.validated_data["kind"])})

    @action(detail=False, methods=["post"])
    def hold(self, request: Request) -> Response:
        """Hand nothing over until it is resent or skipped."""
        given = HoldWish(data=request.data)
        given.is_valid(raise_exception=True)
        holding.hold(reason=given.validated_data["reason"], by=self.viewer, now=self.now)
        return Response(OutboxSerializer(self._told(outbox_state(self.now))).data)

    @action(detail=False, methods=["post"])
    def resend(self, request: Request) -> Response:
        """Let the held mail go out."""
        return Response({"number": holding.resend(by=self.viewer, now=self.now)})

    @action(detail=False, methods=["post"])
    def skip(self, request: Request) -> Response:
        """Put what was held into the inboxes, and mail none of it."""
        return Response({"number": holding.skip(by=self.viewer, now=self.now)})

    @action(detail=False, methods=["post"], url_path="open-addresses")
    def open_addresses(self, request: Request) -> Response:
        """Try every closed address again."""
        return Response({"number": addresses.open_all(by=self.viewer, now=self.now)})

    def _told(self, state: OutboxState) -> dict[str, Any]:
        return {
            "counts": {name: number for name, _label, number in state.counts},
            "due": state.overdue,
            "due_since": due_since(self.now),
            "sent": {day.isoformat(): number for day, number in state.sent},
            "dead": dict(state.dead),
            "closed_addresses": state.closed_addresses,
            "held_since": state.hold.since if state.hold else None,
            "held_because": state.hold.reason if state.hold else "",
            "faults": state.faults,
        }
