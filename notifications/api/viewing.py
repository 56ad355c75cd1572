"""What the resources here share: they show composites, not subjects, always to one viewer at one moment."""

from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.utils import timezone
from rest_framework import viewsets

from governance.models import Person


class Viewing(viewsets.GenericViewSet[Any]):
    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def viewer(self) -> Person:
        return cast(Person, self.request.user)
