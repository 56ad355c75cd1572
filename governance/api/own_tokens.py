"""``/api/v1/tokens/``: one's own ways in for machines."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.base import Resource
from governance.api.tokens import digest, issue
from governance.errors import Refused
from governance.models import ApiToken, Person


class TokenReply(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ("id", "label", "may_write", "created_at", "expires_at", "last_used_at")


class TokenIssued(TokenReply):
    token = serializers.CharField(help_text="Told this once; only its digest is kept.")

    class Meta(TokenReply.Meta):
        fields = (*TokenReply.Meta.fields, "token")  # type: ignore[assignment]


class TokenIssue(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]  # fields have a label too
    may_write = serializers.BooleanField(default=False)
    days = serializers.IntegerField(min_value=1, max_value=365, default=90)


@extend_schema_view(list=extend_schema(summary="Your tokens"), retrieve=extend_schema(summary="One of your tokens"))
class Tokens(Resource):
    """Not idempotent by key on purpose: the answer holds a secret, which nothing here may keep."""

    model = ApiToken
    serializer_class = TokenReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[ApiToken]:
        return ApiToken.objects.filter(person=viewer).order_by("-pk")

    @extend_schema(summary="Issue a token for yourself", request=TokenIssue, responses={201: TokenIssued})
    def create(self, request: Request) -> Response:
        if isinstance(request.auth, ApiToken):
            raise Refused("A token cannot issue tokens. Sign in yourself.")
        token = issue(person=self.viewer, now=self.now, **self.payload(TokenIssue))
        kept = ApiToken.objects.get(digest=digest(token))
        return Response({**TokenReply(kept).data, "token": token}, status=201)

    @extend_schema(summary="End a token, now", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        self.get_object().delete()
        return Response(status=204)
