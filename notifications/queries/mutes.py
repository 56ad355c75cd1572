"""What a person muted: shown on the thing's page, and listed to be undone."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from governance import access
from governance.models import Person, Subject
from notifications.models import Mute


def mutes_of(person: Person, now: datetime) -> "QuerySet[Mute]":
    """What ``person`` muted and may still see, by its title."""
    seen = access.subjects_seen(person, now).values("pk")
    return Mute.objects.filter(person=person, subject__in=seen).select_related("subject").order_by("subject__title")


def muted_among(person: Person, subjects: Sequence[int]) -> set[int]:
    """Which of these things ``person`` muted. One statement."""
    return set(Mute.objects.filter(person=person, subject_id__in=subjects).values_list("subject_id", flat=True))


def seen_by_reference(person: Person, reference: str, now: datetime) -> Subject | None:
    """The thing with this reference, if it exists for this person."""
    return access.subjects_seen(person, now).filter(reference=reference).first()
