"""Whoever left long ago stands in the record under a number: what a redaction does, done by the clock.

Only who is gone for good and beyond doubt: the journal says when the access ended, no seat was held or deputised since,
none is offered, and what they held is handed over. What was decided, promised and verified stays, and keeps counting.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext_lazy

from governance import events
from governance.models import Duty, DutyKind, JournalEntry, Nomination, Person, Tenure
from governance.models.nominations import OPEN_NOMINATIONS
from governance.naming import pattern
from governance.queries import languages
from governance.retention import declare
from governance.services import journal, redaction
from governance.services.people import LEFT, root_subject

log = structlog.get_logger(__name__)

ANONYMISED = events.declare(
    "governance.person.anonymised",
    says=gettext_lazy("The name and the address of {person}, who had left, were taken out of the record"),
)
_IS_NONE = re.compile(r"^redacted-[0-9]+@invalid$")
"""The address of whoever was redacted, by hand or by the clock."""
AT_ONCE = 25
"""People a day: each is looked for in every free text. After an upgrade with many leavers the rest follows."""


def due(moment: datetime) -> QuerySet[Person]:
    """Who left before a moment and has had nothing to do with it since."""
    # The facts of other events are never read as a number: the database may look at a condition in any order.
    of_leaving = Case(When(event=LEFT.name, then=KeyTextTransform("person", "facts")))
    left = JournalEntry.objects.filter(event=LEFT.name).annotate(who=Cast(of_leaving, BigIntegerField()))
    left = left.exclude(who=None)
    sat = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=moment), person=OuterRef("pk"))
    to_be_handed_over = Duty.objects.filter(kind=DutyKind.HAND_OVER, closed_at=None).values("subject_id")
    return (
        Person.objects.filter(is_active=False, pk__in=left.filter(at__lt=moment).values("who"))
        .exclude(pk__in=left.filter(at__gte=moment).values("who"))
        .exclude(email__regex=_IS_NONE.pattern)
        .exclude(Exists(sat))
        .exclude(Exists(Nomination.objects.filter(person=OuterRef("pk"), state__in=OPEN_NOMINATIONS)))
        .exclude(Exists(Tenure.objects.filter(person=OuterRef("pk"), seat_id__in=to_be_handed_over)))
    )


def anonymise(rows: QuerySet[Any], now: datetime) -> int:
    """Anonymise those who are due, the longest known first. Returns how many. Called again it does nothing."""
    people = list(rows.order_by("pk")[:AT_ONCE])
    if not people:
        return 0
    words = {person.pk: looked_for(person) for person in people}
    # Files first: whoever dies in between finds the people due again, and overdraws nothing twice.
    _files, unread = redaction.out_of_files([word for of_one in words.values() for word in of_one])
    if unread:
        log.info("leavers.files_not_looked_into", files=len(unread))
    with translation.override(languages.of_papers()):
        return sum(_anonymise(person, words[person.pk], rows, now) for person in people)


@transaction.atomic
def _anonymise(person: Person, words: Sequence[str], rows: QuerySet[Any], now: datetime) -> bool:
    if (
        Person.objects.select_for_update().filter(pk=person.pk).first() is None
        or not rows.filter(pk=person.pk).exists()
    ):
        return False  # another process was quicker
    redaction.out_of_tables(words)
    redaction.forget_person(person)
    journal.record(ANONYMISED, subject=root_subject(), by=None, now=now, person=person.pk)
    return True


def anonymised_from(person: Person) -> datetime | None:
    """When the clock will anonymise somebody whose access has ended; None while it will not, or has."""
    if person.is_active or not TERM.kept_days or _IS_NONE.fullmatch(person.email):
        return None
    left = JournalEntry.objects.filter(event=LEFT.name, facts__person=person.pk).order_by("-at").first()
    return left.at + timedelta(days=TERM.kept_days) if left is not None else None


def looked_for(person: Person) -> list[str]:
    """What is taken out of texts: the address; the name where it means nobody and nothing else.

    Nobody looks at it as they do when somebody redacts. A name of one word is in texts that do not mean the person, and
    that of a namesake stays readable while the namesake is known here.
    """
    name = person.name.strip()
    words = [person.email]
    if len(name.split()) > 1 and len(name.replace(" ", "")) >= redaction.LEAST:
        what = pattern([name])
        others = Person.objects.exclude(pk=person.pk).values_list("name", flat=True)
        if not redaction.is_called_so([name], apart=person) and not any(what.search(other) for other in others):
            words.append(name)
    return [word for word in words if word.strip()]


TERM = declare(
    "leavers",
    says=gettext_lazy("Name and address of whoever left, counted from the day on which their access ended"),
    days=1095,
    due=due,
    does=anonymise,
    ends=gettext_lazy("anonymised (“Former member 17” in every record; what was theirs alone is deleted)"),
)
