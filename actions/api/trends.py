"""``/api/v1/trends/``: the tables of the trends, as the page shows them."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.api.record import RecordPeriod
from actions.exhibits import Exhibit, Line, exhibits, finding
from actions.queries.trends import trends
from governance.models import Person


class TrendColumn(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute


class TrendRow(serializers.Serializer[Any]):
    row = serializers.CharField(help_text="A month (2026-11), a rung, “earlier”, “now” or “all”.")
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    values = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="By the name of the column. Null: too few to tell."
    )


class TrendTable(serializers.Serializer[Any]):
    """What each number counts stands in docs/figures.md."""

    key = serializers.CharField()
    name = serializers.CharField()
    finding = serializers.CharField()
    columns = TrendColumn(many=True)
    rows = TrendRow(many=True)
    total = TrendRow(allow_null=True)


class TrendsReply(serializers.Serializer[Any]):
    period = RecordPeriod()
    finding = serializers.CharField()
    tables = TrendTable(many=True)


class TrendsOfAll(APIView):
    """Only what the reader may see is counted, figures about conduct of groups that are large enough. No filter."""

    @extend_schema(summary="Trends over twelve whole months", responses=TrendsReply)
    def get(self, request: Request) -> Response:
        found = trends(cast(Person, request.user), timezone.now())
        tables = [_table(one) for one in exhibits(found)]
        period = {"first": found.period.first, "last": found.period.last}
        return Response(TrendsReply({"period": period, "finding": finding(found), "tables": tables}).data)


def _table(exhibit: Exhibit) -> dict[str, Any]:
    def row(line: Line) -> dict[str, Any]:
        values = {name: cell.value for name, cell in exhibit.named(line).items()}
        return {"row": line.key, "label": line.label, "values": values}

    return {
        "key": exhibit.key,
        "name": exhibit.name,
        "finding": exhibit.title,
        "columns": [{"name": column.name, "label": str(column.label)} for column in exhibit.columns],
        "rows": [row(line) for line in exhibit.lines],
        "total": row(exhibit.total) if exhibit.total is not None else None,
    }
