"""``/api/v1/review/``: the executive review, as the page shows it."""

from dataclasses import asdict
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.figures import IN_A_ROW
from actions.queries.funnel import Stage, funnel
from actions.queries.late import late_promises
from actions.queries.review import Row, moment, standing
from actions.queries.scope import Period, Scope
from councils.models import Council
from governance.api.base import Reference
from governance.models import Department, Journey, Person, Seat


class FiguresReply(serializers.Serializer[Any]):
    """Each figure with its denominator, ``open``; what each counts stands in docs/figures.md."""

    open = serializers.IntegerField()
    late = serializers.IntegerField()
    late_week = serializers.IntegerField(help_text="By 1 to 7 days.")
    late_month = serializers.IntegerField(help_text="By 8 to 30 days.")
    late_longer = serializers.IntegerField(help_text="By more than 30 days.")
    blocked = serializers.IntegerField()
    no_date = serializers.IntegerField()
    unowned = serializers.IntegerField()
    unfunded = serializers.IntegerField()
    unverified = serializers.IntegerField()


class DepartmentFigures(FiguresReply):
    department = serializers.CharField(help_text="Its reference.")
    name = serializers.CharField()


class LateReply(serializers.Serializer[Any]):
    """One late promise; ``since`` counts who said the same since its day was over, null where the reader may see no
    theme of it."""

    action = serializers.CharField(source="action.reference")
    promised = serializers.DateField(source="action.promised")
    since = serializers.IntegerField(allow_null=True)


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
    period = serializers.ChoiceField(choices=[str(one) for one in Period], required=False)


class ReviewOfAll(APIView):
    """Only what the reader may see is counted."""

    @extend_schema(
        summary="The executive review",
        parameters=[
            OpenApiParameter("within", str, description="Reference of a department; with those below it."),
            OpenApiParameter("council", str, description="Reference of a council."),
            OpenApiParameter("sponsor", str, description="Reference of a sponsor's seat."),
            OpenApiParameter("journey", str, description="Reference of a journey."),
            OpenApiParameter(
                "period",
                str,
                enum=[str(one) for one in Period],
                description="Of what the funnel counts what came so far: a quarter, a year (unless said), or all.",
            ),
        ],
        responses=ReviewReply,
    )
    def get(self, request: Request) -> Response:
        viewer, now = cast(Person, request.user), timezone.now()
        reader = Narrowed(data=request.query_params, context={"viewer": viewer, "now": now})
        reader.is_valid(raise_exception=True)
        given = dict(reader.validated_data)
        scope = Scope(**{**given, "period": Period(given.get("period", Period.YEAR))})
        at = moment(now)
        found = standing(viewer, at, scope)
        review = found.review
        rows = [{**asdict(row), "department": row.reference, "name": row.department} for row in review.rows]
        return Response(
            ReviewReply(
                {
                    "on": review.on,
                    "departments": rows,
                    "total": figures(review.total),
                    "funnel": funnel(viewer, found, at, scope),
                    "late": late_promises(viewer, now, scope=scope, at=at, total=review.total.late).listed,
                }
            ).data
        )


def figures(row: Row) -> dict[str, int]:
    return {str(figure): row.of(figure) for figure in IN_A_ROW}
