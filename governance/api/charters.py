"""``/api/v1/charters/``: rules as typed clauses, their versions, and putting them into force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Idempotent, Resource, Thing
from governance.clauses import Rules
from governance.models import Charter, CharterVersion, Person
from governance.queries import charters as queries
from governance.services import charters as services

_NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="The version's number.")


class VersionReply(serializers.ModelSerializer[CharterVersion]):
    sentences = serializers.SerializerMethodField()

    class Meta:
        model = CharterVersion
        fields = (
            "number",
            "state",
            "purpose",
            "rules",
            "sentences",
            "ratified_at",
            "ratified_by",
            "created_at",
            "version",
        )

    def get_sentences(self, wording: CharterVersion) -> dict[str, str]:
        return {rule.clause: rule.sentence for rule in queries.rules_of(wording)}


class CharterReply(Thing):
    in_force = serializers.SerializerMethodField()
    last_number = serializers.IntegerField(read_only=True)

    class Meta(Thing.Meta):
        model = Charter
        fields: ClassVar[Sequence[str]] = (*Thing.Meta.fields, "is_default", "in_force", "last_number", "version")

    def get_in_force(self, charter: Any) -> int | None:
        return charter.holding[0].number if charter.holding else None


class Wording(serializers.Serializer[Any]):
    """A version's rules: the clauses that are left out keep the programme's defaults."""

    rules = serializers.JSONField()
    purpose = serializers.CharField(required=False, allow_blank=True)


class NewCharter(Wording):
    title = serializers.CharField(max_length=300)


@extend_schema_view(list=extend_schema(summary="The charters"), retrieve=extend_schema(summary="One charter"))
class Charters(Idempotent, Resource):
    model = Charter
    serializer_class = CharterReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Charter]:
        return queries.listed(viewer, now)

    def _version(self, number: str) -> CharterVersion:
        return queries.version(self.get_object(), int(number))

    def _told(self, wording: CharterVersion, status: int = 200) -> Response:
        return Response(VersionReply(wording).data, status=status, headers={"ETag": f'"{wording.version}"'})

    @extend_schema(summary="Draft a new charter", request=NewCharter, responses={201: VersionReply})
    def create(self, request: Request) -> Response:
        asked = self.payload(NewCharter)
        made = services.draft(
            title=asked["title"],
            rules=Rules.proposed(asked["rules"]),
            purpose=asked.get("purpose", ""),
            by=self.viewer,
            now=self.now,
        )
        return self._told(made, 201)

    @extend_schema(methods=["GET"], summary="Its versions", responses=VersionReply(many=True))
    @extend_schema(methods=["POST"], summary="Draft the next version", request=Wording, responses={201: VersionReply})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def versions(self, request: Request, reference: str) -> Response:
        charter = self.get_object()
        if request.method == "GET":
            return Response(VersionReply(queries.versions(charter), many=True).data)
        asked = self.payload(Wording)
        made = services.draft(
            title=charter.title,
            charter=charter,
            rules=Rules.proposed(asked["rules"]),
            purpose=asked.get("purpose", ""),
            by=self.viewer,
            now=self.now,
        )
        return self._told(made, 201)

    @extend_schema(methods=["GET"], summary="One version", responses=VersionReply, parameters=[_NUMBER])
    @extend_schema(
        methods=["PUT"], summary="Change a draft", request=Wording, responses=VersionReply, parameters=[_NUMBER]
    )
    @action(detail=True, methods=["get", "put"], url_path=r"versions/(?P<number>\d{1,6})", url_name="version")
    def version(self, request: Request, reference: str, number: str) -> Response:
        wording = self._version(number)
        if request.method == "PUT":
            asked = self.payload(Wording)
            wording = services.amend(
                version=wording,
                rules=Rules.proposed(asked["rules"]),
                purpose=asked.get("purpose"),
                by=self.viewer,
                now=self.now,
                expected=self.expected_version(request),
            )
        return self._told(wording)

    @extend_schema(summary="Put it into force", request=None, responses=VersionReply, parameters=[_NUMBER])
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/ratify", url_name="ratify")
    def ratify(self, request: Request, reference: str, number: str) -> Response:
        services.ratify(
            version=self._version(number), by=self.viewer, now=self.now, expected=self.expected_version(request)
        )
        return self._told(self._version(number))
