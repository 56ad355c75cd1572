"""``/api/v1/journal/``: what happened to things that the viewer may see now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from governance import access
from governance.api.base import Resource
from governance.models import JournalEntry, Person, Subject
from governance.queries import journal as queries


class EntryReply(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="entry_id")
    at = serializers.DateTimeField()
    event = serializers.CharField()
    by = serializers.IntegerField(source="by_id", allow_null=True)
    subject = serializers.CharField(source="reference")
    sentence = serializers.CharField(source="text")
    words = serializers.CharField()


@extend_schema_view(
    list=extend_schema(
        summary="The journal", parameters=[OpenApiParameter("subject", str, description="A public reference.")]
    ),
    retrieve=extend_schema(summary="One entry"),
)
class Journal(Resource):
    model = JournalEntry
    serializer_class = EntryReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[JournalEntry]:
        reference = self.request.query_params.get("subject", "")
        if not reference:
            return queries.entries(viewer, now)
        subject = Subject.objects.filter(reference=reference).first()
        if subject is None or not access.may_see(viewer, subject.pk, now):
            return JournalEntry.objects.none()
        return queries.entries(viewer, now, subject=subject)

    def shown(self, rows: Sequence[Any]) -> Any:
        return EntryReply(queries.sentences(rows, self.viewer, self.now), many=True).data

    def answer(self, thing: Any, status: int = 200) -> Any:
        return super().answer(queries.sentences([thing], self.viewer, self.now)[0], status)
