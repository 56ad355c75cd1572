"""``/api/v1/charters/{reference}/versions/{number}/rehearsal/``: what a version would have done. Changes nothing."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.models import Person
from governance.queries import charters
from notifications.queries import rehearsal as queries


class ReachReply(serializers.Serializer[Any]):
    """The last four weeks by one ladder."""

    messages = serializers.IntegerField()
    people = serializers.IntegerField(help_text="Different people, as seats are held today.")
    asks = serializers.IntegerField(help_text="How often somebody is asked for help.")
    agenda = serializers.IntegerField(help_text="How often something goes onto an agenda.")


class ComingReply(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    target = serializers.CharField()
    subject = serializers.CharField(source="reference")
    title = serializers.CharField()
    who = serializers.CharField()


class AgainReply(serializers.Serializer[Any]):
    motion = serializers.CharField()
    amount = serializers.IntegerField(help_text="Minor units.")
    then = serializers.CharField(help_text="The verdict of the day; empty for a decision that was written in.")
    then_says = serializers.CharField()
    now = serializers.CharField(help_text="The verdict by this version.")
    now_says = serializers.CharField()
    differs = serializers.BooleanField()


class RehearsalReply(serializers.Serializer[Any]):
    before = ReachReply(help_text="By the rules that held.")
    after = ReachReply(help_text="By this version.")
    coming = ComingReply(many=True, help_text="The first rungs of the next two weeks, if nothing is done.")
    coming_in_all = serializers.IntegerField()
    at_once = serializers.IntegerField(help_text="Of these, what should have been asked already by it: at once.")
    decisions = AgainReply(many=True)
    pasted = AgainReply(many=True)
    open_actions = serializers.IntegerField()
    spent_before = serializers.IntegerField(help_text="Of these, whose next date the council alone moves today.")
    spent_after = serializers.IntegerField(help_text="The same by this version.")
    is_cut = serializers.BooleanField(help_text="More was owed than is looked at.")


class RehearsalWish(serializers.Serializer[Any]):
    decisions = serializers.CharField(
        max_length=10_000,
        required=False,
        allow_blank=True,
        default="",
        trim_whitespace=False,
        help_text="One a line: what was moved; the amount; who was there; for:against.",
    )


class RehearsalView(APIView):
    """A charter version rehearsed."""

    @extend_schema(summary="What this version would have done", responses=RehearsalReply)
    def get(self, request: Request, reference: str, number: int) -> Response:
        return _told(request, reference, number, "")

    @extend_schema(
        summary="The same, with decisions of your own; stores nothing", request=RehearsalWish, responses=RehearsalReply
    )
    def post(self, request: Request, reference: str, number: int) -> Response:
        given = RehearsalWish(data=request.data)
        given.is_valid(raise_exception=True)
        return _told(request, reference, number, given.validated_data["decisions"])


def _told(request: Request, reference: str, number: int, text: str) -> Response:
    now, viewer = timezone.now(), cast(Person, request.user)
    charter = charters.one(reference, viewer, now)
    found = queries.rehearse(charter, charters.version(charter, number), viewer, now, text=text)
    return Response(RehearsalReply(found).data)
