"""Writing charters and putting their rules into force."""

from calendar import monthrange
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.blueprints import Blueprint
from governance.clauses import Rules, enforces
from governance.errors import Conflict, Refused, Stale
from governance.mandates import Mandate
from governance.models import (
    Charter,
    CharterState,
    CharterVersion,
    Department,
    DutyKind,
    Organisation,
    Person,
    Rung,
    Seat,
    SeatKind,
    Signature,
    Signed,
    SubjectKind,
    Submission,
    SubmissionEnd,
    Tenure,
)
from governance.queries import representing
from governance.queries.calendars import calendar_of_seat, local_day
from governance.queries.seats import cx_lead_seat
from governance.services import carrying, duties, journal, subjects

DRAFTED = events.declare("governance.charter.drafted", says=gettext_lazy("{by} drafted version {number} of {subject}"))
RATIFIED = events.declare(
    "governance.charter.ratified", says=gettext_lazy("{by} ratified version {number} of {subject}")
)


def require_drafting(by: Person, now: datetime) -> None:
    """Pass for whoever may write charters, so that a page can refuse before it shows a form."""
    access.require(by, access.LEAD, _root(), now)


@transaction.atomic
def draft(
    *,
    title: str,
    rules: Rules,
    by: Person | None,
    now: datetime,
    charter: Charter | None = None,
    purpose: str = "",
    mandate: Mandate | None = None,
    is_default: bool = False,
    recorded_by: Person | None = None,
) -> CharterVersion:
    """Write a charter's next version; without ``charter`` a new charter. Needs the right to lead the root.

    Without ``by`` it is the set-up that writes; ``recorded_by`` is whoever had the right to ask it to.
    """
    root = _root()
    if by is not None:
        access.require(by, access.LEAD, root, now)
    rules.check()
    rules = representing.named(rules, by, now)
    mandate = mandate or Mandate()
    mandate.check()
    if charter is None:
        subject = subjects.create(SubjectKind.CHARTER, title=title, now=now, audience=[root.pk])
        charter = Charter.objects.create(subject=subject, is_default=is_default)
    last = charter.versions.order_by("-number").first()
    version = CharterVersion.objects.create(
        charter=charter,
        number=last.number + 1 if last else 1,
        rules=rules.to_json(),
        purpose=purpose,
        mandate=mandate.to_json(),
        created_at=now,
    )
    journal.record(DRAFTED, subject=charter.subject, by=by or recorded_by, now=now, number=version.number)
    return version


@transaction.atomic
def draft_from(*, blueprint: Blueprint, name: str, by: Person | None, now: datetime) -> CharterVersion:
    """A council's charter, drafted from the blueprint for its kind and named after it.

    Whoever founds the council may: the caller has authorised that, and a draft binds nobody.
    """
    return draft(
        title=_("Charter of %(council)s") % {"council": name},
        rules=blueprint.rules_in(Organisation.objects.get().currency),
        purpose=blueprint.purpose,
        mandate=blueprint.mandate,
        by=None,
        now=now,
        recorded_by=by,
    )


@transaction.atomic
def amend(
    *,
    version: CharterVersion,
    rules: Rules,
    by: Person,
    now: datetime,
    purpose: str | None = None,
    mandate: Mandate | None = None,
    expected: int | None = None,
) -> CharterVersion:
    """Change a draft. What was submitted is frozen, and rules in force never change: draft the next version instead.

    ``expected`` is the count of changes that the caller saw; raises :class:`Stale` when somebody was quicker.
    """
    access.require(by, access.LEAD, _root(), now)
    version = locked(version, expected)
    require_draft(version)
    rules.check()
    rules = representing.named(rules, by, now)
    version.rules = rules.to_json()
    version.purpose = version.purpose if purpose is None else purpose
    if mandate is not None:
        mandate.check()
        version.mandate = mandate.to_json()
    version.keep("rules", "purpose", "mandate")
    return version


def require_draft(version: CharterVersion) -> None:
    """Pass for a draft; raises :class:`Conflict` with what can be done instead."""
    if version.state == CharterState.SUBMITTED:
        raise Conflict(
            _("Version %(number)d was submitted and is frozen. Withdraw it to change it.") % {"number": version.number}
        )
    if version.state != CharterState.DRAFT:
        raise Conflict(
            _("Version %(number)d is in force and cannot change. Draft the next one.") % {"number": version.number}
        )


@transaction.atomic
def ratify(*, version: CharterVersion, by: Person | None, now: datetime, expected: int | None = None) -> CharterVersion:
    """Put a draft into force in one step: for setting up an organisation, not for its pages.

    There the draft is submitted to its sponsors and each signs (:mod:`governance.services.submissions`). Without
    ``by`` nobody signs; with it, that sponsor does. Raises :class:`Stale` when the draft is not the one (``expected``)
    that the sponsor read.
    """
    version = locked(version, expected)
    if version.state != CharterState.DRAFT:
        raise Conflict(_("Version %(number)d was ratified already.") % {"number": version.number})
    if by is not None:
        seats = list(sponsor_seats().filter(pk__in=Tenure.objects.at(now).filter(person=by).values("seat_id")))
        if not seats:
            raise Refused(_("An executive sponsor ratifies a charter. Ask one of them to."))
        submission = Submission.objects.create(
            charter_version=version,
            edition=version.version,
            submitted_at=now,
            submitted_by=by,
            closed_at=now,
            closed_as=SubmissionEnd.RATIFIED,
        )
        submission.seats.set(seats)
        for seat in seats:
            Signature.objects.create(submission=submission, seat=seat, person=by, verdict=Signed.RATIFIED, at=now)
    enter_into_force(version, by=by, now=now)
    journal.record(RATIFIED, subject=version.charter.subject, by=by, now=now, number=version.number)
    return version


@enforces("ladder")
@enforces("terms")
def enter_into_force(
    version: CharterVersion, *, by: Person | None, now: datetime, until: datetime | None = None
) -> CharterVersion:
    """Make a locked version the one that holds; with ``until`` for that time only, unless its sponsors sign it.

    The version before it is superseded, decisions under it keep their verdict, and what is owed under it goes on by the
    new one's ladder (:mod:`governance.services.carrying`). One that held provisionally
    becomes full as it stands. The caller has authorised, and records what happened.
    """
    if version.state == CharterState.IN_FORCE:
        version.provisional_until, version.ratified_by = None, by
        version.keep("provisional_until", "ratified_by")
        owe_review(version, now)
        return version
    CharterVersion.objects.filter(charter=version.charter, state=CharterState.IN_FORCE).update(
        state=CharterState.SUPERSEDED
    )
    rules = Rules.from_json(version.rules)
    Rung.objects.bulk_create(
        Rung(charter_version=version, duty_kind=kind, position=position, days=days, target=target)
        for kind in DutyKind.values
        for position, days, target in rules.ladder.rungs(kind)
    )
    version.state, version.ratified_at, version.provisional_until = CharterState.IN_FORCE, now, until
    version.ratified_by = by if until is None else None
    version.keep("state", "ratified_at", "provisional_until", "ratified_by")
    carrying.carry_over(version, now)
    if until is None:
        owe_review(version, now)
    return version


@enforces("review")
def owe_review(version: CharterVersion, now: datetime) -> None:
    """Let the CX lead's seat owe a look at a version in force, as many months from now as its rules say.

    What was owed before is closed: it was reviewed, or another version took its place.
    """
    duties.close_duty(subject_id=version.charter_id, kind=DutyKind.REVIEW, now=now, outcome="reviewed")
    months = Rules.from_json(version.rules).review.months
    if months:
        lead = cx_lead_seat()
        day = local_day(calendar_of_seat(lead), now)
        duties.open_duty(
            subject_id=version.charter_id,
            kind=DutyKind.REVIEW,
            seat=lead,
            now=now,
            rules=version,
            due_on=months_after(day, months),
        )


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on; the month's last where it has none (31 January, 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def sponsor_seats() -> QuerySet[Seat]:
    """The seats whose holders may be asked to ratify a charter."""
    found: QuerySet[Seat] = (
        Seat.objects.filter(kind__in=[SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR], subject__archived_at=None)
        .select_related("subject", "department", "calendar")
        .order_by("kind", "pk")
    )
    return found


def locked(version: CharterVersion, expected: int | None = None) -> CharterVersion:
    """The version as it stands, locked. Raises :class:`Stale` when it is not the one (``expected``) that was read."""
    version = (
        CharterVersion.objects.select_for_update(of=("self",)).select_related("charter__subject").get(pk=version.pk)
    )
    if expected is not None and version.version != expected:
        raise Stale(_("Somebody changed version %(number)d meanwhile. Read it again.") % {"number": version.number})
    return version


def _root() -> Department:
    root = Organisation.objects.select_related("root").get().root
    if root is None:
        raise Conflict(_("Start the organisation first."))
    return root
