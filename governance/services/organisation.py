"""Starting the organisation: the one row that everything else hangs on."""

import hashlib
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.clauses import DecisionRight, Rules
from governance.errors import Conflict, Invalid, Refused
from governance.models import (
    Calendar,
    Department,
    Organisation,
    Person,
    SeatKind,
    SetupCode,
    SubjectKind,
)
from governance.money import exponent
from governance.services import calendars, charters, journal, seats, subjects

STARTED = events.declare("governance.organisation.started", says=gettext_lazy("{by} started {subject}"))
CODE_LIFE = timedelta(hours=24)


def issue_setup_code(*, now: datetime) -> str:
    """A new one-time code for an empty installation, valid for a day; only its digest is kept."""
    if Organisation.objects.exists():
        raise Conflict(_("The organisation was started already. Sign in."))
    code = "-".join(secrets.token_hex(2) for _part in range(3))
    SetupCode.objects.all().delete()
    SetupCode.objects.create(digest=_digest(code), created_at=now)
    return code


@transaction.atomic
def start(
    *,
    name: str,
    zone: str,
    currency: str,
    now: datetime,
    email: str,
    person_name: str,
    password: str,
    code: str | None = None,
    country: str = "",
    working_week: str = "1111100",
    language: str = "en",
    is_demo: bool = False,
) -> Person:
    """Start the organisation and seat its first person as CX lead and administrator.

    From a page ``code`` is the console's one-time code; a command that already stands on the console passes None.
    Raises :class:`Invalid` at the field, :class:`Refused` for a wrong or old code, :class:`Conflict` when started.
    """
    if Organisation.objects.select_for_update().exists():
        raise Conflict(_("The organisation was started already. Sign in."))
    if code is not None:
        _spend(code, now)
    if not name.strip():
        raise Invalid(_("Write your organisation's name."), field="name")
    if zone not in available_timezones():
        raise Invalid(_("Choose a time zone such as Europe/Berlin."), field="zone")
    try:
        exponent(currency)
    except (KeyError, ValueError) as error:
        raise Invalid(_("Write a currency of ISO 4217, such as EUR."), field="currency") from error
    calendar = Calendar.objects.create(
        name=_("%(name)s, working days") % {"name": name.strip()},
        zone=zone,
        country=country,
        working_week=working_week,
    )
    calendars.build(calendar, today=now.astimezone(ZoneInfo(zone)).date())
    organisation = Organisation.objects.create(
        id=1,
        name=name.strip(),
        currency=currency,
        language=language,
        calendar=calendar,
        is_demo=is_demo,
        created_at=now,
    )
    subject = subjects.create(SubjectKind.DEPARTMENT, title=name.strip(), now=now)
    root = Department.objects.create(subject=subject, code="ORG", name=name.strip())
    organisation.root = root
    organisation.save(update_fields=["root"])
    person = Person.objects.create_user(
        email, password, name=person_name.strip(), zone=zone, language=language, is_staff=False
    )
    lead = seats.found(kind=SeatKind.CX_LEAD, department=root, by=None, now=now, title=_("CX lead"))
    admin = seats.found(kind=SeatKind.ADMINISTRATOR, department=root, by=None, now=now, title=_("Administrator"))
    seats.seat_person(seat=lead, person=person, by=None, now=now)
    seats.seat_person(seat=admin, person=person, by=None, now=now)
    version = charters.draft(
        title=_("The programme's default charter"),
        rules=Rules(right=DecisionRight(per_decision=0, currency=currency)),
        purpose=_("Holds wherever a council has no charter of its own."),
        by=None,
        now=now,
        is_default=True,
    )
    charters.ratify(version=version, by=None, now=now)
    journal.record(STARTED, subject=subject, by=person, now=now)
    access.sync()
    return person


def _spend(code: str, now: datetime) -> None:
    spent = SetupCode.objects.filter(
        digest=_digest(code.strip().lower()), used_at=None, created_at__gt=now - CODE_LIFE
    ).update(used_at=now)
    if not spent:
        raise Refused(
            _("This is not the code that the console printed, or it is older than a day. Print a new one there."),
            field="code",
        )


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
