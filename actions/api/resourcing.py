"""``/api/v1/resources/``: what was granted, given, spent and given back, as the page of resources tells it."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.paying_back import Lacking
from actions.queries.resourcing import Book, Line, Measure, resources
from actions.queries.scope import Scope
from actions.resource_sheets import OF_THINGS
from councils.models import Council, Unit
from councils.queries.resources import Flow, Period
from governance.api.base import Reference
from governance.models import Department, Person


class FlowReply(serializers.Serializer[Any]):
    """Minor units, or minutes. ``planned`` = ``allocated`` + ``returned`` + ``lapsed``; ``allocated`` = ``left`` +
    ``spent`` - ``overrun``."""

    planned = serializers.IntegerField(help_text="All that was ever allocated.")
    allocated = serializers.IntegerField(help_text="Allocated and not given back.")
    spent = serializers.IntegerField()
    returned = serializers.IntegerField()
    lapsed = serializers.IntegerField()
    left = serializers.IntegerField()
    overrun = serializers.IntegerField()


class CouncilFlow(FlowReply):
    """``granted`` = ``allocated`` + ``free``; both are null where it is narrowed to departments."""

    council = serializers.CharField(help_text="Its reference.")
    name = serializers.CharField()
    granted = serializers.IntegerField(allow_null=True)
    free = serializers.IntegerField(allow_null=True)


class DepartmentFlow(FlowReply):
    department = serializers.CharField(help_text="Its reference.")
    name = serializers.CharField()


class BookReply(serializers.Serializer[Any]):
    unit = serializers.ChoiceField(choices=Unit.choices)
    currency = serializers.CharField(help_text="Empty for person-time.")
    councils = CouncilFlow(many=True, help_text="Of envelopes that the reader may see.")
    departments = DepartmentFlow(many=True, help_text="Of actions that the reader may see.")
    elsewhere = serializers.IntegerField(
        help_text="Allocated by these councils to nothing that is in a department's row."
    )


class OverrunReply(serializers.Serializer[Any]):
    action = serializers.CharField(source="action.reference")
    unit = serializers.CharField(source="measure.unit")
    currency = serializers.CharField(source="measure.currency")
    planned = serializers.IntegerField(source="flow.planned")
    spent = serializers.IntegerField(source="flow.spent")
    overrun = serializers.IntegerField(source="flow.overrun")


class UnfundedReply(serializers.Serializer[Any]):
    department = serializers.CharField(source="reference", help_text="Its reference.")
    name = serializers.CharField()
    open = serializers.IntegerField()
    unfunded = serializers.IntegerField()


class ReturnOnSpentReply(serializers.Serializer[Any]):
    """What finance verified over what was spent on the same actions: all three figures, or why there is none."""

    currency = serializers.CharField()
    actions = serializers.IntegerField(source="paid.actions")
    brought = serializers.IntegerField(source="paid.brought")
    spent = serializers.IntegerField(source="paid.spent")
    ratio = serializers.FloatField(source="paid.ratio", allow_null=True)
    low = serializers.FloatField(source="paid.low", allow_null=True, help_text="The lowest without any one action.")
    high = serializers.FloatField(source="paid.high", allow_null=True, help_text="The highest without any one action.")
    lacking = serializers.ChoiceField(source="paid.lacking", choices=[str(one) for one in Lacking], allow_null=True)
    waiting = serializers.IntegerField(
        help_text="Verified actions that cost money, and nothing of them is verified yet."
    )
    waiting_spent = serializers.IntegerField()


class ResourcesReply(serializers.Serializer[Any]):
    books = BookReply(many=True)
    overruns = OverrunReply(many=True, help_text="Eight at most; actions?figure=overrun has all.")
    open = serializers.IntegerField()
    unfunded = serializers.IntegerField(source="lacking")
    unfunded_by_department = UnfundedReply(source="unfunded", many=True)
    returns = ReturnOnSpentReply(source="back", many=True)


class Narrowed(serializers.Serializer[Any]):
    within = Reference(Department, required=False)
    council = Reference(Council, required=False)
    from_on = serializers.DateField(required=False)
    until_on = serializers.DateField(required=False)


class ResourcesOfAll(APIView):
    """Only what the reader may see; amounts of two currencies, or of money and time, are never summed."""

    @extend_schema(
        summary="Resources: granted, given, spent, given back, free",
        parameters=[
            OpenApiParameter("within", str, description="Reference of a department; with those below it."),
            OpenApiParameter("council", str, description="Reference of a council."),
            OpenApiParameter("from_on", str, description="Of envelopes whose own period reaches this day or later."),
            OpenApiParameter("until_on", str, description="Of envelopes whose own period begins by this day."),
        ],
        responses=ResourcesReply,
    )
    def get(self, request: Request) -> Response:
        viewer, now = cast(Person, request.user), timezone.now()
        reader = Narrowed(data=request.query_params, context={"viewer": viewer, "now": now})
        reader.is_valid(raise_exception=True)
        given = dict(reader.validated_data)
        period = Period(given.pop("from_on", None), given.pop("until_on", None))
        found = resources(viewer, now, Scope(**given), period)
        return Response(
            ResourcesReply(
                {
                    "books": [_book(book, is_cut=found.is_cut) for book in found.books],
                    "overruns": found.overruns,
                    "open": found.open,
                    "lacking": found.lacking,
                    "unfunded": found.unfunded,
                    "back": found.back,
                }
            ).data
        )


def _book(book: Book, *, is_cut: bool) -> dict[str, Any]:
    def of_council(line: Line) -> dict[str, Any]:
        own = {"granted": None, "free": None} if is_cut else {"granted": line.flow.granted, "free": line.flow.free}
        return {"council": line.reference, "name": line.name, **amounts(line.flow), **own}

    return {
        **of_measure(book.measure),
        "councils": [of_council(line) for line in book.councils],
        "departments": [
            {"department": line.reference, "name": line.name, **amounts(line.flow)} for line in book.departments
        ],
        "elsewhere": book.elsewhere.allocated,
    }


def of_measure(measure: Measure) -> dict[str, str]:
    return {"unit": measure.unit, "currency": measure.currency}


def amounts(flow: Flow) -> dict[str, int]:
    return {name: getattr(flow, name) for name in OF_THINGS}
