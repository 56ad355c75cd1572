"""``/api/v1/review/``: the executive review, as the page shows it."""

from dataclasses import asdict
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.figures import COLUMNS, Figure
from actions.queries.funnel import Stage, funnel
from actions.queries.late import late_promises
from actions.queries.review import Row, executive
from actions.queries.scope import Scope
from councils.models import Council
from governance.api.base import Reference
from governance.models import Department, Journey, Person, Seat


class FiguresReply(serializers.Serializer[Any]):
    """Each figure with its denominator, ``accepted``; what each counts stands in docs/figures.md."""

    accepted = serializers.IntegerField()
    promised = serializers.IntegerField()
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


class Narrowed(serializers.Serializer[Any]):
    within = Reference(Department, required=False)
    council = Reference(Council, required=False)
    sponsor = Reference(Seat, required=False)
    journey = Reference(Journey, required=False)


class ReviewOfAll(APIView):
    """Only what the reader may see is counted."""

    @extend_schema(
        summary="The executive review",
        parameters=[
            OpenApiParameter("within", str, description="Reference of a department; with those below it."),
            OpenApiParameter("council", str, description="Reference of a council."),
            OpenApiParameter("sponsor", str, description="Reference of a sponsor's seat."),
            OpenApiParameter("journey", str, description="Reference of a journey."),
        ],
        responses=ReviewReply,
    )
    def get(self, request: Request) -> Response:
        viewer, now = cast(Person, request.user), timezone.now()
        reader = Narrowed(data=request.query_params, context={"viewer": viewer, "now": now})
        reader.is_valid(raise_exception=True)
        scope = Scope(**reader.validated_data)
        review = executive(viewer, now, scope)
        rows = [{**asdict(row), "department": row.reference, "name": row.department} for row in review.rows]
        return Response(
            ReviewReply(
                {
                    "on": review.on,
                    "departments": rows,
                    "total": figures(review.total),
                    "funnel": funnel(viewer, now, scope),
                    "late": late_promises(viewer, now, scope=scope).listed,
                }
            ).data
        )


def figures(row: Row) -> dict[str, int]:
    return {str(figure): row.of(figure) for figure in (Figure.ACCEPTED, *COLUMNS, Figure.AS_IS)}
