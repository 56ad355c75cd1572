"""``/api/v1/saved-views/``: one's own ways of looking at the list of actions."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from actions.forms.action_lists import ViewForm
from actions.models import SavedView
from actions.services import saved_views as services
from governance.api.base import Idempotent, Resource
from governance.models import Person


class SavedViewReply(serializers.ModelSerializer[SavedView]):
    class Meta:
        model = SavedView
        fields = ("id", "name", "query", "created_at")


class SavedViewKeep(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    query = serializers.CharField(max_length=1000, help_text="The parameters of /api/v1/actions/, as in its address.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        form = ViewForm(attrs, viewer=self.context["viewer"], now=self.context["now"])
        if not form.is_valid():
            raise serializers.ValidationError({name: [str(one) for one in said] for name, said in form.errors.items()})
        return form.cleaned_data


@extend_schema_view(list=extend_schema(summary="Your views"), retrieve=extend_schema(summary="One of your views"))
class SavedViews(Idempotent, Resource):
    model = SavedView
    serializer_class = SavedViewReply
    lookup_field = "pk"
    lookup_url_kwarg = "pk"
    lookup_value_regex = r"\d{1,18}"

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[SavedView]:
        return SavedView.objects.filter(person=viewer)

    @extend_schema(summary="Keep a view", request=SavedViewKeep, responses={201: SavedViewReply})
    def create(self, request: Request) -> Response:
        kept = services.save(**self.payload(SavedViewKeep), by=self.viewer, now=self.now)
        return self.answer(kept, 201)

    @extend_schema(summary="Keep a view no longer", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        services.let_go(key=self.get_object().pk, by=self.viewer, now=self.now)
        return Response(status=204)
