"""``/api/v1/themes/``: what was heard, who owes an answer, and giving it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.responses import ResponseReply
from actions.models import FeedbackSource, Theme
from actions.queries import themes as queries
from actions.services import theme_shapes
from actions.services import themes as services
from councils.models import Council
from councils.services import agenda
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.models import Department, Person


class ThemePlaceReply(serializers.Serializer[Any]):
    """A theme in one department."""

    department = Reference(Department)
    heard = serializers.IntegerField(source="routing.heard")
    open_at_source = serializers.IntegerField(source="routing.open_at_source")
    without_target = serializers.IntegerField(source="routing.without_target")
    routed_at = serializers.DateTimeField(source="routing.routed_at")
    rule = serializers.IntegerField(source="routing.rule_id", allow_null=True)
    owed_by = serializers.CharField(source="move.who", default=None, allow_null=True)
    owed_until = serializers.DateField(source="move.by", default=None, allow_null=True)
    answered_at = serializers.DateTimeField(source="response.at", default=None, allow_null=True)


class ThemeReply(Thing):
    heard = serializers.SerializerMethodField()
    open_at_source = serializers.SerializerMethodField()
    without_target = serializers.SerializerMethodField()
    places = serializers.SerializerMethodField()

    class Meta(Thing.Meta):
        model = Theme
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "name",
            "heard",
            "open_at_source",
            "without_target",
            "places",
            "version",
        )

    def _line(self, theme: Theme) -> queries.Line:
        line: queries.Line = self.context["lines"][theme.pk]
        return line

    def get_heard(self, theme: Theme) -> int:
        return self._line(theme).heard

    def get_open_at_source(self, theme: Theme) -> int:
        return self._line(theme).open_at_source

    def get_without_target(self, theme: Theme) -> int:
        return self._line(theme).without_target

    @extend_schema_field(ThemePlaceReply(many=True))
    def get_places(self, theme: Theme) -> Any:
        return ThemePlaceReply(self._line(theme).places, many=True, context=self.context).data


class ThemesNarrowed(serializers.Serializer[Any]):
    department = Reference(Department, required=False)
    source = Reference(FeedbackSource, required=False)  # type: ignore[assignment]  # serializer fields have one too
    answer = serializers.ChoiceField(choices=["owed", "given"], required=False)
    heard_from = serializers.DateField(required=False)
    words = serializers.CharField(required=False, max_length=120)


class Answering(serializers.Serializer[Any]):
    department = Reference(Department)
    text = serializers.CharField(allow_blank=True)


class Proposing(serializers.Serializer[Any]):
    council = Reference(Council)
    ask = serializers.CharField(required=False, allow_blank=True)


class Proposed(serializers.Serializer[Any]):
    """The agenda item that it became."""

    reference = serializers.CharField(source="subject.reference")
    council = Reference(Council)
    state = serializers.CharField()


class Renaming(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)


class Merging(serializers.Serializer[Any]):
    into = Reference(Theme)


class Splitting(serializers.Serializer[Any]):
    """At least one of topics, words and feedback."""

    name = serializers.CharField(max_length=200)
    topics = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False, default=list, max_length=200
    )
    words = serializers.CharField(required=False, default="", allow_blank=True, max_length=120)
    feedback = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, default=list, max_length=5_000, source="rows"
    )


@extend_schema_view(
    list=extend_schema(
        summary="Themes",
        parameters=[
            OpenApiParameter("department", str, description="Reference of a department that it was routed to."),
            OpenApiParameter("source", str, description="Reference of a source that said it."),
            OpenApiParameter("answer", str, enum=["owed", "given"]),
            OpenApiParameter("heard_from", date, description="First heard on this day or later."),
            OpenApiParameter("words", str, description="What the name contains."),
        ],
    ),
    retrieve=extend_schema(summary="One theme"),
)
class Themes(Idempotent, Resource):
    model = Theme
    serializer_class = ThemeReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Theme]:
        if self.action != "list":
            return Theme.objects.visible_to(viewer, now).filter(merged_into=None)
        reader = ThemesNarrowed(data=self.request.query_params, context=self.get_serializer_context())
        reader.is_valid(raise_exception=True)
        return queries.listed(viewer, now, queries.Narrowed(**reader.validated_data))

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        return {"lines": {line.theme.pk: line for line in queries.lines(rows, self.now)}}

    @extend_schema(summary="Say what a department will do about it", request=Answering, responses={201: ResponseReply})
    @action(detail=True, methods=["post"], url_path="answer")
    def give_answer(self, request: Request, reference: str) -> Response:
        given = services.answer(theme=self.get_object(), **self.payload(Answering), by=self.viewer, now=self.now)
        return Response(ResponseReply(given, context=self.get_serializer_context()).data, status=201)

    @extend_schema(summary="Put it onto a council's agenda", request=Proposing, responses={201: Proposed})
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, reference: str) -> Response:
        theme = self.get_object()
        item = agenda.propose(
            about=theme.subject, matter="theme", **self.payload(Proposing), by=self.viewer, now=self.now
        )
        return Response(Proposed(item, context=self.get_serializer_context()).data, status=201)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A theme that was merged leads on to the one that took it up."""
        onward = queries.led_to(kwargs["reference"], self.viewer, self.now)
        if onward is None:
            return super().retrieve(request, *args, **kwargs)
        path = request.path.replace(kwargs["reference"], onward.reference)
        return Response(status=308, headers={"Location": path})

    def _shape(self, service: Callable[..., Theme], reader: type[serializers.Serializer[Any]]) -> Response:
        shaped = service(
            theme=self.get_object(), **self.payload(reader), by=self.viewer, now=self.now,
            version=self.expected_version(self.request),
        )  # fmt: skip
        return self.answer(self.fresh(shaped.pk))

    @extend_schema(summary="Rename it; its history keeps what it was called", request=Renaming, responses=ThemeReply)
    @action(detail=True, methods=["post"])
    def rename(self, request: Request, reference: str) -> Response:
        return self._shape(theme_shapes.rename, Renaming)

    @extend_schema(summary="Merge it into another, which is told", request=Merging, responses=ThemeReply)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, reference: str) -> Response:
        return self._shape(theme_shapes.merge, Merging)

    @extend_schema(summary="Split a new theme off, which is told", request=Splitting, responses=ThemeReply)
    @action(detail=True, methods=["post"])
    def split(self, request: Request, reference: str) -> Response:
        return self._shape(theme_shapes.split, Splitting)

    @extend_schema(summary="Route it again by today's rules", request=None, responses=ThemeReply)
    @action(detail=True, methods=["post"])
    def route(self, request: Request, reference: str) -> Response:
        theme = self.get_object()
        services.route(theme=theme, by=self.viewer, now=self.now)
        return self.answer(self.fresh(theme.pk))
