"""``/api/v1/departments/<reference>/review/``: one department, as its page in the review tells it."""

from dataclasses import asdict
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.api.resourcing import FlowReply, ReturnOnSpentReply, amounts, of_measure
from actions.api.review import LateReply
from actions.department_sheets import said
from actions.figures import Figure
from actions.models import OutcomeEffect
from actions.queries.departments import Moved, Place, Side, department_review
from councils.models import Unit
from governance.models import Person
from governance.models.helping import Answer
from governance.queries import departments as department_queries


class CountedReply(serializers.Serializer[Any]):
    figure = serializers.ChoiceField(choices=[str(figure) for figure in Figure])
    state = serializers.CharField(help_text="Narrows the list of actions beside the figure; mostly empty.")
    value = serializers.IntegerField()


class AnsweredStep(serializers.Serializer[Any]):
    step = serializers.CharField(source="step.reference")
    title = serializers.CharField(source="step.title")
    journey = serializers.CharField(source="step.journey.reference")
    seat = serializers.CharField(source="standing.seat.reference")
    is_hole = serializers.BooleanField(help_text="Nobody sits in the seat, and no deputy acts.")
    vacant_since = serializers.DateTimeField(source="standing.vacant_since", allow_null=True)


class OpenRequest(serializers.Serializer[Any]):
    request = serializers.CharField(source="request.reference")
    other = serializers.CharField(help_text="The department of the other side, by name.")
    asked_on = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()


class SideReply(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    listed = OpenRequest(many=True, help_text="Asked longest ago first, six at most; requests?owing= or owed= has all.")


class GivenReply(FlowReply):
    unit = serializers.ChoiceField(choices=Unit.choices)
    currency = serializers.CharField(help_text="Empty for person-time.")


class HelpReceived(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk", help_text="Of the help-request.")
    about = serializers.CharField(source="duty.subject.reference")
    asked = serializers.CharField(source="asked.reference", help_text="The seat whose help it was.")
    asked_at = serializers.DateTimeField()
    by_ladder = serializers.SerializerMethodField()
    answer = serializers.ChoiceField(choices=Answer.choices)
    said = serializers.CharField()
    answered_at = serializers.DateTimeField()

    def get_by_ladder(self, one: Any) -> bool:
        return one.position is not None


class MovedReply(serializers.Serializer[Any]):
    action = serializers.CharField()
    kpi = serializers.CharField(help_text="Its title; empty where there is none.")
    day = serializers.IntegerField(allow_null=True, help_text="Of the last reading, after the verification.")
    reading = serializers.ChoiceField(choices=OutcomeEffect.choices, allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the change, its 95 % interval.")
    high = serializers.FloatField(allow_null=True)
    sentence = serializers.CharField()
    verdict = serializers.CharField(help_text="A person's, in words; empty while nobody has said.")
    benefit = serializers.DictField(child=serializers.IntegerField(), help_text="Verified, by currency.")


class DepartmentReviewReply(serializers.Serializer[Any]):
    department = serializers.CharField()
    name = serializers.CharField()
    below = serializers.BooleanField(help_text="Whether those below it count.")
    on = serializers.DateField()
    open = serializers.IntegerField(help_text="The denominator of each figure.")
    figures = CountedReply(many=True)
    late = LateReply(many=True, help_text="The longest late first.")
    steps = AnsweredStep(many=True)
    owes = SideReply()
    is_owed = SideReply()
    between = serializers.IntegerField(help_text="Of both, those that stand on both sides.")
    given = GivenReply(many=True)
    helped = serializers.IntegerField(help_text="Answered requests for help, in all.")
    help = HelpReceived(many=True, help_text="The last answers.")
    effects = serializers.DictField(
        child=serializers.IntegerField(), help_text="Verified actions by what came of them."
    )
    moved = MovedReply(many=True)
    returns = ReturnOnSpentReply(many=True)


class DepartmentInReview(APIView):
    """Only what the reader may see; nothing about how promises were kept, which the promise record tells."""

    @extend_schema(
        summary="One department in review",
        parameters=[OpenApiParameter("below", bool, description="With all departments below it.")],
        responses=DepartmentReviewReply,
    )
    def get(self, request: Request, reference: str) -> Response:
        viewer, now = cast(Person, request.user), timezone.now()
        department = department_queries.one(reference, viewer, now)
        asked = serializers.BooleanField(default=False).run_validation(request.query_params.get("below", False))
        found = department_review(viewer, now, Place(department, with_below=bool(asked)))
        return Response(
            DepartmentReviewReply(
                {
                    "department": department.reference,
                    "name": department.name,
                    "below": found.place.with_below,
                    "on": found.on,
                    "open": found.open,
                    "figures": found.counts,
                    "late": found.late.listed,
                    "steps": found.steps,
                    "owes": _side(found.owes),
                    "is_owed": _side(found.is_owed),
                    "between": found.between,
                    "given": [{**of_measure(measure), **amounts(flow)} for measure, flow in found.given.items()],
                    "helped": found.helped,
                    "help": found.help,
                    "effects": found.effects,
                    "moved": [_moved(one) for one in found.moved],
                    "returns": found.back,
                }
            ).data
        )


def _side(side: Side) -> dict[str, Any]:
    return {"open": side.open, "overdue": side.overdue, "unanswered": side.unanswered, "listed": side.listed}


def _moved(one: Moved) -> dict[str, Any]:
    told = asdict(one.judgement) if one.judgement is not None else {}
    return {
        "action": one.action.reference,
        "kpi": one.kpi,
        "day": one.reading.day if one.reading is not None else None,
        "reading": one.reading.effect if one.reading is not None else None,
        **{name: told.get(name) for name in ("difference", "low", "high")},
        "sentence": said(one),
        "verdict": one.verdict,
        "benefit": dict(one.benefit),
    }
