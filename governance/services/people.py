"""People: joining, being away, leaving."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events, zones
from governance.errors import Conflict, Invalid, Refused, Stale
from governance.models import ApiToken, Department, Organisation, Person, Seat, Tenure
from governance.queries import sheets
from governance.queries.people import choice_of
from governance.services import buttons, journal, seats, successions
from governance.sheets.judging import Line, Outcome, Plan, Unfit
from governance.sheets.tables import Row

JOINED = events.declare("governance.person.joined", says=gettext_lazy("{by} added {person}"))
TAKEN_IN = events.declare(
    "governance.people.taken_in", says=gettext_lazy("{by} added {added} people from a sheet, and changed {changed}")
)
LEFT = events.declare("governance.person.left", says=gettext_lazy("{by} ended the access of {person}"))


def root_subject() -> int:
    """Journal entries about people hang on the root: the organisation's own subject."""
    root = Organisation.objects.values_list("root_id", flat=True).get()
    if root is None:
        raise Conflict(_("Start the organisation first."))
    return root


@transaction.atomic
def add(
    *,
    email: str,
    name: str,
    by: Person | None,
    now: datetime,
    password: str | None = None,
    zone: str = "",
    language: str = "en",
) -> Person:
    """Add a person. Raises :class:`Invalid` at the field."""
    organisation = Organisation.objects.select_related("calendar", "root").get()
    if by is not None and organisation.root is not None:
        access.require(by, access.LEAD, organisation.root, now)
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise Invalid(_("Write an e-mail address like li@example.org."), field="email") from error
    if not name.strip():
        raise Invalid(_("Write the person's name."), field="name")
    if zone and zone not in zones.known():
        raise Invalid(_("Choose a time zone such as Europe/Berlin."), field="zone")
    if language not in dict(settings.LANGUAGES):
        raise Invalid(
            _("Choose a language: %(known)s.") % {"known": ", ".join(dict(settings.LANGUAGES))}, field="language"
        )
    if Person.objects.filter(email__iexact=email.strip()).exists():
        raise Invalid(_("Somebody has this e-mail address already. Look them up instead."), field="email")
    person = Person.objects.create_user(
        email, password, name=name.strip(), zone=zone or organisation.zone, language=language
    )
    journal.record(JOINED, subject=root_subject(), by=by, now=now, person=person.pk)
    access.sync([person.pk])
    return person


@transaction.atomic
def take_in(*, rows: Sequence[Row], by: Person, now: datetime, leave_out: bool = False) -> Plan:
    """Add and change people as a sheet says: all rows or none, or with ``leave_out`` those that are in order.

    Sent twice it does nothing the second time. One journal entry, one projection of grants. Raises :class:`Unfit` with
    the plan where rows need their sender.
    """
    Organisation.objects.select_for_update().get()  # of two sheets at once the second is judged by what the first did
    plan = sheets.judge_people(rows, by, now)
    if plan.problems and not leave_out:
        raise Unfit(_("Some rows need you. Mend them, or leave them out."), plan)
    new, changed = plan.of(Outcome.NEW), plan.of(Outcome.CHANGED)
    if not new and not changed:
        return plan
    made = Person.objects.bulk_create(
        [
            Person(
                email=line.wish.email,
                name=line.wish.name,
                zone=line.wish.zone,
                language=line.wish.language,
                password=make_password(None),
            )
            for line in new
        ],
        batch_size=500,
    )
    known = Person.objects.in_bulk([line.key for line in changed])
    Person.objects.bulk_update(
        [_amended(known[line.key], line) for line in changed if line.key], ["name", "zone", "language"], batch_size=500
    )
    who = {line.number: person for line, person in zip(new, made, strict=True)}
    who |= {line.number: known[line.key] for line in changed if line.key}
    _take_seats([*new, *changed], who, by, now)
    journal.record(
        TAKEN_IN,
        subject=root_subject(),
        by=by,
        now=now,
        added=len(new),
        changed=len(changed),
        people=[person.pk for person in who.values()],
    )
    access.sync([person.pk for person in who.values()])
    return replace(plan, made=tuple(person.pk for person in made))


def _amended(person: Person, line: Line) -> Person:
    person.name, person.zone, person.language = line.wish.name, line.wish.zone, line.wish.language
    return person


def _take_seats(lines: Sequence[Line], who: dict[int, Person], by: Person, now: datetime) -> None:
    """Found and fill the seats that rows ask for, each by the rules of its own service."""
    wanted = [(who[line.number], seating) for line in lines for seating in line.wish.seating]
    known = Seat.objects.select_related("subject", "department").in_bulk([one.seat for _who, one in wanted if one.seat])
    places = Department.objects.in_bulk({one.department for _who, one in wanted})
    for person, one in wanted:
        seat = known.get(one.seat or 0) or seats.found(
            kind=one.kind, department=places[one.department], title=one.title, by=by, now=now
        )
        seats.seat_person(seat=seat, person=person, by=by, now=now, projects=False)


@transaction.atomic
def end_access(*, person: Person, by: Person, now: datetime) -> Person:
    """End somebody's access at once: sessions, tokens, links and tenures end with it; their seats stand vacant.

    A deputy acts meanwhile. For each seat that they held, somebody owes its filling, and somebody else (or the same
    person) owes its hand-over: see ``vacancies`` and ``successions``. Raises :class:`Conflict` for the last
    administrator.
    """
    organisation = Organisation.objects.select_related("root").get()
    if organisation.root is not None:
        access.require(by, access.LEAD, organisation.root, now)
    person = Person.objects.select_for_update().get(pk=person.pk)
    runs = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=now), person=person)
    administers = runs.filter(seat__kind__in=seats.ADMINISTER).exists()
    held = seats.vacate(person=person, now=now)
    if administers:
        seats.require_administrator(now)
    person.is_active = False
    # Another password ends every session: the hash that a session carries is not this person's any more.
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    ApiToken.objects.filter(person=person).delete()
    buttons.revoke(person=person, now=now)
    journal.record(LEFT, subject=root_subject(), by=by, now=now, person=person.pk)
    access.sync([person.pk])
    successions.owe_hand_over(held, now)
    return person


def be_away(*, person: Person, by: Person, until: date | None) -> Person:
    """Say until when one is away; only oneself does. Kept on the person, recorded nowhere: it is nobody's business."""
    if person.pk != by.pk:
        raise Refused(_("Only %(person)s says when they are away.") % {"person": person})
    person.away_until = until
    person.save(update_fields=["away_until"])
    return person


@transaction.atomic
def choose(*, by: Person, language: str | None = None, zone: str | None = None, version: int | None = None) -> Person:
    """Choose one's own language and time zone; what is left out stays. Recorded nowhere, as being away is not.

    ``version`` is that of the choice that one saw (:func:`governance.queries.people.choice_of`). Raises :class:`Stale`
    where it is another by now, :class:`Invalid` at the field: a language that Keep does not speak can be kept, but not
    chosen.
    """
    person = Person.objects.select_for_update().get(pk=by.pk)
    choice = choice_of(person)
    if version is not None and version != choice.version:
        raise Stale(_("Somebody changed this meanwhile. Look at what stands now."))
    if language is not None and language not in dict(choice.languages):
        known = ", ".join(code for code, _name in choice.languages)
        raise Invalid(_("Choose a language: %(known)s.") % {"known": known}, field="language")
    if zone is not None and zone not in zones.known():
        raise Invalid(_("Choose a time zone such as Europe/Berlin."), field="zone")
    person.language = person.language if language is None else language
    person.zone = person.zone if zone is None else zone
    person.save(update_fields=["language", "zone"])
    return person


@transaction.atomic
def set_password(*, person: Person, by: Person, password: str, now: datetime) -> Person:
    """Change one's own password; links that would set another one end with it.

    Recorded nowhere: it is about the door, not about what anybody is accountable for.
    """
    if person.pk != by.pk:
        raise Refused(_("Only %(person)s changes this password.") % {"person": person})
    person.set_password(password)
    person.save(update_fields=["password"])
    for purpose in ("invite", "reset"):
        buttons.revoke(person=person, purpose=purpose, now=now)
    return person
