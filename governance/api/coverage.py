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
        return CoveredSeat([one for cell in row.cells for one in cell.standings], many=True).data

    def get_missing(self, row: queries.Row) -> list[str]:
        return [str(cell.kind) for cell in row.cells if cell.is_missing]


class CoverageReply(serializers.Serializer[Any]):
    organisation = CoveredSeat(source="wide", many=True)
    departments = CoveredDepartment(source="rows", many=True)
    filled = serializers.IntegerField()
    deputised = serializers.IntegerField()
    vacant = serializers.IntegerField()
    missing = serializers.IntegerField()


class Coverage(viewsets.ViewSet):
    """Reading only: holes are filled at the seats."""

    @extend_schema(summary="Who answers where, and where nobody does", responses=CoverageReply)
    def list(self, request: Request) -> Response:
        found = queries.coverage(cast(Person, request.user), timezone.now())
        return Response(CoverageReply(found).data)
