"""``/api/v1/feedback-uploads/``: send a file, look at how it would be read, take it in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.sources import FaultReply
from actions.models import Upload
from actions.queries import uploads as queries
from actions.queries.uploads import Preview
from actions.services import uploads as services
from governance.api.base import Resource
from governance.api.parsers import PlainJSONParser
from governance.models import Person


class UploadReply(serializers.ModelSerializer[Any]):
    source = serializers.CharField(source="source_name", read_only=True)  # type: ignore[assignment]
    import_id = serializers.IntegerField(source="feedback_import_id", read_only=True, allow_null=True)
    source_reference = serializers.CharField(
        source="feedback_import.source.subject.reference", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Upload
        fields: ClassVar[Sequence[str]] = (
            "key", "file_name", "size", "source", "state", "lines", "lines_done", "fault", "import_id",
            "source_reference", "created_at",
        )  # fmt: skip


class ColumnReply(serializers.Serializer[Any]):
    name = serializers.CharField()
    samples = serializers.ListField(child=serializers.CharField())
    field = serializers.CharField(allow_blank=True)


class RecordReply(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    cells = serializers.ListField(child=serializers.CharField(allow_blank=True))


class UploadPreviewReply(UploadReply):
    """The upload with how it would be read: ``mapping`` is what ``take-in`` uses where none is sent."""

    mapping = serializers.DictField()
    columns = ColumnReply(many=True)
    encodings = serializers.ListField(child=serializers.CharField())
    headings = serializers.ListField(child=serializers.CharField())
    rows = RecordReply(many=True)
    read = serializers.IntegerField()
    good = serializers.IntegerField()
    refused = serializers.IntegerField()
    faults = FaultReply(many=True)
    unknown_departments = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField(allow_blank=True)

    class Meta(UploadReply.Meta):
        fields: ClassVar[Sequence[str]] = (
            *UploadReply.Meta.fields, "mapping", "columns", "encodings", "headings", "rows", "read", "good", "refused",
            "faults", "unknown_departments", "problem",
        )  # fmt: skip


class UploadPayload(serializers.Serializer[Any]):
    file = serializers.FileField()
    source = serializers.CharField(max_length=120)  # type: ignore[assignment]  # serializer fields have a source too


class TakeInPayload(serializers.Serializer[Any]):
    mapping = serializers.DictField(required=False)


@extend_schema_view(
    list=extend_schema(summary="Your files on their way in"),
    retrieve=extend_schema(summary="One file, with how it would be read", responses=UploadPreviewReply),
)
class Uploads(Resource):
    """Only whoever sent a file sees it. It is thrown away when it is taken in, or after a day."""

    model = Upload
    serializer_class = UploadReply
    lookup_field = "key"
    lookup_url_kwarg = "key"
    lookup_value_regex = r"[A-Za-z0-9_-]{43}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Upload]:
        return queries.mine(viewer)

    @extend_schema(
        summary="Send a file", request={"multipart/form-data": UploadPayload}, responses={201: UploadPreviewReply}
    )
    def create(self, request: Request) -> Response:
        queries.require_triage(self.viewer, self.now)
        said = self.payload(UploadPayload)
        file = said["file"]
        upload = services.keep(
            file=file, file_name=file.name, size=file.size, source_name=said["source"], by=self.viewer, now=self.now
        )
        return Response(self._previewed(upload), status=201)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        upload = self.get_object()
        if not queries.is_looked_at(upload):
            return Response(UploadReply(upload).data)
        return Response(self._previewed(upload))

    @extend_schema(
        summary="Take it in, by the mapping that was shown or by another", request=TakeInPayload, responses=UploadReply
    )
    @action(detail=True, methods=["post"], url_path="take-in")
    def take_in(self, request: Request, key: str) -> Response:
        upload = self.get_object()
        mapping = self.payload(TakeInPayload).get("mapping")
        if mapping is None and queries.is_looked_at(upload):
            mapping = queries.preview(upload, self.now).mapping
        taken = services.take_in(upload=upload, mapping=mapping or {}, by=self.viewer, now=self.now)
        return Response(UploadReply(taken).data)

    @extend_schema(summary="Throw it away", responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        services.discard(upload=self.get_object(), by=self.viewer, now=self.now)
        return Response(status=204)

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser(), PlainJSONParser()]

    def _previewed(self, upload: Upload) -> dict[str, Any]:
        looked = queries.preview(upload, self.now)
        return dict(UploadReply(upload).data) | _told(looked)


def _told(looked: Preview) -> dict[str, Any]:
    return {
        "mapping": looked.mapping,
        "columns": ColumnReply(looked.columns, many=True).data,
        "encodings": [one.encoding for one in looked.encodings],
        "headings": list(looked.headings),
        "rows": [{"line": line, "cells": list(cells)} for line, cells in looked.rows],
        "read": looked.read,
        "good": looked.good,
        "refused": looked.fault_count,
        "faults": FaultReply(looked.faults, many=True).data,
        "unknown_departments": list(looked.unknown_departments),
        "problem": looked.problem,
    }
