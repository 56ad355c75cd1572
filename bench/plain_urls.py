"""What a plain project would write for the list of actions: the limit of the line ``list_api``."""

from typing import Any

from django.urls import path
from rest_framework import serializers, viewsets
from rest_framework.pagination import PageNumberPagination

from actions.models import ActionItem


class PlainAction(serializers.ModelSerializer[Any]):
    reference = serializers.CharField(source="subject.reference")
    title = serializers.CharField(source="subject.title")
    seat = serializers.CharField(source="seat.subject.reference")
    department = serializers.CharField(source="department.subject.reference")
    council = serializers.CharField(source="council.subject.reference")

    class Meta:
        model = ActionItem
        fields = (
            "reference", "title", "state", "health", "progress", "seat", "department", "council", "proof", "promised",
            "allocated", "version",
        )  # fmt: skip


class Pages(PageNumberPagination):
    page_size = 50


class PlainActions(viewsets.ReadOnlyModelViewSet[Any]):
    authentication_classes = ()
    permission_classes = ()
    filter_backends = ()
    serializer_class = PlainAction
    pagination_class = Pages
    audiences: tuple[int, ...] = ()

    def get_queryset(self) -> Any:
        return (
            ActionItem.objects.filter(subject__audience_id__in=self.audiences)
            .select_related("subject", "seat__subject", "department__subject", "council__subject")
            .order_by("pk")
        )


urlpatterns = [path("plain/", PlainActions.as_view({"get": "list"}))]
