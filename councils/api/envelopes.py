"""``/api/v1/envelopes/`` and ``allocations/``: what councils may commit, and to what it went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from councils.api.councils import BalancesReply
from councils.api.decisions import SubjectReference
from councils.models import Account, Council, Envelope, Posting, Unit
from councils.queries import books as queries
from councils.services import books as services
from councils.services import periods
from governance import access
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.models import Person

_COUNCIL = OpenApiParameter("council", str, description="Its reference.")


class EnvelopeReply(Thing):
    council = Reference(Council, read_only=True)
    signed_by = serializers.IntegerField(source="signed_by_id", read_only=True)
    carried_into = Reference(Envelope, read_only=True, allow_null=True)
    balances = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Envelope
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "unit",
            "currency",
            "opens_on",
            "closes_on",
            "statement",
            "signed_by",
            "signed_at",
            "closed_at",
            "rest",
            "carried_into",
            "balances",
        )

    def get_balances(self, envelope: Envelope) -> dict[str, int]:
        return dict(BalancesReply(self.context["figures"].get(envelope.pk, queries.Balances())).data)


class EnvelopeGrant(serializers.Serializer[Any]):
    """A grant that is signed by asking for it, in one's own name."""

    council = Reference(Council)
    amount = serializers.IntegerField(
        min_value=1, help_text="Minor units of the organisation's currency, or minutes of person-time."
    )
    unit = serializers.ChoiceField(choices=Unit.choices, default=Unit.MONEY)
    opens_on = serializers.DateField(required=False, allow_null=True)
    closes_on = serializers.DateField(required=False, allow_null=True)


class EnvelopeClose(serializers.Serializer[Any]):
    """A closing that is signed by asking for it. Without ``into`` what is left lapses."""

    into = Reference(Envelope, required=False, allow_null=True, default=None)
    cover = serializers.BooleanField(default=False, help_text="The grantor covers what is overrun.")


class EnvelopeTransfer(serializers.Serializer[Any]):
    """A transfer that is signed by asking for it."""

    into = Reference(Envelope)
    amount = serializers.IntegerField(min_value=1, help_text="Minor units, or minutes.")


class PostingReply(serializers.ModelSerializer[Posting]):
    source = serializers.CharField(source="source.kind", read_only=True)  # type: ignore[assignment]  # a declared field is no attribute
    target = serializers.CharField(source="target.kind", read_only=True)
    source_subject = SubjectReference(source="source.subject", read_only=True)
    target_subject = SubjectReference(source="target.subject", read_only=True)
    decision = SubjectReference(read_only=True)
    by = serializers.IntegerField(source="by_id", read_only=True)
    movement = serializers.SerializerMethodField()

    class Meta:
        model = Posting
        fields = (
            "id",
            "at",
            "source",
            "source_subject",
            "target",
            "target_subject",
            "amount",
            "decision",
            "delegated",
            "by",
            "memo",
            "why",
            "spending",
            "movement",
        )

    def get_movement(self, posting: Posting) -> str:
        return queries.movement(posting)


@extend_schema_view(
    list=extend_schema(summary="The envelopes", parameters=[_COUNCIL]),
    retrieve=extend_schema(summary="One envelope"),
)
class Envelopes(Idempotent, Resource):
    model = Envelope
    serializer_class = EnvelopeReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Envelope]:
        rows = queries.listed(viewer, now)
        reference = self.request.query_params.get("council", "")
        return rows.filter(council__subject__reference=reference) if reference else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"figures": queries.balances([envelope.pk for envelope in rows])}

    def _grant(self) -> Response:
        made = services.grant(**self.payload(EnvelopeGrant), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(
        summary="Grant an envelope by one's signature", request=EnvelopeGrant, responses={201: EnvelopeReply}
    )
    def create(self, request: Request) -> Response:
        return self._grant()

    @extend_schema(
        summary="Grant an envelope by one's signature", request=EnvelopeGrant, responses={201: EnvelopeReply}
    )
    @action(detail=False, methods=["post"])
    def grant(self, request: Request) -> Response:
        return self._grant()

    @extend_schema(
        summary="Close its period: what is left lapses or goes over", request=EnvelopeClose, responses=EnvelopeReply
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, reference: str) -> Response:
        closed = periods.close(envelope=self.get_object(), **self.payload(EnvelopeClose), by=self.viewer, now=self.now)
        return self.answer(self.fresh(closed.pk))

    @extend_schema(summary="Move what is free to another envelope", request=EnvelopeTransfer, responses=EnvelopeReply)
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, reference: str) -> Response:
        found = self.get_object()
        periods.transfer(envelope=found, **self.payload(EnvelopeTransfer), by=self.viewer, now=self.now)
        return self.answer(self.fresh(found.pk))

    @extend_schema(summary="Every movement, newest first", responses=PostingReply(many=True))
    @action(detail=True, methods=["get"])
    def postings(self, request: Request, reference: str) -> Response:
        page = self.paginate_queryset(queries.ledger(self.get_object())) or []
        linked = {key for row in page for key in (row.source.subject_id, row.target.subject_id, row.decision_id) if key}
        context = {**self.get_serializer_context(), "visible": access.visible_ids(self.viewer, linked, self.now)}
        return self.get_paginated_response(PostingReply(page, many=True, context=context).data)


class AllocationReply(serializers.ModelSerializer[Account]):
    """What of an envelope is allocated to a thing, and not spent or given back."""

    envelope = Reference(Envelope, read_only=True)
    council = Reference(Council, source="envelope.council", read_only=True)
    subject = SubjectReference(read_only=True)
    amount = serializers.IntegerField(source="balance", read_only=True, help_text="Minor units, or minutes.")
    unit = serializers.CharField(source="envelope.unit", read_only=True)
    currency = serializers.CharField(source="envelope.currency", read_only=True)

    class Meta:
        model = Account
        fields = ("id", "envelope", "council", "subject", "amount", "unit", "currency")


@extend_schema_view(
    list=extend_schema(summary="The allocations", parameters=[_COUNCIL]),
    retrieve=extend_schema(summary="One allocation"),
)
class Allocations(Resource):
    model = Account
    serializer_class = AllocationReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Account]:
        rows = queries.allocations(viewer, now)
        reference = self.request.query_params.get("council", "")
        return rows.filter(envelope__council__subject__reference=reference) if reference else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        subjects = [account.subject_id for account in rows if account.subject_id]
        return {"visible": access.visible_ids(self.viewer, subjects, self.now)}
