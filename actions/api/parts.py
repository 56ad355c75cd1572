"""What belongs to an action beside its promise, over the API: verbs on ``/api/v1/actions/ACT-1042/``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.models import ActionItem, ExpectedKind, Milestone, Origin
from actions.queries import parts as queries
from actions.services import parts
from actions.services.facts import Benefit, Facts, describe
from governance.api.base import Reference
from governance.api.people import PersonField
from governance.models import Department, Goal, JourneyStep, Person, Seat


class FactsSend(serializers.Serializer[Any]):
    """Where it belongs, all at once: what is left out is nothing. Amounts are minor units, a year."""

    origin = serializers.ChoiceField(choices=Origin.choices, default=Origin.OWN)
    sponsor = Reference(Seat, required=False)
    step = Reference(JourneyStep, required=False)
    goal = Reference(Goal, required=False)
    departments = serializers.ListField(child=Reference(Department), default=list)
    benefit_kind = serializers.ChoiceField(choices=ExpectedKind.choices, allow_blank=True, default="")
    benefit_low = serializers.IntegerField(required=False, allow_null=True, default=None)
    benefit_likely = serializers.IntegerField(required=False, allow_null=True, default=None)
    benefit_high = serializers.IntegerField(required=False, allow_null=True, default=None)
    benefit_words = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    fit_reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class DoerSend(serializers.Serializer[Any]):
    """A person by number, or a seat by reference."""

    person = PersonField(required=False)
    seat = Reference(Seat, required=False)


class MilestoneSend(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class DependSend(serializers.Serializer[Any]):
    needs = Reference(ActionItem)


class OfDoer(serializers.Serializer[Any]):
    doer = serializers.IntegerField()


class OfMilestone(serializers.Serializer[Any]):
    milestone = serializers.IntegerField()


class OfDependency(serializers.Serializer[Any]):
    dependency = serializers.IntegerField()


class FollowSend(serializers.Serializer[Any]):
    is_followed = serializers.BooleanField(default=True)


class DoerReply(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    seat = serializers.CharField(source="seat.subject.reference", default=None, allow_null=True)
    person = serializers.CharField(source="person.name", default=None, allow_null=True)
    at = serializers.DateTimeField()


class MilestoneReply(serializers.ModelSerializer[Any]):
    class Meta:
        model = Milestone
        fields: ClassVar[Sequence[str]] = ("id", "title", "due_on", "done_on")


class PartsReply(serializers.Serializer[Any]):
    """Dependencies are told as far as the reader sees both ends."""

    doers = DoerReply(many=True)
    departments = serializers.SerializerMethodField()
    milestones = MilestoneReply(many=True)
    needs = serializers.SerializerMethodField()
    needed_by = serializers.SerializerMethodField()
    followers = serializers.IntegerField()
    is_followed = serializers.BooleanField()
    misfits = serializers.SerializerMethodField()

    def get_departments(self, found: queries.Parts) -> list[str]:
        return [one.department.subject.reference for one in found.helping]

    def get_needs(self, found: queries.Parts) -> list[dict[str, Any]]:
        return [{"id": one.pk, "action": one.needs.reference} for one in found.needs]

    def get_needed_by(self, found: queries.Parts) -> list[str]:
        return [one.action.reference for one in found.needed_by]

    def get_misfits(self, found: queries.Parts) -> list[str]:
        return [one.says for one in found.misfits]


class PartsOfAction:
    """Put before ``Resource`` among the bases of the actions' resource."""

    viewer: Person
    now: datetime

    def _part(self, request: Request, service: Any, reader: type[serializers.Serializer[Any]]) -> Response:
        this: Any = self
        found = this.get_object()
        said = this.payload(reader)
        service(action=found, **said, by=self.viewer, now=self.now, version=this.expected_version(request))
        return self._parts(found)

    def _parts(self, found: ActionItem, status: int = 200) -> Response:
        this: Any = self
        action = this.fresh(found.pk)
        told = PartsReply(queries.of(action, self.viewer, self.now)).data
        return Response(told, status=status, headers={"ETag": f'"{action.version}"'})

    @extend_schema(summary="Who works on it, its steps, what it waits for", responses=PartsReply)
    @action(detail=True, pagination_class=None, filter_backends=[])
    def parts(self, request: Request, reference: str) -> Response:
        return self._parts(self.get_object())  # type: ignore[attr-defined]  # a mixin: the next base is a view

    @extend_schema(summary="Say where it belongs", request=FactsSend, responses=PartsReply)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, reference: str) -> Response:
        this: Any = self
        found, said = this.get_object(), this.payload(FactsSend)
        amounts = {name: said.pop(f"benefit_{name}") for name in ("low", "likely", "high")}
        benefit = Benefit(kind=said.pop("benefit_kind"), words=said.pop("benefit_words"), **amounts)
        seat = said.pop("sponsor", None)
        facts = Facts(benefit=benefit, sponsor=getattr(seat, "sponsor", None), **said)
        describe(action=found, facts=facts, by=self.viewer, now=self.now, version=this.expected_version(request))
        return self._parts(found)

    @extend_schema(summary="Give part of the work to somebody", request=DoerSend, responses=PartsReply)
    @action(detail=True, methods=["post"], url_path="add-doer")
    def add_doer(self, request: Request, reference: str) -> Response:
        return self._part(request, parts.add_doer, DoerSend)

    @extend_schema(summary="End somebody's part in the work", request=OfDoer, responses=PartsReply)
    @action(detail=True, methods=["post"], url_path="end-doer")
    def end_doer(self, request: Request, reference: str) -> Response:
        return self._part(request, parts.end_doer, OfDoer)

    @extend_schema(summary="Set a milestone", request=MilestoneSend, responses=PartsReply)
    @action(detail=True, methods=["post"], url_path="set-milestone")
    def set_milestone(self, request: Request, reference: str) -> Response:
        return self._part(request, parts.set_milestone, MilestoneSend)

    @extend_schema(summary="Say that a milestone is reached", request=OfMilestone, responses=PartsReply)
    @action(detail=True, methods=["post"])
    def reach(self, request: Request, reference: str) -> Response:
        return self._part(request, parts.reach, OfMilestone)

    @extend_schema(summary="Say what it waits for", request=DependSend, responses=PartsReply)
    @action(detail=True, methods=["post"])
    def depend(self, request: Request, reference: str) -> Response:
        return self._part(request, parts.depend, DependSend)

    @extend_schema(summary="Say that it no longer waits for another", request=OfDependency, responses=PartsReply)
    @action(detail=True, methods=["post"], url_path="depend-no-more")
    def depend_no_more(self, request: Request, reference: str) -> Response:
        return self._part(request, parts.depend_no_more, OfDependency)

    @extend_schema(
        summary="Follow it, or no longer",
        request=FollowSend,
        responses=inline_serializer("Followed", {"is_followed": serializers.BooleanField()}),
    )
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, reference: str) -> Response:
        this: Any = self
        said = this.payload(FollowSend)
        followed = parts.follow(action=this.get_object(), by=self.viewer, now=self.now, **said)
        return Response({"is_followed": followed})
