"""Whether and when I am mailed, over the API."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.models import Person
from notifications.models import Preference
from notifications.services import inbox as service


class PreferenceSerializer(serializers.ModelSerializer[Preference]):
    """Hours are whole hours of one's own clock; 24 is midnight."""

    class Meta:
        model = Preference
        fields = ("wants_mail", "from_hour", "until_hour")


class PreferenceView(APIView):
    """My preference."""

    @extend_schema(responses=PreferenceSerializer)
    def get(self, request: Request) -> Response:
        stored = Preference.objects.filter(person=cast(Person, request.user)).first() or Preference()
        return Response(PreferenceSerializer(stored).data)

    @extend_schema(request=PreferenceSerializer, responses=PreferenceSerializer)
    def put(self, request: Request) -> Response:
        given = PreferenceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = {name: getattr(Preference(), name) for name in PreferenceSerializer.Meta.fields} | given.validated_data
        return Response(PreferenceSerializer(service.prefer(by=cast(Person, request.user), **wanted)).data)
