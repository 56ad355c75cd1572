"""``/api/v1/minutes/``: composed from the record, written on, commented on, approved, corrected."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from councils.models import ApprovedMinutes, Council, Meeting, Minutes, MinutesComment, MinutesState
from councils.queries import minutes as queries
from councils.services import minutes as services
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.errors import Absent
from governance.keys import whole
from governance.models import Person
from governance.queries.duties import next_moves


class ApprovedReply(serializers.ModelSerializer[ApprovedMinutes]):
    """One version as it was approved: its digest is SHA-256 of its words."""

    by = serializers.IntegerField(source="by_id", allow_null=True, read_only=True)

    class Meta:
        model = ApprovedMinutes
        fields = ("number", "digest", "reason", "way", "by", "at")


class CommentReply(serializers.ModelSerializer[MinutesComment]):
    key = serializers.IntegerField(source="pk", read_only=True)
    about = serializers.CharField(source="about.item.subject.reference", allow_null=True, default=None)
    by = serializers.IntegerField(source="by_id", read_only=True)
    answered_by = serializers.IntegerField(source="answered_by_id", allow_null=True, read_only=True)

    class Meta:
        model = MinutesComment
        fields = ("key", "number", "about", "by", "text", "at", "answer", "answered_by", "answered_at")


class MinutesReply(Thing):
    council = Reference(Council, source="meeting.council", read_only=True)
    meeting = Reference(Meeting, read_only=True)
    next = serializers.SerializerMethodField(help_text="Who moves next, until when; null once they are approved.")
    approved = ApprovedReply(many=True, read_only=True)
    comments = CommentReply(many=True, read_only=True)

    class Meta(Thing.Meta):
        model = Minutes
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "council",
            "meeting",
            "state",
            "number",
            "introduction",
            "reason",
            "sent_at",
            "comments_until",
            "next",
            "approved",
            "comments",
            "version",
        )

    def get_next(self, minutes: Minutes) -> str | None:
        move = self.context["moves"].get(minutes.pk)
        return f"{move.who} {move.what}" if move is not None else None


class MinutesRecordReply(serializers.Serializer[Any]):
    """The paper: a draft as it is composed now, or a version as it was approved."""

    number = serializers.IntegerField()
    record = serializers.DictField(help_text="Title, facts, introduction, attendance and agenda, in words.")
    text = serializers.CharField(help_text="The words in reading order, a piece a line.")
    digest = serializers.CharField(allow_blank=True, help_text="SHA-256 of what was approved; empty for a draft.")
    is_whole = serializers.BooleanField(help_text="False where words were redacted since.")


class Beginning(serializers.Serializer[Any]):
    meeting = Reference(Meeting, help_text="The reference of a closed meeting.")


class Prose(serializers.Serializer[Any]):
    introduction = serializers.CharField(required=False, allow_blank=True, max_length=services.LONGEST_PROSE)
    notes = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=services.LONGEST_PROSE),
        required=False,
        help_text="A note by the reference of the agenda item.",
    )


class Comment(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=services.LONGEST_COMMENT)
    about = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="The reference of an agenda item; empty: the whole."
    )


class Answer(serializers.Serializer[Any]):
    comment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    text = serializers.CharField(max_length=services.LONGEST_COMMENT)


class Correction(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=services.LONGEST_REASON)


_VERSION = OpenApiParameter("version", int, description="A version that was approved; without it the latest.")


@extend_schema_view(
    list=extend_schema(
        summary="The minutes",
        parameters=[
            OpenApiParameter("council", str, description="Its reference."),
            OpenApiParameter("meeting", str, description="Its reference."),
            OpenApiParameter("state", str, enum=MinutesState.values),
        ],
    ),
    retrieve=extend_schema(summary="Minutes of one meeting"),
)
class MinutesResource(Idempotent, Resource):
    model = Minutes
    serializer_class = MinutesReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Minutes]:
        asked = self.request.query_params
        rows = queries.listed(viewer, now, state=asked.get("state", "")).prefetch_related(
            Prefetch("approved", ApprovedMinutes.objects.order_by("number").defer("record", "text")),
            Prefetch("comments", MinutesComment.objects.select_related("about__item__subject").order_by("pk")),
        )
        if asked.get("meeting"):
            rows = rows.filter(meeting__subject__reference=asked["meeting"])
        return rows.filter(meeting__council__subject__reference=asked["council"]) if asked.get("council") else rows

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"moves": next_moves([row.pk for row in rows], self.now)}

    @extend_schema(
        summary="Have minutes composed of a meeting that was closed before minutes were kept",
        request=Beginning,
        responses={201: MinutesReply},
    )
    def create(self, request: Request) -> Response:
        asked = self.payload(Beginning)
        made = services.write_up(meeting=asked["meeting"], by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(summary="The paper, in words", parameters=[_VERSION], responses=MinutesRecordReply)
    @action(detail=True, methods=["get"], pagination_class=None)
    def record(self, request: Request, reference: str) -> Response:
        minutes = self.get_object()
        return Response(MinutesRecordReply(queries.told(minutes, self._version(minutes))).data)

    @extend_schema(
        summary="The paper as PDF",
        parameters=[_VERSION],
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def pdf(self, request: Request, reference: str) -> HttpResponse:
        minutes = self.get_object()
        made = queries.printed(minutes, self._version(minutes), self.now)
        return HttpResponse(made, content_type="application/pdf")

    def _version(self, minutes: Minutes) -> queries.Version:
        return queries.version_of(minutes, whole(self.request.query_params.get("version", "")))

    @extend_schema(summary="Write prose: nothing of what is recorded", request=Prose, responses=MinutesReply)
    @action(detail=True, methods=["post"])
    def write(self, request: Request, reference: str) -> Response:
        minutes, asked = self.get_object(), self.payload(Prose)
        services.write(minutes=minutes, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(minutes.pk))

    @extend_schema(summary="Send the draft out for comment", request=None, responses=MinutesReply)
    @action(detail=True, methods=["post"], url_path="send-out")
    def send_out(self, request: Request, reference: str) -> Response:
        minutes = self.get_object()
        services.send_out(minutes=minutes, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(minutes.pk))

    @extend_schema(summary="Comment on it, if you were there", request=Comment, responses={201: MinutesReply})
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, reference: str) -> Response:
        minutes, asked = self.get_object(), self.payload(Comment)
        services.comment(minutes=minutes, **asked, by=self.viewer, now=self.now)
        return self.answer(self.fresh(minutes.pk), 201)

    @extend_schema(summary="Answer a comment", request=Answer, responses=MinutesReply)
    @action(detail=True, methods=["post"], url_path="answer")
    def reply(self, request: Request, reference: str) -> Response:
        minutes, asked = self.get_object(), self.payload(Answer)
        said = MinutesComment.objects.filter(minutes=minutes, pk=asked["comment"])
        found = said.select_related("minutes__meeting__council").first()
        if found is None:
            raise Absent(_("There is nothing here, or nothing that you may see."))
        services.answer(comment=found, text=asked["text"], by=self.viewer, now=self.now)
        return self.answer(self.fresh(minutes.pk))

    @extend_schema(summary="Approve it as the charter says", request=None, responses=MinutesReply)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, reference: str) -> Response:
        minutes = self.get_object()
        services.approve(minutes=minutes, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(minutes.pk))

    @extend_schema(summary="Begin a correction: a new version", request=Correction, responses=MinutesReply)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, reference: str) -> Response:
        minutes, asked = self.get_object(), self.payload(Correction)
        services.correct(minutes=minutes, **asked, by=self.viewer, now=self.now, version=self.expected_version(request))
        return self.answer(self.fresh(minutes.pk))
