"""My address, over the API: whether mail reaches it, and confirming that it is right."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.models import Person
from governance.services import addresses


class AddressSerializer(serializers.ModelSerializer[Person]):
    """``mail_refused`` are the mail server's words; both are empty while mail is tried."""

    class Meta:
        model = Person
        fields = ("email", "mail_refused_at", "mail_refused")
        read_only_fields = fields


class AddressView(APIView):
    """My address."""

    @extend_schema(responses=AddressSerializer)
    def get(self, request: Request) -> Response:
        return Response(AddressSerializer(cast(Person, request.user)).data)

    @extend_schema(summary="Say that it is right", request=None, responses=AddressSerializer)
    def post(self, request: Request) -> Response:
        return Response(AddressSerializer(addresses.confirm(by=cast(Person, request.user))).data)
