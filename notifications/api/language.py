"""My language and time zone, over the API."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.api.base import etag, expected_version
from governance.models import Person
from governance.queries.people import choice_of
from notifications.services import inbox as service


class LanguageSerializer(serializers.Serializer[Any]):
    """What is left out stays as it was. ``languages`` may be chosen; until one's own is among those that Keep speaks
    (``spoken``), one reads English. The API itself answers ``Accept-Language``, not this."""

    language = serializers.CharField(max_length=10, required=False)
    zone = serializers.CharField(max_length=64, required=False, help_text="Such as Europe/Berlin.")
    languages = serializers.SerializerMethodField()
    spoken = serializers.SerializerMethodField()

    def get_languages(self, choice: Any) -> list[str]:
        return [code for code, _name in choice.languages]

    def get_spoken(self, choice: Any) -> list[str]:
        return [code for code, _name in choice.spoken]


class LanguageView(APIView):
    """My language and time zone."""

    @extend_schema(summary="My language and time zone", responses=LanguageSerializer)
    def get(self, request: Request) -> Response:
        return _told(cast(Person, request.user))

    @extend_schema(summary="Choose them", request=LanguageSerializer, responses=LanguageSerializer)
    def put(self, request: Request) -> Response:
        given = LanguageSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        kept = service.choose(
            **given.validated_data,
            by=cast(Person, request.user),
            now=timezone.now(),
            version=expected_version(request),
        )
        return _told(kept)


def _told(person: Person) -> Response:
    choice = choice_of(person)
    body = LanguageSerializer(choice).data
    return Response(body, headers={"ETag": etag(choice, body)})
