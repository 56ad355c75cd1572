"""Whether, how often, when and of what I am mailed, over the API."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.errors import Invalid
from governance.models import Person
from notifications.families import SAYS, Family
from notifications.models import Cadence, Channel, Preference
from notifications.queries.choices import choice_of, fixed, wished
from notifications.services import inbox as service


class FamilySerializer(serializers.Serializer[Any]):
    """A family of messages, and by which channel it is wanted. ``fixed`` names the channels that cannot be changed."""

    family = serializers.ChoiceField(choices=[(family.value, family.value) for family in Family])
    title = serializers.CharField(read_only=True)
    inbox = serializers.BooleanField(required=False)
    mail = serializers.BooleanField(required=False)
    fixed = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices), read_only=True)


class PreferenceSerializer(serializers.ModelSerializer[Preference]):
    """Hours are whole hours of one's own clock; 24 is midnight. ``weekday`` 0 is Monday, for a weekly digest.

    What is left out stays as it was.
    """

    cadence = serializers.ChoiceField(choices=Cadence.choices, required=False)
    families = FamilySerializer(many=True, required=False, help_text="What is left out stays as it was.")

    class Meta:
        model = Preference
        fields = ("wants_mail", "from_hour", "until_hour", "cadence", "digest_hour", "weekday", "families")


class PreferenceView(APIView):
    """My preference."""

    @extend_schema(responses=PreferenceSerializer)
    def get(self, request: Request) -> Response:
        return Response(_told(cast(Person, request.user)))

    @extend_schema(request=PreferenceSerializer, responses=PreferenceSerializer)
    def put(self, request: Request) -> Response:
        given = PreferenceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        person = cast(Person, request.user)
        wanted = {name: value for name, value in given.validated_data.items() if name != "families"}
        families = {
            (one["family"], channel): one[channel]
            for one in given.validated_data.get("families", ())
            for channel in Channel.values
            if channel in one
        }
        try:
            service.prefer(by=person, now=timezone.now(), families=families, **wanted)
        except Invalid as error:
            family, _sep, channel = error.field.rpartition("_")
            if (family, channel) in families:
                place = [one["family"] for one in given.validated_data["families"]].index(family)
                raise Invalid(str(error), field=f"families/{place}/{channel}") from error
            raise
        return Response(_told(person))


def _told(person: Person) -> dict[str, Any]:
    choice = choice_of(person, timezone.now())
    hours = choice.hours
    return {
        "wants_mail": choice.wants_mail,
        "from_hour": hours.since,
        "until_hour": hours.until,
        "cadence": hours.cadence,
        "digest_hour": hours.digest,
        "weekday": hours.weekday,
        "families": [
            {
                "family": family.value,
                "title": str(SAYS[family][0]),
                "inbox": wished(choice, family, Channel.INBOX),
                "mail": wished(choice, family, Channel.MAIL),
                "fixed": [channel for channel in Channel.values if fixed(family, channel)],
            }
            for family in Family
        ],
    }
