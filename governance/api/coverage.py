"""``/api/v1/coverage/``: who answers where, and where nobody does."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Person
from governance.queries import coverage as queries
from governance.queries.seats import Standing


class CoveredSeat(serializers.Serializer[Any]):
    """One seat: its holder's name, else its deputy's; nobody's where it is vacant."""

    seat = serializers.CharField(source="seat.reference")
    title = serializers.CharField(source="seat.title")
    kind = serializers.CharField(source="seat.kind")
    who = serializers.CharField(source="shown")
    deputy_acts = serializers.SerializerMethodField()
    vacant_since = serializers.DateTimeField(allow_null=True)
    is_full = serializers.SerializerMethodField()

    def get_is_full(self, standing: Standing) -> bool:
        return standing.seat.pk in self.context["full"]

    def get_deputy_acts(self, standing: Standing) -> bool:
        return not standing.holder and standing.vacant_since is None


class CoveredDepartment(serializers.Serializer[Any]):
    """One department; ``missing``: the kinds of seat that it needs and never had."""

    department = serializers.CharField(source="department.reference")
    name = serializers.CharField(source="department.name")
    seats = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()

    @extend_schema_field(CoveredSeat(many=True))
    def get_seats(self, row: queries.Row) -> Any:
        return CoveredSeat([one for cell in row.cells for one in cell.standings], many=True, context=self.context).data

    def get_missing(self, row: queries.Row) -> list[str]:
        return [str(cell.kind) for cell in row.cells if cell.is_missing]


class CoveredStep(serializers.Serializer[Any]):
    """One step of a journey; ``owner`` is null where nobody was ever named."""

    step = serializers.CharField(source="step.reference")
    title = serializers.CharField(source="step.title")
    owner = CoveredSeat(source="standing", allow_null=True)


class CoveredJourney(serializers.Serializer[Any]):
    journey = serializers.CharField(source="journey.reference")
    title = serializers.CharField(source="journey.title")
    steps = CoveredStep(many=True)


class CoveredCouncil(serializers.Serializer[Any]):
    """One council that you may see; its sponsor's seat is the organisation's, and counted there."""

    council = serializers.CharField(source="subject.reference")
    name = serializers.CharField()
    sponsor = CoveredSeat(allow_null=True)
    seats = serializers.SerializerMethodField(help_text="Chair, secretary, members, in this order.")
    members = serializers.SerializerMethodField(help_text="Members' seats.")
    members_filled = serializers.IntegerField(source="seated")

    @extend_schema_field(CoveredSeat(many=True))
    def get_seats(self, table: queries.Table) -> Any:
        return CoveredSeat([one.standing for one in table.chairs], many=True, context=self.context).data

    def get_members(self, table: queries.Table) -> int:
        return len(table.members)


class CoverageReply(serializers.Serializer[Any]):
    organisation = CoveredSeat(source="wide", many=True)
    departments = CoveredDepartment(source="rows", many=True)
    councils = CoveredCouncil(source="tables", many=True)
    journeys = CoveredJourney(source="paths", many=True)
    filled = serializers.IntegerField()
    deputised = serializers.IntegerField()
    vacant = serializers.IntegerField()
    missing = serializers.IntegerField()
    unnamed = serializers.IntegerField()
    full = serializers.SerializerMethodField()

    def get_full(self, found: queries.Coverage) -> int:
        return len(found.full)


class Coverage(viewsets.ViewSet):
    """Reading only: holes are filled at the seats."""

    @extend_schema(summary="Who answers where, and where nobody does", responses=CoverageReply)
    def list(self, request: Request) -> Response:
        found = queries.coverage(cast(Person, request.user), timezone.now())
        return Response(CoverageReply(found, context={"full": found.full}).data)
