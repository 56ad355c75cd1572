"""``/api/v1/search/``: what is called like this, as far as the reader may see it."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.paging import Pages
from governance.models import Person, Subject, SubjectKind
from governance.queries import search as queries


class HitReply(serializers.Serializer[Any]):
    """One thing; ``reference`` is its public one, a person's is their number. ``note``: who is there."""

    kind = serializers.CharField()
    reference = serializers.CharField()
    title = serializers.CharField()
    path = serializers.CharField()
    note = serializers.CharField()


class Search(viewsets.GenericViewSet[Any]):
    """People by name, everything else by title or reference."""

    pagination_class = Pages
    queryset = Subject.objects.none()  # for the schema; what is found is not of one model

    @extend_schema(
        summary="Find by name, title or reference",
        parameters=[
            OpenApiParameter("q", str, description="Two signs at least; every word must be in the title."),
            OpenApiParameter("kind", str, enum=SubjectKind.values),
        ],
        responses=HitReply(many=True),
    )
    def list(self, request: Request) -> Response:
        words, kind = request.query_params.get("q", "")[:200], request.query_params.get("kind", "")
        known = kind if kind in SubjectKind.values else ""
        hits = queries.search(words, cast(Person, request.user), timezone.now(), kind=known)
        page = self.paginate_queryset(cast(Any, hits)) or []
        return self.get_paginated_response(HitReply(page, many=True).data)
