"""``/api/v1/champions/``: the voice of customers in each department, and how somebody becomes it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent
from governance.api.people import PersonField
from governance.api.seats import OfSeat, OfSeatReply
from governance.models import Champion, Nomination
from governance.queries import champions as queries
from governance.services import champions as services


class NominationReply(serializers.ModelSerializer[Nomination]):
    """Who is nominated now, and for whose word it waits."""

    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Nomination
        fields: ClassVar[Sequence[str]] = (
            "person",
            "name",
            "state",
            "is_seated",
            "pledged_minutes",
            "term_ends_on",
            "nominated_at",
            "endorsed_at",
        )


class ChampionReply(OfSeatReply):
    nomination = serializers.SerializerMethodField()

    class Meta(OfSeatReply.Meta):
        model = Champion
        fields: ClassVar[Sequence[str]] = (
            *OfSeatReply.Meta.fields,
            "endorsed_by",
            "endorsed_at",
            "pledged_minutes",
            "term_ends_on",
            "nomination",
        )

    @extend_schema_field(NominationReply(allow_null=True))
    def get_nomination(self, row: Champion) -> dict[str, Any] | None:
        found = self.context["nominations"].get(row.pk)
        return dict(NominationReply(found).data) if found else None


class Nominate(serializers.Serializer[Any]):
    person = PersonField()
    pledged_minutes = serializers.IntegerField(min_value=1, max_value=services.LONGEST_PLEDGE, required=False)
    term_ends_on = serializers.DateField(allow_null=True, required=False)


class Endorse(serializers.Serializer[Any]):
    term_ends_on = serializers.DateField(allow_null=True, required=False)


class NominationAnswer(serializers.Serializer[Any]):
    pledged_minutes = serializers.IntegerField(min_value=1, max_value=services.LONGEST_PLEDGE, required=False)


class NominationNo(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(list=extend_schema(summary="The champions"), retrieve=extend_schema(summary="One champion"))
class Champions(Idempotent, OfSeat):
    model = Champion
    serializer_class = ChampionReply

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {**super().extras(rows), "nominations": queries.open_nominations([row.pk for row in rows])}

    def _done(self, champion: Champion) -> Response:
        return self.answer(self.fresh(champion.pk))

    @extend_schema(summary="Nominate a champion", request=Nominate, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def nominate(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.nominate(champion=champion, **self.payload(Nominate), by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Stand behind the champion, as head", request=Endorse, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def endorse(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.endorse(champion=champion, **self.payload(Endorse), by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Do not endorse the nominee, with a reason", request=NominationNo, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.refuse(champion=champion, **self.payload(NominationNo), by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Accept to be the champion", request=NominationAnswer, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.accept(champion=champion, **self.payload(NominationAnswer), by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Decline to be the champion", request=NominationNo, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.decline(champion=champion, **self.payload(NominationNo), by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Take a nomination back", request=None, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.withdraw(champion=champion, by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Another term for the champion, as head", request=Endorse, responses=ChampionReply)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        asked = self.payload(Endorse)
        services.renew(champion=champion, term_ends_on=asked.get("term_ends_on"), by=self.viewer, now=self.now)
        return self._done(champion)

    @extend_schema(summary="Let the champion's term end on its day", request=None, responses=ChampionReply)
    @action(detail=True, methods=["post"], url_path="let-end")
    def let_end(self, request: Request, reference: str) -> Response:
        champion = self.get_object()
        services.let_end(champion=champion, by=self.viewer, now=self.now)
        return self._done(champion)
