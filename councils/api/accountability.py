"""``/api/v1/accountability/``: the chart, each part naming the one above it."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from councils.queries import accountability as queries
from governance.models import Person
from governance.queries.departments import Branch


class AccountableSeat(serializers.Serializer[Any]):
    """A seat, and its holder's name, else its deputy's; nobody's where it is vacant."""

    seat = serializers.CharField(source="seat.reference")
    title = serializers.CharField(source="seat.title")
    who = serializers.CharField(source="shown")


class AccountableCouncil(serializers.Serializer[Any]):
    """One council; ``reports_to`` is null at the top, and where the body above is not yours to see."""

    council = serializers.CharField(source="council.reference")
    name = serializers.CharField(source="council.name")
    kind = serializers.CharField(source="council.kind")
    is_confidential = serializers.BooleanField(source="council.is_confidential")
    reports_to = serializers.SerializerMethodField()
    sponsor = AccountableSeat(allow_null=True)
    chair = serializers.SerializerMethodField()
    seats = serializers.IntegerField()
    vacant = serializers.IntegerField()

    def get_reports_to(self, body: queries.Body) -> str | None:
        return cast("dict[int | None, str]", self.context["references"]).get(body.parent_id)

    def get_chair(self, body: queries.Body) -> str | None:
        who = (body.chair.holder or body.chair.deputy) if body.chair else None
        return who.name if who else None


class AccountableDepartment(serializers.Serializer[Any]):
    department = serializers.CharField(source="department.reference")
    name = serializers.CharField(source="department.name")
    below = serializers.SerializerMethodField()
    head = AccountableSeat(allow_null=True)
    champion = AccountableSeat(allow_null=True)

    def get_below(self, branch: Branch) -> str | None:
        return branch.department.parent.reference if branch.department.parent else None


class AccountabilityReply(serializers.Serializer[Any]):
    councils = AccountableCouncil(source="bodies", many=True)
    sponsors = AccountableSeat(many=True)
    departments = AccountableDepartment(source="branches", many=True)


class AccountabilityChart(viewsets.ViewSet):
    """Reading only."""

    @extend_schema(summary="Who answers to whom", responses=AccountabilityReply)
    def list(self, request: Request) -> Response:
        found = queries.accountability(cast(Person, request.user), timezone.now())
        references = {body.council.pk: body.council.reference for body in found.bodies}
        return Response(AccountabilityReply(found, context={"references": references}).data)
