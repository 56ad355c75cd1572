"""Digests look at the views that people want to be told of, shortly before they go out.

Where there is something to tell, one message to the person is stored; what it says is computed when it is sent. Each
look is taken once, whoever sweeps: the view's next look and the message are one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from governance.models import Person, SavedView, ViewCadence
from governance.services.people import root_subject
from notifications.families import Family
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Message, MessageState
from notifications.queries import told_views
from notifications.queries.choices import Choice, choices_of
from notifications.reach import next_look
from notifications.services import outbox

AT_ONCE = 500
"""Views to a turn."""


def look(now: datetime) -> int:
    """Take the looks that are due, and find out when the others are. Returns how many people are to be told.

    One statement where nothing is due: the look of everybody else stands in an index.
    """
    told, is_more = 0, True
    while is_more:
        views = _due(now)
        is_more = len(views) == AT_ONCE
        people = {view.person_id: view.person for view in views}
        choices = choices_of(people, now) if people else {}
        for key, mine in groupby(views, lambda view: view.person_id):
            told += _look(people[key], list(mine), choices[key], now)
    return told


def _due(now: datetime) -> list[SavedView]:
    return list(
        SavedView.objects.exclude(cadence=ViewCadence.NEVER)
        .filter(Q(looks_at=None) | Q(looks_at__lte=now), person__is_active=True)
        .select_related("person")
        .order_by("person_id", "pk")[:AT_ONCE]
    )


def _look(person: Person, views: Sequence[SavedView], choice: Choice, now: datetime) -> bool:
    asked = [view for view in views if view.looks_at is not None]
    is_wanted = choice.wants(Family.VIEWS, Channel.MAIL) and person.mail_refused_at is None
    # Counted before anything is locked: SQLite has one writer.
    told = told_views.of(asked, person, now) if is_wanted else []
    again = {one.view.pk: now + told_views.AGAIN for one in told if one.line.is_faulty}
    news = told_views.news(one for one in told if not one.line.is_faulty)
    with transaction.atomic():
        mine = [view for view in views if _moves_on(view, again.get(view.pk) or _next(view, choice, now))]
        keys = [one.view.pk for one in news if one.view in mine]
        if keys:
            _say(person, keys, now)
    return bool(keys)


def _next(view: SavedView, choice: Choice, now: datetime) -> datetime:
    weekday = view.weekday if view.cadence == ViewCadence.WEEKLY else None
    told_on = view.told_at.astimezone(ZoneInfo(choice.hours.zone)).date() if view.told_at is not None else None
    return next_look(now, choice.hours, choice.works, weekday=weekday, told_on=told_on, is_anew=view.looks_at is None)


def _moves_on(view: SavedView, moment: datetime) -> bool:
    """Set the next look. False where another sweep, or its person, was quicker: then it is theirs."""
    same = SavedView.objects.filter(pk=view.pk, cadence=view.cadence, weekday=view.weekday, looks_at=view.looks_at)
    return bool(same.update(looks_at=moment))


def _say(person: Person, keys: list[int], now: datetime) -> None:
    """Store what is to be told; what still waits for a mail that was not begun tells of these, too."""
    waiting = Message.objects.select_for_update(of=("self",)).filter(
        person=person, kind=Kind.VIEWS, state=MessageState.WAITING
    )
    known = waiting.order_by("-pk").first()
    if known is not None and not Delivery.objects.filter(message=known, channel=Channel.MAIL).exists():
        known.facts = {**known.facts, "views": sorted({*known.facts.get("views", ()), *keys})}
        known.save(update_fields=["facts"])
        return
    outbox.enqueue(
        [
            Message(
                occurrence=f"views:{person.pk}:{now.isoformat()}",
                person=person,
                kind=Kind.VIEWS,
                subject_id=root_subject(),
                facts={"views": keys},
                created_at=now,
                not_before=now,
            )
        ]
    )
