"""What is kept about a person, over the API: told as a whole, and redacted."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Person
from governance.queries import personal
from governance.services import redaction


class KeptRows(serializers.Serializer[Any]):
    what = serializers.CharField()
    model = serializers.CharField()
    rows = serializers.ListField(child=serializers.DictField())


class PersonalDataReply(serializers.Serializer[Any]):
    person = serializers.DictField()
    made_at = serializers.DateTimeField()
    note = serializers.CharField()
    kept = KeptRows(many=True)


class PersonRedact(serializers.Serializer[Any]):
    """``also``: other names of theirs; ``own_words``: erase what they wrote, too."""

    also = serializers.ListField(child=serializers.CharField(max_length=150), default=list, max_length=20)
    own_words = serializers.BooleanField(default=False)


class PersonRedacted(serializers.Serializer[Any]):
    """Files that were overdrawn; ``unread`` are no plain text: look into them yourself."""

    files = serializers.IntegerField()
    unread = serializers.ListField(child=serializers.CharField())


class PersonalData:
    """Two verbs of a person: put before ``Resource`` among the bases."""

    if TYPE_CHECKING:
        viewer: Person
        now: datetime

        def get_object(self) -> Person: ...

        def payload(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]: ...

    @extend_schema(summary="Everything that is kept about them", responses=PersonalDataReply)
    @action(detail=True, methods=["get"], url_path="personal-data")
    def personal_data(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        personal.require_reading(person, self.viewer, self.now)
        return Response(json.loads(personal.as_json(personal.export(person, self.viewer, self.now))))

    @extend_schema(summary="Redact what is kept about them", request=PersonRedact, responses=PersonRedacted)
    @action(detail=True, methods=["post"])
    def redact(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        done = redaction.redact(person=person, by=self.viewer, now=self.now, **self.payload(PersonRedact))
        return Response({"files": done.files, "unread": list(done.unread)})
