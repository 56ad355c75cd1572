"""``/api/v1/meeting-series/``: a council meets again and again: begun, changed from a day on, ended."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from councils import recurrence
from councils.models import Council, MeetingSeries
from councils.queries import series as queries
from councils.services import meetings
from councils.services import series as services
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.models import Person


class SeriesReply(Thing):
    council = Reference(Council, read_only=True)
    sentence = serializers.CharField(read_only=True, help_text="The rule in words.")

    class Meta(Thing.Meta):
        model = MeetingSeries
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "rule",
            "sentence",
            "starts_on",
            "at",
            "zone",
            "lasts",
            "place",
            "next_slot",
            "ended_at",
            "because",
            "version",
        )


class RuleFields(serializers.Serializer[Any]):
    """When: ``rule`` is an RFC 5545 RRULE by week, month or year; ``at`` is on the clock of the council's place."""

    rule = serializers.CharField(
        max_length=300, help_text="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU, FREQ=MONTHLY;BYDAY=-1FR, FREQ=MONTHLY;BYMONTHDAY=-1"
    )
    starts_on = serializers.DateField(help_text="The first meeting is on the first of the rule's days from here on.")
    at = serializers.TimeField()
    lasts = serializers.IntegerField(min_value=5, max_value=1440, required=False, help_text="Minutes.")
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SeriesBegin(RuleFields):
    council = Reference(Council)


class SeriesChange(RuleFields):
    reason = serializers.CharField(max_length=meetings.LONGEST_REASON)


class SeriesEnd(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=meetings.LONGEST_REASON)


class OccurrenceReply(serializers.Serializer[Any]):
    """One meeting of a series: where its rule put it, and where it stands."""

    reference = serializers.CharField()
    slot = serializers.DateTimeField()
    starts_at = serializers.DateTimeField()
    lasts = serializers.IntegerField()
    place = serializers.CharField()
    state = serializers.CharField()
    is_moved = serializers.BooleanField()
    because = serializers.CharField(help_text="Why it was moved or called off.")


def _read(asked: dict[str, Any]) -> dict[str, Any]:
    """The payload with its rule read; what the rule leaves open is as on its first day."""
    first: date = asked["starts_on"]
    return {**asked, "rule": recurrence.read(asked["rule"], first)}


@extend_schema_view(
    list=extend_schema(
        summary="The series of meetings", parameters=[OpenApiParameter("council", str, description="Its reference.")]
    ),
    retrieve=extend_schema(summary="One series"),
)
class MeetingSeriesSet(Idempotent, Resource):
    model = MeetingSeries
    serializer_class = SeriesReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[MeetingSeries]:
        rows = queries.listed(viewer, now)
        asked = self.request.query_params
        return rows.filter(council__subject__reference=asked["council"]) if asked.get("council") else rows

    @extend_schema(summary="Let a council meet by a rule", request=SeriesBegin, responses={201: SeriesReply})
    def create(self, request: Request) -> Response:
        made = services.begin(**_read(self.payload(SeriesBegin)), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(
        summary="Another rule from a day on; what is planned keeps its agenda",
        request=SeriesChange,
        responses=SeriesReply,
    )
    @action(detail=True, methods=["post"])
    def change(self, request: Request, reference: str) -> Response:
        series, asked = self.get_object(), _read(self.payload(SeriesChange))
        services.change(series=series, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(series.pk))

    @extend_schema(summary="End it; what is planned is called off", request=SeriesEnd, responses=SeriesReply)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, reference: str) -> Response:
        series, asked = self.get_object(), self.payload(SeriesEnd)
        services.end(series=series, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(series.pk))

    @extend_schema(summary="What is to come of it", responses=OccurrenceReply(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def occurrences(self, request: Request, reference: str) -> Response:
        to_come, _past = queries.occurrences(self.get_object(), self.now)
        return Response(OccurrenceReply(to_come, many=True).data)
