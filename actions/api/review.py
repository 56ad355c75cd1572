"""``/api/v1/review/``: the executive review, as the page shows it."""

from dataclasses import asdict
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.figures import COLUMNS, Figure
from actions.queries.funnel import Stage, funnel
from actions.queries.late import late_promises
from actions.queries.review import Row, executive
from governance.models import Person


class FiguresReply(serializers.Serializer[Any]):
    """Each figure with its denominator, ``accepted``; what each counts stands in docs/figures.md."""

    accepted = serializers.IntegerField()
    promised = serializers.IntegerField()
    kept = serializers.IntegerField()
    late = serializers.IntegerField()
    blocked = serializers.IntegerField()
    no_date = serializers.IntegerField()
    unowned = serializers.IntegerField()
    unfunded = serializers.IntegerField()
    unverified = serializers.IntegerField()
    as_is = serializers.IntegerField()


class DepartmentFigures(FiguresReply):
    department = serializers.CharField(help_text="Its reference.")
    name = serializers.CharField()


class LateReply(serializers.Serializer[Any]):
    """One late promise; ``since`` counts who said the same since its day was over, as far as the reader may know."""

    action = serializers.CharField(source="action.reference")
    promised = serializers.DateField(source="action.promised")
    since = serializers.IntegerField()


class StepReply(serializers.Serializer[Any]):
    """One stage of the funnel. Stages count different things: themes, matters, actions (docs/figures.md)."""

    stage = serializers.ChoiceField(choices=[str(stage) for stage in Stage])
    passed = serializers.IntegerField()
    of = serializers.IntegerField(help_text="What could have come so far.")
    waiting = serializers.IntegerField(help_text="What is next to come so far.")
    days = serializers.IntegerField(allow_null=True, help_text="Since when the oldest of it waits.")


class ReviewReply(serializers.Serializer[Any]):
    on = serializers.DateField()
    departments = DepartmentFigures(many=True)
    total = FiguresReply()
    funnel = StepReply(many=True)
    late = LateReply(many=True, help_text="The longest late first, eight at most; actions?figure=late has all.")


class ReviewOfAll(APIView):
    """Only what the reader may see is counted."""

    @extend_schema(summary="The executive review", responses=ReviewReply)
    def get(self, request: Request) -> Response:
        viewer, now = cast(Person, request.user), timezone.now()
        review = executive(viewer, now)
        rows = [{**asdict(row), "department": row.reference, "name": row.department} for row in review.rows]
        return Response(
            ReviewReply(
                {
                    "on": review.on,
                    "departments": rows,
                    "total": figures(review.total),
                    "funnel": funnel(viewer, now),
                    "late": late_promises(viewer, now).listed,
                }
            ).data
        )


def figures(row: Row) -> dict[str, int]:
    return {str(figure): row.of(figure) for figure in (Figure.ACCEPTED, *COLUMNS, Figure.AS_IS)}
