"""``/api/v1/feedback-sources/``: where feedback comes from, what was taken in, and taking it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.models import FeedbackImport, FeedbackSource
from actions.queries import feedback as queries
from actions.services import feedback as services
from governance.api.base import Idempotent, Resource, Thing
from governance.errors import Refused
from governance.models import Person


class SourceReply(Thing):
    heard = serializers.IntegerField(read_only=True)
    last_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta(Thing.Meta):
        model = FeedbackSource
        fields: ClassVar[Sequence[str]] = (*Thing.Meta.fields, "name", "mapping", "heard", "last_at", "version")


class ImportReply(serializers.ModelSerializer[Any]):
    by = serializers.CharField(source="by.name", default=None, allow_null=True, read_only=True)

    class Meta:
        model = FeedbackImport
        fields: ClassVar[Sequence[str]] = (
            "id",
            "file_name",
            "by",
            "started_at",
            "finished_at",
            "withdrawn_at",
            "read",
            "created",
            "updated",
            "unchanged",
            "rejected",
            "clock_oddities",
        )


class FaultReply(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    column = serializers.CharField()
    reason = serializers.CharField()


class ImportInFullReply(ImportReply):
    errors = FaultReply(many=True, read_only=True)  # type: ignore[assignment]  # serializers have errors too

    class Meta(ImportReply.Meta):
        fields: ClassVar[Sequence[str]] = (*ImportReply.Meta.fields, "errors")


@extend_schema_view(list=extend_schema(summary="Feedback sources"), retrieve=extend_schema(summary="One source"))
class Sources(Idempotent, Resource):
    """Files are taken in at the console: ``manage.py import_feedback``."""

    model = FeedbackSource
    serializer_class = SourceReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[FeedbackSource]:
        return queries.sources(viewer, now)

    @extend_schema(summary="Its imports, newest first", responses=ImportReply(many=True))
    @action(detail=True, methods=["get"])
    def imports(self, request: Request, reference: str) -> Response:
        page = self.paginate_queryset(queries.imports(self.get_object())) or []
        return self.get_paginated_response(ImportReply(page, many=True).data)

    @extend_schema(summary="One import, with what it refused", responses=ImportInFullReply)
    @action(detail=True, methods=["get"], url_path=r"imports/(?P<number>\d+)")
    def import_in_full(self, request: Request, reference: str, number: str) -> Response:
        taken = queries.import_of(self.get_object(), int(number))
        if not queries.may_triage(self.viewer, self.now):
            raise Refused(_("What an import refused is for the CX lead and the core team. Ask one of them."))
        return Response(ImportInFullReply(taken).data)

    @extend_schema(summary="Withdraw an import as a whole", request=None, responses=ImportReply)
    @action(detail=True, methods=["post"], url_path=r"imports/(?P<number>\d+)/withdraw")
    def withdraw(self, request: Request, reference: str, number: str) -> Response:
        taken = queries.import_of(self.get_object(), int(number))
        withdrawn = services.withdraw(feedback_import=taken, by=self.viewer, now=self.now)
        return Response(ImportReply(withdrawn).data)
