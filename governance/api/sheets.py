"""Batches over the API: many rows at once, looked at first or done at once; and the same rows as CSV."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.response import Response

from governance.api.problems import problem
from governance.models import Person
from governance.sheets import tables
from governance.sheets.judging import Outcome, Plan, Unfit
from governance.sheets.tables import Column, Row

CSV = {(200, "text/csv"): OpenApiTypes.STR}


class BatchSend(serializers.Serializer[Any]):
    """Rows as objects, or as the text of a CSV file; with ``preview`` nothing is done."""

    rows = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True, trim_whitespace=False)),
        required=False,
        max_length=tables.MOST_ROWS,
        help_text="Each row by the names of its columns. A column that is left out stays as it is.",
    )
    csv = serializers.CharField(
        required=False, trim_whitespace=False, help_text="Instead of rows: a sheet as it was exported."
    )
    preview = serializers.BooleanField(default=False)
    leave_out = serializers.BooleanField(
        default=False, help_text="Do what is in order and leave out the rows that are not; else it is all or nothing."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("rows" in attrs) == ("csv" in attrs):
            raise serializers.ValidationError({"rows": _("Send either rows or csv.")})
        return attrs


class BatchChange(serializers.Serializer[Any]):
    column = serializers.CharField(read_only=True)
    was = serializers.CharField(read_only=True)
    becomes = serializers.CharField(read_only=True)
    asks = serializers.BooleanField(read_only=True, help_text="It is asked for; what was holds until that is answered.")


class BatchFault(serializers.Serializer[Any]):
    column = serializers.CharField(read_only=True)
    detail = serializers.CharField(source="says", read_only=True)


class BatchLine(serializers.Serializer[Any]):
    line = serializers.IntegerField(source="number", read_only=True, help_text="From 1, as it was sent.")
    outcome = serializers.ChoiceField(choices=[one.value for one in Outcome], read_only=True)
    changes = BatchChange(many=True, read_only=True)
    faults = BatchFault(many=True, read_only=True)


class BatchReply(serializers.Serializer[Any]):
    """What each row does (with ``preview``) or did."""

    added = serializers.IntegerField(read_only=True)
    changed = serializers.IntegerField(read_only=True)
    asked = serializers.IntegerField(read_only=True, help_text="How many rows ask whoever decides on it.")
    same = serializers.IntegerField(read_only=True)
    problems = serializers.SerializerMethodField()
    lines = BatchLine(many=True, read_only=True)

    def get_problems(self, plan: Plan) -> int:
        return len(plan.problems)


def answer(
    asked: dict[str, Any],
    *,
    columns: Sequence[Column],
    judge: Callable[[Sequence[Row], Person, datetime], Plan],
    take_in: Callable[..., Plan],
    viewer: Person,
    now: datetime,
) -> Response:
    """Look at a batch, or take it in. Rows at fault answer 422 with a pointer to each cell, and nothing is done."""
    rows = _rows(asked, columns)
    if asked["preview"]:
        return Response(BatchReply(judge(rows, viewer, now)).data)
    try:
        plan = take_in(rows=rows, by=viewer, now=now, leave_out=asked["leave_out"])
    except Unfit as error:
        return problem(422, "invalid", str(error), _pointers(error.plan, "csv" if "csv" in asked else "rows"))
    return Response(BatchReply(plan).data)


def _rows(asked: dict[str, Any], columns: Sequence[Column]) -> list[Row]:
    if "csv" in asked:
        return tables.from_text(asked["csv"], columns).rows
    names = {column.name for column in columns}
    unknown = sorted({name for row in asked["rows"] for name in row} - names)
    if unknown:
        known = ", ".join(column.name for column in columns)
        raise serializers.ValidationError({"rows": f"No column is called {unknown[0]}. Columns: {known}."})
    return [Row(number, cells) for number, cells in enumerate(asked["rows"], start=1)]


def _pointers(plan: Plan, member: str) -> list[dict[str, str]]:
    """A pointer to each cell at fault: by place in ``rows`` (from 0), by line in ``csv`` (from 1)."""
    return [
        {
            "pointer": "/".join(
                ["", member, str(line.number - (member == "rows")), *([fault.column] if fault.column else [])]
            ),
            "code": "invalid",
            "detail": fault.says,
        }
        for line in plan.problems
        for fault in line.faults
    ]
