"""``/api/v1/packs/``: made, read, and taken away as files; and when they are made by themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions import packed
from actions.models import Pack, PackSchedule
from actions.queries import packs as queries
from actions.services import packs as services
from actions.views.packs import file_of
from councils.models import Council, Meeting
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.models import Department, Person
from governance.sheets.workbooks import MEDIA_TYPE


class PackReply(Thing):
    audience = serializers.CharField(source="container.reference", read_only=True, help_text="Whom it was made for.")
    meeting = Reference(Meeting, read_only=True)
    by = serializers.IntegerField(source="by_id", allow_null=True, read_only=True, help_text="Null: on schedule.")

    class Meta(Thing.Meta):
        model = Pack
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields, "audience", "meeting", "since", "until", "digest", "is_scheduled", "by", "made_at",
        )  # fmt: skip


class PackRecordReply(serializers.Serializer[Any]):
    """What a pack says. The file of the record, byte for byte what the digest is taken of, is ``packs/X/json/``."""

    record = serializers.DictField(help_text="Title, facts, line, summary and parts; each part with head and rows.")
    digest = serializers.CharField(help_text="SHA-256 of the frozen record, as it was made.")
    is_whole = serializers.BooleanField(help_text="False where words were redacted since.")


class Making(serializers.Serializer[Any]):
    """Name one of the three; the root department stands for everybody."""

    meeting = Reference(Meeting, required=False)
    council = Reference(Council, required=False)
    department = Reference(Department, required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [attrs.pop(name) for name in ("meeting", "council", "department") if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError(_lazy("Name a meeting, a council or a department: one of them."))
        return {**attrs, "wanted": named[0]}


class Scheduling(serializers.Serializer[Any]):
    council = Reference(Council)
    days_before = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=services.LONGEST_AHEAD, help_text="Null ends it."
    )


class PackScheduleReply(serializers.ModelSerializer[PackSchedule]):
    council = Reference(Council, read_only=True)
    by = serializers.IntegerField(source="by_id", read_only=True)

    class Meta:
        model = PackSchedule
        fields = ("council", "days_before", "is_on", "by", "at", "version")


@extend_schema_view(
    list=extend_schema(
        summary="The packs that the reader may see, the newest first",
        parameters=[
            OpenApiParameter("meeting", str, description="Its reference."),
            OpenApiParameter("audience", str, description="Reference of the council or department it was made for."),
        ],
    ),
    retrieve=extend_schema(summary="One pack"),
)
class Packs(Idempotent, Resource):
    model = Pack
    serializer_class = PackReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Pack]:
        asked, rows = self.request.query_params, queries.listed(viewer, now)
        if asked.get("meeting"):
            rows = rows.filter(meeting__subject__reference=asked["meeting"])
        return rows.filter(container__reference=asked["audience"]) if asked.get("audience") else rows

    @extend_schema(summary="Make a pack, frozen from then on", request=Making, responses={201: PackReply})
    def create(self, request: Request) -> Response:
        made = services.make(**self.payload(Making), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="What it says, in words", responses=PackRecordReply)
    @action(detail=True, methods=["get"], pagination_class=None)
    def record(self, request: Request, reference: str) -> Response:
        pack = self.get_object()
        told = {"record": pack.record, "digest": pack.digest, "is_whole": queries.is_whole(pack)}
        return Response(PackRecordReply(told).data, headers={"Cache-Control": "no-store"})

    @extend_schema(
        summary="The frozen record as the file of which the digest is taken",
        responses={(200, "application/json"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def json(self, request: Request, reference: str) -> HttpResponse:
        pack = self.get_object()
        return file_of(packed.written(pack.record).encode(), f"{pack.reference}.json", "application/json")

    @extend_schema(
        summary="The pack as PDF", responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)}
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def pdf(self, request: Request, reference: str) -> HttpResponse:
        pack = self.get_object()
        return file_of(queries.printed(pack), f"{pack.reference}.pdf", "application/pdf")

    @extend_schema(
        summary="Every table of the pack as one workbook",
        responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def xlsx(self, request: Request, reference: str) -> HttpResponse:
        pack = self.get_object()
        return file_of(queries.sheets(pack), f"{pack.reference}.xlsx", MEDIA_TYPE)

    @extend_schema(
        summary="Have a pack made before each meeting of a council, or no more",
        request=Scheduling,
        responses={200: PackScheduleReply, 204: None},
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def schedule(self, request: Request) -> Response:
        asked = self.payload(Scheduling)
        found = services.schedule(**asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return Response(PackScheduleReply(found).data) if found is not None else Response(status=204)
