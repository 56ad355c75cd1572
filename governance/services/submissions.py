"""A draft's way into force: submitted to named sponsors, who each ratify it or refuse it with a reason."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.clauses import Rules
from governance.errors import Conflict, Invalid, Refused
from governance.mandates import Mandate
from governance.models import (
    Charter,
    CharterState,
    CharterVersion,
    Duty,
    DutyKind,
    Person,
    Seat,
    Signature,
    Signed,
    SignedBy,
    Submission,
    SubmissionEnd,
)
from governance.queries.seats import cx_lead_seat
from governance.services import charters, duties, journal

SUBMITTED = events.declare(
    "governance.charter.submitted", says=gettext_lazy("{by} submitted version {number} of {subject} to its sponsors")
)
WITHDRAWN = events.declare(
    "governance.charter.withdrawn", says=gettext_lazy("{by} withdrew version {number} of {subject}")
)
SIGNED = events.declare(
    "governance.charter.signed",
    says=gettext_lazy("{by} signed version {number} of {subject}; other sponsors have still to sign it"),
)
REFUSED = events.declare(
    "governance.charter.refused",
    says=gettext_lazy("{by} refused to ratify version {number} of {subject}: {text}"),
    by_people=True,
)
PROVISIONAL = events.declare(
    "governance.charter.put_into_force_provisionally",
    says=gettext_lazy("{by} put version {number} of {subject} into force until {until}, provisionally"),
)

REVIEWED = events.declare(
    "governance.charter.reviewed",
    says=gettext_lazy("{by} reviewed version {number} of {subject}, and it stays as it is: {text}"),
    by_people=True,
)


@transaction.atomic
def submit(
    *, version: CharterVersion, sponsors: Collection[Seat], by: Person, now: datetime, expected: int | None = None
) -> Submission:
    """Put a draft before its sponsors: from now on its text is frozen, and each of them owes an answer.

    It takes the place of a text that holds provisionally and waits still: one text at a time asks for signatures.
    ``sponsors`` are executive sponsors' seats. Raises :class:`Invalid` at ``sponsors``, :class:`Conflict` where the
    version is no draft or another version of the charter waits for its signatures.
    """
    charters.require_drafting(by, now)
    version = charters.locked(version, expected)
    charters.require_draft(version)
    other = version.charter.versions.filter(state=CharterState.SUBMITTED).exclude(pk=version.pk).first()
    if other is not None:
        raise Conflict(_("Version %(number)d waits for its signatures. Withdraw it first.") % {"number": other.number})
    known = set(charters.sponsor_seats().values_list("pk", flat=True))
    seats = sorted({seat.pk: seat for seat in sponsors}.values(), key=lambda seat: seat.pk)
    if not seats or any(seat.pk not in known for seat in seats):
        raise Invalid(_("Name the executive sponsors who have to ratify it: at least one."), field="sponsors")
    for waiting in Submission.objects.filter(charter_version__charter=version.charter_id, closed_at=None):
        _close(waiting, SubmissionEnd.WITHDRAWN, now)
    version.state = CharterState.SUBMITTED
    version.keep("state")
    submission = Submission.objects.create(
        charter_version=version, edition=version.version, submitted_at=now, submitted_by=by
    )
    submission.seats.set(seats)
    rules = duties.rules_in_force(version.charter, now)
    within = Rules.from_json(rules.rules).terms.ratify
    for seat in seats:
        duties.open_duty(
            subject_id=version.charter_id, kind=DutyKind.RATIFY, seat=seat, now=now, rules=rules, within=within
        )
    journal.record(
        SUBMITTED,
        subject=version.charter.subject,
        by=by,
        now=now,
        number=version.number,
        mentions=[("sponsor", seat.pk) for seat in seats],
    )
    return submission


@transaction.atomic
def withdraw(*, version: CharterVersion, by: Person, now: datetime, expected: int | None = None) -> CharterVersion:
    """Take a submitted version back to change it. Signatures given to the text as it was count no more."""
    charters.require_drafting(by, now)
    version = charters.locked(version, expected)
    if version.state != CharterState.SUBMITTED:
        raise Conflict(_("Only a version that waits for its signatures can be withdrawn."))
    _close(_waiting(version), SubmissionEnd.WITHDRAWN, now)
    version.state = CharterState.DRAFT
    version.keep("state")
    journal.record(WITHDRAWN, subject=version.charter.subject, by=by, now=now, number=version.number)
    return version


@transaction.atomic
def ratify(
    *,
    version: CharterVersion,
    by: Person,
    now: datetime,
    expected: int | None = None,
    how: str = SignedBy.PAGE,
    sent_to: str = "",
) -> CharterVersion:
    """Sign a submitted version, for every seat of it that ``by`` answers for; the last signature puts it into force.

    A deputy signs only in the holder's absence. Raises :class:`Stale` when the text is not the one (``expected``) that
    was read, :class:`Refused` for whoever was not asked, :class:`Conflict` where nothing waits for a signature.
    """
    version = charters.locked(version, expected)
    submission = _waiting(version)
    for seat in _mine(submission, by, now):
        _sign(submission, seat, by, Signed.RATIFIED, now, how=how, sent_to=sent_to)
    if _unsigned(submission):
        journal.record(SIGNED, subject=version.charter.subject, by=by, now=now, number=version.number)
        return version
    _close(submission, SubmissionEnd.RATIFIED, now)
    version = charters.enter_into_force(version, by=by, now=now)
    journal.record(charters.RATIFIED, subject=version.charter.subject, by=by, now=now, number=version.number)
    return version


@transaction.atomic
def refuse(
    *,
    version: CharterVersion,
    reason: str,
    by: Person,
    now: datetime,
    expected: int | None = None,
    how: str = SignedBy.PAGE,
    sent_to: str = "",
) -> CharterVersion:
    """Send a submitted version back to draft, saying why. Returns the draft.

    One that was in force provisionally ends with it: decisions under it stand, and the same text is the next draft.
    Raises :class:`Invalid` at ``reason``, and otherwise as :func:`ratify`.
    """
    version = charters.locked(version, expected)
    submission = _waiting(version)
    mine = _mine(submission, by, now)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say what has to change: the draft goes back with your reason."), field="reason")
    for seat in mine:
        _sign(submission, seat, by, Signed.REFUSED, now, reason=reason, how=how, sent_to=sent_to)
    _close(submission, SubmissionEnd.REFUSED, now)
    refused = version.number
    if version.state == CharterState.SUBMITTED:
        version.state = CharterState.DRAFT
        version.keep("state")
    else:
        version = _drafted_anew(version, now)
    journal.record(REFUSED, subject=version.charter.subject, by=by, now=now, text=reason, number=refused)
    return version


@transaction.atomic
def put_into_force_provisionally(
    *, version: CharterVersion, by: Person, now: datetime, expected: int | None = None
) -> CharterVersion:
    """Let a charter's first version hold for the days that it names, while its sponsors' signatures are awaited.

    By whoever answers for the CX lead's seat (DESIGN.md, "Before there is a charter"). Afterwards the programme's
    default charter holds again, unless the sponsors have signed.
    """
    lead = cx_lead_seat()
    if not access.holds(by, lead.pk, now):
        raise Refused(_("The CX lead puts a first charter into force for a time. Ask them."))
    version = charters.locked(version, expected)
    if version.state != CharterState.SUBMITTED:
        raise Conflict(_("Submit the draft to its sponsors first: it holds while their signatures are awaited."))
    require_first(version)
    days = Rules.from_json(version.rules).provisional.days
    if not days:
        raise Conflict(_("Its rules do not let it hold before it is ratified. Wait for its sponsors' signatures."))
    submission = _waiting(version)
    until = now + timedelta(days=days)
    _sign(submission, lead, by, Signed.PROVISIONAL, now)
    charters.enter_into_force(version, by=by, now=now, until=until)
    journal.record(
        PROVISIONAL,
        subject=version.charter.subject,
        by=by,
        now=now,
        number=version.number,
        until=until.date().isoformat(),
    )
    return version


@transaction.atomic
def review(*, charter: Charter, note: str, by: Person, now: datetime) -> Charter:
    """Say that a charter was looked at and stays as it is; it is looked at again after as many months.

    By whoever answers for the seat that owes the review. Raises :class:`Invalid` at ``note``.
    """
    owed = Duty.objects.filter(subject_id=charter.pk, kind=DutyKind.REVIEW, closed_at=None).select_related(
        "seat__subject"
    )
    duty = owed.first()
    if duty is None:
        raise Conflict(_("No review of this charter is due. Draft its next version if something has to change."))
    if not access.holds(by, duty.seat_id, now):
        raise Refused(_("%(seat)s reviews this charter.") % {"seat": duty.seat.title})
    if not note.strip():
        raise Invalid(_("Say what was looked at, and why it stays as it is."), field="note")
    version = CharterVersion.objects.get(charter=charter, state=CharterState.IN_FORCE)
    charters.owe_review(version, now)
    journal.record(REVIEWED, subject=charter.subject, by=by, now=now, text=note.strip(), number=version.number)
    return charter


def came_of(version: CharterVersion) -> str:
    """What a signature came to, in words."""
    words = {"number": version.number}
    if version.ratified_at is not None and not version.is_provisional:
        return _("Version %(number)d is in force. Decisions under earlier versions keep their verdict.") % words
    return _("Signed. Version %(number)d comes into force when the other sponsors have signed.") % words


def require_first(version: CharterVersion) -> None:
    """Pass where no version of the charter was ever in force; raises :class:`Conflict`."""
    if version.charter.versions.exclude(pk=version.pk).filter(ratified_at__isnull=False).exists():
        raise Conflict(_("Only a first charter may hold provisionally. This one had a version in force before."))


# --- steps ---------------------------------------------------------------------------------------------------------


def _waiting(version: CharterVersion) -> Submission:
    submission = Submission.objects.filter(charter_version=version, closed_at=None).first()
    if submission is None:
        raise Conflict(
            _("Version %(number)d waits for no signature. Look at how it stands now.") % {"number": version.number}
        )
    return submission


def _unsigned(submission: Submission) -> list[Seat]:
    signed = submission.signatures.exclude(verdict=Signed.PROVISIONAL).values("seat_id")
    return list(submission.seats.exclude(pk__in=signed).select_related("subject").order_by("pk"))


def _mine(submission: Submission, by: Person, now: datetime) -> list[Seat]:
    """The seats that have still to sign and for which ``by`` answers now. Raises :class:`Refused` with who is asked."""
    unsigned = _unsigned(submission)
    mine = [seat for seat in unsigned if access.holds(by, seat.pk, now)]
    if not mine:
        raise Refused(
            _("This waits for %(seats)s. Whoever answers for the seat today signs.")
            % {"seats": ", ".join(seat.title for seat in unsigned)}
        )
    return mine


def _sign(
    submission: Submission,
    seat: Seat,
    by: Person,
    verdict: str,
    now: datetime,
    *,
    reason: str = "",
    how: str = SignedBy.PAGE,
    sent_to: str = "",
) -> None:
    Signature.objects.create(
        submission=submission, seat=seat, person=by, verdict=verdict, reason=reason, how=how, sent_to=sent_to, at=now
    )
    duties.close_duty(
        subject_id=submission.charter_version.charter_id,
        kind=DutyKind.RATIFY,
        seat_ids=[seat.pk],
        now=now,
        outcome=verdict,
    )


def _close(submission: Submission, end: str, now: datetime) -> None:
    submission.closed_at, submission.closed_as = now, end
    submission.save(update_fields=["closed_at", "closed_as"])
    duties.close_duty(subject_id=submission.charter_version.charter_id, kind=DutyKind.RATIFY, now=now, outcome=end)


def _drafted_anew(version: CharterVersion, now: datetime) -> CharterVersion:
    """A provisional version that was refused holds no more; its text is the next draft."""
    version.state = CharterState.SUPERSEDED
    version.keep("state")
    return charters.draft(
        title=version.charter.title,
        charter=version.charter,
        rules=Rules.from_json(version.rules),
        purpose=version.purpose,
        mandate=Mandate.from_json(version.mandate),
        by=None,
        now=now,
    )
