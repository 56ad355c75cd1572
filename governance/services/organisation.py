"""Starting the organisation: the one row that everything else hangs on."""

import hashlib
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events, zones
from governance.clauses import DecisionRight, Rules
from governance.errors import Conflict, Invalid, Refused, Stale
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
AMENDED = events.declare("governance.organisation.amended", says=gettext_lazy("{by} changed the settings of {subject}"))
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
    subdivision: str = "",
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
    _require_sense(name, zone, currency, language)
    calendars.require_place(country=country, subdivision=subdivision, working_week=working_week)
    calendar = Calendar.objects.create(
        name=_("%(name)s, working days") % {"name": name.strip()},
        zone=zone,
        country=country,
        subdivision=subdivision,
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
    root = _plant(organisation, now)
    person = Person.objects.create_user(
        email, password, name=person_name.strip(), zone=zone, language=language, is_staff=False
    )
    _seat_the_first(person, root, now)
    _adopt_default_charter(currency, now)
    journal.record(STARTED, subject=root.subject, by=person, now=now)
    access.sync()
    return person


def _require_sense(name: str, zone: str, currency: str, language: str) -> None:
    if not name.strip():
        raise Invalid(_("Write your organisation's name."), field="name")
    if zone not in zones.known():
        raise Invalid(_("Choose a time zone such as Europe/Berlin."), field="zone")
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Choose a language."), field="language")
    try:
        exponent(currency)
    except (KeyError, ValueError) as error:
        raise Invalid(_("Write a currency of ISO 4217, such as EUR."), field="currency") from error


def _plant(organisation: Organisation, now: datetime) -> Department:
    """The root of the tree: the organisation itself."""
    subject = subjects.create(SubjectKind.DEPARTMENT, title=organisation.name, now=now)
    root = Department.objects.create(subject=subject, code="ORG", name=organisation.name)
    organisation.root = root
    organisation.save(update_fields=["root"])
    return root


def _seat_the_first(person: Person, root: Department, now: datetime) -> None:
    for kind, title in ((SeatKind.CX_LEAD, _("CX lead")), (SeatKind.ADMINISTRATOR, _("Administrator"))):
        seat = seats.found(kind=kind, department=root, by=None, now=now, title=title)
        seats.seat_person(seat=seat, person=person, by=None, now=now)


def _adopt_default_charter(currency: str, now: datetime) -> None:
    """What holds wherever a council has no charter of its own."""
    version = charters.draft(
        title=_("The programme's default charter"),
        rules=Rules(right=DecisionRight(per_decision=0, currency=currency)),
        purpose=_("Holds wherever a council has no charter of its own."),
        by=None,
        now=now,
        is_default=True,
    )
    charters.ratify(version=version, by=None, now=now)


@transaction.atomic
def amend(*, name: str, language: str, by: Person, now: datetime, version: int | None = None) -> Organisation:
    """Rename the organisation, and say in which language new people are spoken to. The root's name follows."""
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("root__subject").get()
    if organisation.root is not None:
        access.require(by, access.LEAD, organisation.root, now)
    if version is not None and version != organisation.version:
        raise Stale(_("Somebody changed this meanwhile. Look at what stands now."))
    _require_sense(name, organisation.zone, organisation.currency, language)
    root, was = organisation.root, organisation.name
    organisation.name, organisation.language = name.strip(), language
    organisation.keep("name", "language")
    if root is not None and root.name == was:
        root.name = name.strip()
        root.keep("name")
        subjects.rename(root.subject, name.strip())
    if root is not None:
        journal.record(AMENDED, subject=root.subject, by=by, now=now)
    return organisation


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
