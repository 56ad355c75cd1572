"""``/api/v1/saved-views/``: one's own ways of looking at a page, and whether the digest tells of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance import kept
from governance.api.base import Idempotent, Resource
from governance.errors import Invalid
from governance.models import Person, SavedView, ViewCadence
from governance.queries import saved_views as queries
from governance.queries.saved_views import Line
from governance.services import saved_views as services

ACTIONS = "actions"
"""The page of a view whose client names none: the first that could be kept."""


class SavedViewReply(serializers.ModelSerializer[SavedView]):
    """``count`` is what you may see now; null where the page counts nothing, failed this time, or is shown
    no longer (``is_gone``).
    """

    address = serializers.SerializerMethodField(help_text="Where its page is; null where it can be shown no longer.")
    count = serializers.SerializerMethodField()
    of = serializers.SerializerMethodField(help_text="The whole that the count is a part of, where there is one.")
    is_gone = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields: ClassVar[Sequence[str]] = (
            "id",
            "page",
            "name",
            "query",
            "address",
            "count",
            "of",
            "is_gone",
            "cadence",
            "weekday",
            "told_count",
            "told_at",
            "created_at",
        )

    def _line(self, view: SavedView) -> Line:
        found: Line = self.context["lines"][view.pk]
        return found

    @extend_schema_field(OpenApiTypes.URI)
    def get_address(self, view: SavedView) -> str | None:
        path = self._line(view).path
        return f"{settings.PUBLIC_URL}{path}" if path else None

    def get_count(self, view: SavedView) -> int | None:
        count = self._line(view).count
        return count.value if count is not None else None

    def get_of(self, view: SavedView) -> int | None:
        count = self._line(view).count
        return count.of if count is not None else None

    def get_is_gone(self, view: SavedView) -> bool:
        return self._line(view).is_gone


_QUERY = "The parameters of the page's address, such as state=open. Empty: the page as it is."


class SavedViewChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=services.LONGEST_NAME, required=False)
    query = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text=_QUERY)
    cadence = serializers.ChoiceField(choices=ViewCadence.choices, required=False)
    weekday = serializers.IntegerField(min_value=0, max_value=6, required=False, help_text="0 is Monday.")


class SavedViewKeep(SavedViewChange):
    page = serializers.CharField(
        max_length=30, default=ACTIONS, help_text="Which page: actions, decisions, review and the like."
    )
    name = serializers.CharField(max_length=services.LONGEST_NAME)
    query = serializers.CharField(max_length=1000, allow_blank=True, help_text=_QUERY)


@extend_schema_view(
    list=extend_schema(
        summary="Your views",
        parameters=[OpenApiParameter("of_page", str, description="Only those of this page, such as actions.")],
    ),
    retrieve=extend_schema(summary="One of your views"),
)
class SavedViews(Idempotent, Resource):
    model = SavedView
    serializer_class = SavedViewReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[SavedView]:
        page = self.request.query_params.get("of_page", "") if self.action == "list" else ""
        return queries.of_person(viewer, page)

    def extras(self, rows: Sequence[SavedView]) -> dict[str, Any]:
        return {"lines": {view.pk: queries.told(view, self.viewer, self.now) for view in rows}}

    def _said(self, of: type[SavedViewChange], page: str = "") -> dict[str, Any]:
        """What was sent. A program hears of a parameter that would narrow nothing; a page's own may have others."""
        said = self.payload(of)
        page = said.get("page", page)
        strange = (
            kept.unknown(kept.PAGES[page], said["query"], self.viewer, self.now)
            if (page in kept.PAGES and said.get("query"))
            else []
        )
        if strange:
            raise Invalid(_("This page is not narrowed by %(names)s.") % {"names": ", ".join(strange)}, field="query")
        return said

    @extend_schema(summary="Keep a view", request=SavedViewKeep, responses={201: SavedViewReply})
    def create(self, request: Request) -> Response:
        made = services.save(**self._said(SavedViewKeep), by=self.viewer, now=self.now)
        return self.answer(made, 201)

    @extend_schema(
        summary="Call a view otherwise, or be told of it otherwise",
        request=SavedViewChange,
        responses=SavedViewReply,
    )
    def update(self, request: Request, pk: str) -> Response:
        view = self.get_object()
        said = self._said(SavedViewChange, view.page)
        changed = services.change(
            key=view.pk, **said, by=self.viewer, now=self.now, version=self.expected_version(request)
        )
        return self.answer(changed)

    @extend_schema(summary="Keep a view no longer", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        version = self.expected_version(request)
        services.let_go(key=self.get_object().pk, by=self.viewer, now=self.now, version=version)
        return Response(status=204)
