"""``/api/v1/councils/`` and ``memberships/``: councils, who sits there, and raising matters with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from councils.forms.councils import sponsors
from councils.models import Council, CouncilKind, Membership
from councils.queries import books, stuck
from councils.queries import councils as queries
from councils.queries import health as figures
from councils.queries import rosters as roster_queries
from councils.services import councils as services
from councils.services import rosters
from governance import access
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.api.people import PersonField
from governance.models import Charter, Department, ExecutiveSponsor, Person, TenureRole
from governance.queries import charters
from governance.services.duties import rules_in_force


class BalancesReply(serializers.Serializer[Any]):
    """Minor units of the currency, or minutes of person-time."""

    granted = serializers.IntegerField()
    free = serializers.IntegerField()
    allocated = serializers.IntegerField()
    spent = serializers.IntegerField()
    overrun = serializers.IntegerField(help_text="Spent beyond allocations, and not settled yet.")


class SponsorReference(Reference):
    """The reference of an executive sponsor's seat."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ExecutiveSponsor, **options)

    def to_internal_value(self, data: Any) -> Any:
        seen = sponsors(self.context["viewer"], self.context["now"])
        found = seen.filter(seat__subject__reference=data).first() if isinstance(data, str) else None
        if found is None:
            self.fail("absent")
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.seat.subject.reference)


class CouncilReply(Thing):
    name = serializers.CharField(read_only=True)
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # a declared field is no attribute
    charter = Reference(Charter, read_only=True)
    sponsor = SponsorReference(read_only=True)
    department = Reference(Department, read_only=True)
    seats = serializers.IntegerField(read_only=True)
    open_items = serializers.IntegerField(read_only=True)
    envelope = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Council
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "name",
            "kind",
            "is_confidential",
            "parent",
            "charter",
            "sponsor",
            "department",
            "seats",
            "open_items",
            "envelope",
            "version",
        )

    def get_parent(self, council: Council) -> str | None:
        seen = council.parent_id is not None and council.parent_id in self.context["visible"]
        return council.parent.reference if seen and council.parent is not None else None

    def get_envelope(self, council: Council) -> dict[str, int]:
        return dict(BalancesReply(self.context["money"].get(council.pk, books.Balances())).data)


class CouncilFound(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150)
    kind = serializers.ChoiceField(choices=CouncilKind.choices)
    department = Reference(Department)
    sponsor = SponsorReference()
    charter = Reference(Charter, required=False, allow_null=True)
    parent = Reference(Council, required=False, allow_null=True)  # type: ignore[assignment]  # a declared field is no attribute
    is_confidential = serializers.BooleanField(default=False)
    from_template = serializers.BooleanField(
        default=False, help_text="Draft its own charter from the template for its kind."
    )
    chair = PersonField(required=False)
    secretary = PersonField(required=False)


class ProblemReply(serializers.Serializer[Any]):
    """One way in which a council can get stuck with today's seats, and what would mend it."""

    clause = serializers.CharField()
    key = serializers.CharField(help_text="Which of the clause's problems it is.")
    sentence = serializers.CharField()
    remedy = serializers.CharField()
    url = serializers.CharField(help_text="The page on which it is mended.")


class TriedReply(serializers.Serializer[Any]):
    charter_version = serializers.IntegerField(source="version.number")
    problems = ProblemReply(many=True)


class FigureReply(serializers.Serializer[Any]):
    """One figure: a part of a whole, and where its list is."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field is no attribute
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    of = serializers.CharField(help_text="What the whole is.")
    few = serializers.BooleanField(help_text="True: too few to tell a rate from.")
    value = serializers.CharField(help_text="As it is read.")
    url = serializers.CharField(help_text="The page that lists what is counted.")


@extend_schema_view(
    list=extend_schema(summary="The councils", parameters=[OpenApiParameter("kind", str, enum=CouncilKind.values)]),
    retrieve=extend_schema(summary="One council"),
)
class Councils(Idempotent, Resource):
    model = Council
    serializer_class = CouncilReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Council]:
        rows = queries.listed(viewer, now).select_related("department__subject")
        kind = self.request.query_params.get("kind", "")
        return rows.filter(kind=kind) if kind in CouncilKind.values else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        parents = [council.parent_id for council in rows if council.parent_id]
        return {
            "money": books.of_councils([council.pk for council in rows]),
            "visible": access.visible_ids(self.viewer, parents, self.now),
        }

    @extend_schema(
        summary="How it governs: figures of half a year, each with its denominator", responses=FigureReply(many=True)
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def health(self, request: Request, reference: str) -> Response:
        council = self.get_object()
        version = rules_in_force(council.charter, self.now)
        return Response(FigureReply(figures.of_council(council, version, self.viewer, self.now), many=True).data)

    @extend_schema(
        summary="Take on the rules in force and one's line of the roster", request=None, responses={204: None}
    )
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, reference: str) -> Response:
        rosters.acknowledge(council=self.get_object(), by=self.viewer, now=self.now)
        return Response(status=204)

    @extend_schema(summary="Found a council", request=CouncilFound, responses={201: CouncilReply})
    def create(self, request: Request) -> Response:
        made = services.found(**self.payload(CouncilFound), by=self.viewer, now=self.now)
        seen = self.queryset_for(self.viewer, self.now).filter(pk=made.pk).first()
        # A confidential council is its own from the moment it is founded, whoever founded it.
        return self.answer(seen, 201) if seen is not None else Response(status=204)

    @extend_schema(
        summary="Can it get stuck? Its rules against today's seats",
        responses=TriedReply,
        parameters=[
            OpenApiParameter(
                "version", int, description="A version of its charter, such as a draft; without it the one in force."
            )
        ],
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def problems(self, request: Request, reference: str) -> Response:
        council, asked = self.get_object(), request.query_params.get("version", "")
        version = charters.version(council.charter, int(asked)) if asked.isdecimal() and len(asked) < 7 else None
        return Response(TriedReply(stuck.tried([council], self.now, version)[0]).data)


class Sits(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class MembershipReply(serializers.ModelSerializer[Membership]):
    """One seat of a council, known by the seat's reference."""

    reference = serializers.CharField(source="seat.subject.reference", read_only=True)
    title = serializers.CharField(source="seat.subject.title", read_only=True)
    kind = serializers.CharField(source="seat.kind", read_only=True)
    council = Reference(Council, read_only=True)
    represents = Reference(Department, read_only=True)
    holder = serializers.SerializerMethodField()
    deputy = serializers.SerializerMethodField()
    role = serializers.SerializerMethodField()
    expectations = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = (
            "reference",
            "title",
            "kind",
            "council",
            "represents",
            "votes",
            "holder",
            "deputy",
            "role",
            "expectations",
        )

    def get_role(self, membership: Membership) -> str:
        line = self.context["lines"].get(membership.pk)
        return line.role if line is not None else ""

    def get_expectations(self, membership: Membership) -> str:
        line = self.context["lines"].get(membership.pk)
        return line.expectations if line is not None else ""

    def _sitting(self, membership: Membership) -> queries.Sitting | None:
        found: queries.Sitting | None = self.context["sittings"].get(membership.pk)
        return found

    def get_holder(self, membership: Membership) -> dict[str, Any] | None:
        sitting = self._sitting(membership)
        return dict(Sits(sitting.holder).data) if sitting is not None and sitting.holder is not None else None

    def get_deputy(self, membership: Membership) -> dict[str, Any] | None:
        sitting = self._sitting(membership)
        return dict(Sits(sitting.deputy).data) if sitting is not None and sitting.deputy is not None else None


class MembershipAdd(serializers.Serializer[Any]):
    council = Reference(Council)
    represents = Reference(Department, required=False, allow_null=True)
    votes = serializers.BooleanField(default=True)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    person = PersonField(required=False)


class RosterWrite(serializers.Serializer[Any]):
    role = serializers.CharField(max_length=120, allow_blank=True)
    expectations = serializers.CharField(required=False, allow_blank=True, default="")


class MembershipSeat(serializers.Serializer[Any]):
    person = PersonField()
    role = serializers.ChoiceField(choices=TenureRole.choices, default=TenureRole.HOLDER)


@extend_schema_view(
    list=extend_schema(
        summary="The seats of councils", parameters=[OpenApiParameter("council", str, description="Its reference.")]
    ),
    retrieve=extend_schema(summary="One seat of a council"),
)
class Memberships(Idempotent, Resource):
    model = Membership
    serializer_class = MembershipReply
    lookup_field = "seat__subject__reference"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Membership]:
        seen = Council.objects.visible_to(viewer, now).values("pk")
        rows = (
            Membership.objects.filter(council__in=seen, ended_at=None)
            .select_related("seat__subject", "council__subject", "represents__subject")
            .order_by("council_id", "pk")
        )
        reference = self.request.query_params.get("council", "")
        return rows.filter(council__subject__reference=reference) if reference else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        by_council = queries.sittings({row.council_id for row in rows}, self.now)
        return {
            "lines": roster_queries.lines_of([row.pk for row in rows]),
            "sittings": {sitting.membership.pk: sitting for listed in by_council.values() for sitting in listed},
        }

    @extend_schema(summary="Add a seat to a council", request=MembershipAdd, responses={201: MembershipReply})
    def create(self, request: Request) -> Response:
        made = services.add_member(**self.payload(MembershipAdd), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="Seat a person, from now on", request=MembershipSeat, responses=MembershipReply)
    @action(detail=True, methods=["post"], url_path="seat-person")
    def seat_person(self, request: Request, reference: str) -> Response:
        membership = self.get_object()
        services.seat_member(membership=membership, **self.payload(MembershipSeat), by=self.viewer, now=self.now)
        return self.answer(self.fresh(membership.pk))

    @extend_schema(summary="Say what the seat is there for", request=RosterWrite, responses=MembershipReply)
    @action(detail=True, methods=["post"])
    def roster(self, request: Request, reference: str) -> Response:
        membership = self.get_object()
        rosters.write(membership=membership, **self.payload(RosterWrite), by=self.viewer, now=self.now)
        return self.answer(self.fresh(membership.pk))

    @extend_schema(summary="End a seat of a council", request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, reference: str) -> Response:
        services.end_membership(membership=self.get_object(), by=self.viewer, now=self.now)
        return Response(status=204)
