"""``/api/v1/champions/``: the voice of customers in each department."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent
from governance.api.seats import OfSeat, OfSeatReply
from governance.errors import Invalid
from governance.models import Champion
from governance.services import champions as services


class ChampionReply(OfSeatReply):
    class Meta(OfSeatReply.Meta):
        model = Champion
        fields: ClassVar[Sequence[str]] = (
            *OfSeatReply.Meta.fields,
            "endorsed_by",
            "endorsed_at",
            "pledged_minutes",
            "term_ends_on",
        )


class Endorse(serializers.Serializer[Any]):
    term_ends_on = serializers.DateField(allow_null=True, required=False)


@extend_schema_view(list=extend_schema(summary="The champions"), retrieve=extend_schema(summary="One champion"))
class Champions(Idempotent, OfSeat):
    model = Champion
    serializer_class = ChampionReply

    @extend_schema(summary="Stand behind the champion, as head", request=Endorse, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def endorse(self, request: Request, reference: str) -> Response:
        asked = self.payload(Endorse)
        ends = asked.get("term_ends_on")
        if ends is not None and ends <= self.now.date():
            raise Invalid("A term ends after today.", field="term_ends_on")
        champion = services.endorse(champion=self.get_object(), by=self.viewer, now=self.now, term_ends_on=ends)
        return self.answer(self.fresh(champion.pk))
