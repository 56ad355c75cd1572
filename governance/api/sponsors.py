"""``/api/v1/executive-sponsors/``: what sponsors pledged."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent
from governance.api.seats import OfSeat, OfSeatReply
from governance.models import ExecutiveSponsor
from governance.money import MOST
from governance.services import sponsors as services


class SponsorReply(OfSeatReply):
    class Meta(OfSeatReply.Meta):
        model = ExecutiveSponsor
        fields: ClassVar[Sequence[str]] = (
            *OfSeatReply.Meta.fields,
            "scope",
            "response_days",
            "attendance_pledge",
            "checkins_a_quarter",
            "funding_authority",
        )


class Pledge(serializers.Serializer[Any]):
    response_days = serializers.IntegerField(min_value=1, max_value=60)
    attendance_pledge = serializers.IntegerField(min_value=0, max_value=100)
    checkins_a_quarter = serializers.IntegerField(min_value=0, max_value=90)
    funding_authority = serializers.IntegerField(min_value=0, max_value=MOST, help_text="Minor units.")


@extend_schema_view(
    list=extend_schema(summary="The executive sponsors"), retrieve=extend_schema(summary="One executive sponsor")
)
class ExecutiveSponsors(Idempotent, OfSeat):
    model = ExecutiveSponsor
    serializer_class = SponsorReply

    @extend_schema(summary="Set what the sponsor pledges", request=Pledge, responses=SponsorReply)
    @action(detail=True, methods=["post"])
    def pledge(self, request: Request, reference: str) -> Response:
        sponsor = services.pledge(sponsor=self.get_object(), **self.payload(Pledge), by=self.viewer, now=self.now)
        return self.answer(self.fresh(sponsor.pk))
