"""Whose help is asked for what, and what they answered."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from governance.access import holds, seats_of
from governance.errors import Absent
from governance.models import HelpRequest, Person, Subject
from governance.models.subjects import seen_in_passing
from governance.queries.seats import deputies


def seen(viewer: Person, now: datetime) -> QuerySet[HelpRequest]:
    """Requests about things that ``viewer`` may see, newest first."""
    return (
        HelpRequest.objects.filter(seen_in_passing(viewer, now, "duty__"))
        .select_related("duty__subject", "duty__seat__subject", "duty__calendar", "asked__subject", "by", "answered_by")
        .order_by("-asked_at", "-pk")
    )


def one(pk: int, viewer: Person, now: datetime) -> HelpRequest:
    """One request. Raises :class:`Absent`."""
    found = seen(viewer, now).filter(pk=pk).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def about(subject: Subject | int, viewer: Person, now: datetime) -> list[HelpRequest]:
    """What help was asked for with one thing, oldest first."""
    key = subject if isinstance(subject, int) else subject.pk
    return list(seen(viewer, now).filter(duty__subject_id=key).order_by("asked_at", "pk"))


def standing() -> Q:
    """The condition on a request that still waits: not answered, still owed, and for the day that it asked about."""
    return Q(answered_at=None, duty__closed_at=None) & (Q(due_on=F("duty__due_on")) | Q(due_on=None, duty__due_on=None))


def waiting_on(person: Person, now: datetime) -> QuerySet[HelpRequest]:
    """What ``person``'s seats were asked to help with and have not answered, the oldest day first."""
    return seen(person, now).filter(standing(), asked_id__in=seats_of(person, now)).order_by("due_on", "asked_at", "pk")


def may_answer(request: HelpRequest, person: Person, now: datetime) -> bool:
    """Whether ``person`` answers: for the seat that was asked, or as the deputy to whom that passed it on."""
    if holds(person, request.asked_id, now):
        return True
    deputy = deputies([request.asked_id], now).get(request.asked_id) if request.passed_to_id == person.pk else None
    return deputy is not None and deputy.pk == person.pk and person.is_active


def requests_of(responses: Iterable[int]) -> dict[int, int]:
    """For duties to answer the request that each answers. One statement."""
    owed = list(responses)
    if not owed:
        return {}
    found = HelpRequest.objects.filter(duty__responses__in=owed, asked_id=F("duty__responses__seat_id"))
    return dict(found.filter(answered_at=None).order_by("-pk").values_list("duty__responses", "pk"))


def path_of(key: int) -> str:
    """Where a request is answered."""
    return reverse("governance:help-detail", args=[key])
