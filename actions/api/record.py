"""``/api/v1/promise-record/``: what became of promises, by department; and one's own, for oneself."""

from dataclasses import asdict
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.queries import record as queries
from actions.queries.record import Window
from actions.reliability import Verdict
from governance.errors import Absent
from governance.models import Person


class RecordFigures(serializers.Serializer[Any]):
    """Counts with their denominator, ``counted``; what each counts stands in docs/figures.md."""

    counted = serializers.IntegerField()
    kept = serializers.IntegerField()
    renegotiated = serializers.IntegerField()
    short = serializers.IntegerField()
    missed = serializers.IntegerField()
    median_slip = serializers.FloatField(allow_null=True, help_text="Calendar days.")


class DepartmentRecord(serializers.Serializer[Any]):
    department = serializers.CharField(help_text="Its reference.")
    name = serializers.CharField()
    open = serializers.IntegerField(help_text="Promises under way.")
    figures = RecordFigures(allow_null=True, help_text="Null: too few to tell.")


class RecordPeriod(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()


class PromiseRecordReply(serializers.Serializer[Any]):
    period = RecordPeriod()
    departments = DepartmentRecord(many=True)
    total = RecordFigures(allow_null=True, help_text="Null: too few to tell.")


class OwnPromise(serializers.Serializer[Any]):
    action = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    moves = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=[str(one) for one in Verdict if one is not Verdict.VOID])
    slip = serializers.IntegerField(help_text="Calendar days after the first promised one.")
    settled_on = serializers.DateField(allow_null=True)


class OwnRecord(serializers.Serializer[Any]):
    period = RecordPeriod()
    figures = RecordFigures(allow_null=True, help_text="Null: too few to tell.")
    promises = OwnPromise(many=True)


def _period(period: Window) -> dict[str, Any]:
    return asdict(period)


class RecordOfDepartments(APIView):
    """Only what the reader may see is counted, and only groups that are large enough are shown. No other period."""

    @extend_schema(summary="What became of promises, by department", responses=PromiseRecordReply)
    def get(self, request: Request) -> Response:
        record = queries.of_departments(cast(Person, request.user), timezone.now())
        rows = [
            {
                "department": row.department.subject.reference,
                "name": row.department.name,
                "open": row.open,
                "figures": asdict(row.figures) if row.figures else None,
            }
            for row in record.rows
        ]
        total = asdict(record.total) if record.total else None
        return Response(
            PromiseRecordReply({"period": _period(record.period), "departments": rows, "total": total}).data
        )


class RecordOfPerson(APIView):
    """One's own; that of anybody else does not exist."""

    @extend_schema(summary="What became of one's own promises", responses=OwnRecord)
    def get(self, request: Request, pk: int) -> Response:
        viewer = cast(Person, request.user)
        if int(pk) != viewer.pk:
            raise Absent(_("There is nothing here, or nothing that you may see."))
        record = queries.of_oneself(viewer, timezone.now())
        promises = [
            {
                "action": one.action.subject.reference,
                "first": one.first,
                "last": one.last,
                "moves": one.moves,
                "verdict": str(one.judged.verdict),
                "slip": one.judged.slip,
                "settled_on": one.judged.settled_on,
            }
            for one in record.entries
        ]
        figures = asdict(record.figures) if record.figures else None
        return Response(OwnRecord({"period": _period(record.period), "figures": figures, "promises": promises}).data)
