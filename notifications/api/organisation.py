"""``/api/v1/organisation/``: what this installation serves, and trying its mail."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.api.base import etag, expected_version
from governance.models import Organisation, Person
from governance.services import organisation as services
from notifications.services import trial


class OrganisationReply(serializers.ModelSerializer[Organisation]):
    zone = serializers.CharField(read_only=True)
    working_week = serializers.CharField(
        source="calendar.working_week", read_only=True, help_text="Monday to Sunday: 1 is a working day."
    )
    country = serializers.CharField(source="calendar.country", read_only=True)
    subdivision = serializers.CharField(source="calendar.subdivision", read_only=True)

    class Meta:
        model = Organisation
        fields = ("name", "language", "currency", "zone", "working_week", "country", "subdivision", "version")
        read_only_fields = ("currency", "version")


class OrganisationWish(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150)
    language = serializers.CharField(max_length=10)


class TrialReply(serializers.Serializer[Any]):
    sent_to = serializers.EmailField()


class OrganisationView(APIView):
    """The organisation."""

    @extend_schema(summary="The organisation", responses=OrganisationReply)
    def get(self, request: Request) -> Response:
        return _told(Organisation.objects.select_related("calendar").get())

    @extend_schema(summary="Change its settings", request=OrganisationWish, responses=OrganisationReply)
    def put(self, request: Request) -> Response:
        given = OrganisationWish(data=request.data)
        given.is_valid(raise_exception=True)
        kept = services.amend(
            **given.validated_data,
            by=cast(Person, request.user),
            now=timezone.now(),
            version=expected_version(request),
        )
        return _told(kept)


class TrialView(APIView):
    """A test mail to oneself."""

    @extend_schema(summary="Send me a test mail", request=None, responses=TrialReply)
    def post(self, request: Request) -> Response:
        return Response({"sent_to": trial.send(by=cast(Person, request.user), now=timezone.now())})


def _told(organisation: Organisation) -> Response:
    body = OrganisationReply(organisation).data
    return Response(body, headers={"ETag": etag(organisation, body)})
