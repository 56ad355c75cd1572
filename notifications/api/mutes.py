"""What I muted, over the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import Absent, Invalid
from notifications.api.viewing import Viewing
from notifications.models import Mute
from notifications.queries.mutes import mutes_of, seen_by_reference
from notifications.services import mutes as service


class MuteSerializer(serializers.ModelSerializer[Mute]):
    """A thing whose news I do not want; what I owe or am asked about it still reaches me."""

    subject = serializers.CharField(source="subject.reference", help_text="Public reference.")
    title = serializers.CharField(source="subject.title", read_only=True)

    class Meta:
        model = Mute
        fields = ("subject", "title", "muted_at")
        read_only_fields = ("muted_at",)


class MuteView(Viewing):
    """My mutes."""

    queryset = Mute.objects.none()
    serializer_class = MuteSerializer
    lookup_value_regex = r"[A-Za-z0-9-]+"

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(mutes_of(self.viewer, self.now)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses={201: MuteSerializer})
    def create(self, request: Request) -> Response:
        """Mute a thing. Done twice it stays muted."""
        given: Any = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        subject = seen_by_reference(self.viewer, given.validated_data["subject"]["reference"], self.now)
        if subject is None:
            raise Invalid(_("There is nothing with this reference, or nothing that you may see."), field="subject")
        made = service.mute(by=self.viewer, subject=subject, now=self.now)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, description="Public reference.")],
        responses={204: None},
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Hear of it again."""
        muted = mutes_of(self.viewer, self.now).filter(subject__reference=pk).first()
        if muted is None:
            raise Absent(_("There is nothing here, or nothing that you may see."))
        service.unmute(by=self.viewer, subject=muted.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)
