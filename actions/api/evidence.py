"""``/api/v1/evidence/``: what shows that actions were done."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.records import OF_ACTION, RecordReply, Records
from actions.models import Evidence
from actions.services import slips
from actions.views.evidence import found, given_out


class EvidenceReply(RecordReply):
    class Meta(RecordReply.Meta):
        model = Evidence
        fields: ClassVar[Sequence[str]] = (
            *RecordReply.Meta.fields, "kind", "title", "link", "note", "file_name", "file_size", "file_digest",
            "observation", "at", "taken_back_at",
        )  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="Evidence", parameters=[OF_ACTION]),
    retrieve=extend_schema(summary="One piece of evidence"),
)
class EvidenceList(Records):
    model = Evidence
    serializer_class: Any = EvidenceReply

    @extend_schema(summary="The file, to be saved", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, pagination_class=None, filter_backends=[])
    def file(self, request: Request, pk: str) -> HttpResponse:
        return given_out(found(int(pk), self.viewer, self.now))

    @extend_schema(summary="Take it back, within ten minutes", request=None, responses=EvidenceReply)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        taken = slips.take_back_evidence(evidence=self.get_object(), by=self.viewer, now=self.now)
        return self.answer(self.fresh(taken.pk))
