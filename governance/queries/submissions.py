"""A version before its sponsors: who was asked, who signed and how, and what its reader can do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from governance import access
from governance.clauses import Rules
from governance.models import CharterState, CharterVersion, Duty, DutyKind, Person, Seat, Signature, Signed, Submission
from governance.queries.charters import mandate_of, rules_of
from governance.queries.people import may_place
from governance.queries.seats import answering, cx_lead_seat, movers


@dataclass(frozen=True, slots=True)
class Asked:
    """One seat that was asked to sign, with its signature or, while it is awaited, who answers for the seat today."""

    seat: Seat
    signature: Signature | None
    who: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a version stands on its way into force, for one reader."""

    submission: Submission | None
    asked: list[Asked]
    others: list[Signature]
    """Signatures that no sponsor gave: the CX lead's, who put it into force for a time."""
    refusal: Signature | None
    """Why the version went back to draft the last time, while it is a draft."""
    may_submit: bool
    may_withdraw: bool
    may_sign: bool
    may_hold: bool
    """May be put into force provisionally, by this reader."""
    days: int
    """For how many days it would hold then."""

    @property
    def awaits(self) -> bool:
        return self.submission is not None and self.submission.closed_at is None

    @property
    def signed(self) -> int:
        return sum(one.signature is not None for one in self.asked)


def waiting(charter_ids: Iterable[int]) -> dict[int, CharterVersion]:
    """The version of each charter that waits for signatures, where there is one. Two statements."""
    listed = list(charter_ids)
    if not listed:
        return {}
    found = Submission.objects.filter(charter_version__charter__in=listed, closed_at=None).select_related(
        "charter_version__charter__subject"
    )
    return {one.charter_version.charter_id: one.charter_version for one in found}


def in_full(charter_ids: Iterable[int]) -> dict[int, list[str]]:
    """What each charter's submitted version says, a line each: for whoever reads it where there is no page."""
    return {
        key: [f"{name}: {' / '.join(lines)}" for _key, name, lines in mandate_of(version)]
        + [rule.sentence for rule in rules_of(version)]
        for key, version in waiting(charter_ids).items()
    }


def standing(version: CharterVersion, viewer: Person, now: datetime) -> Standing:
    """How ``version`` stands, and what ``viewer`` may do; the charter is one that the viewer may see."""
    submission = version.submissions.prefetch_related("seats__subject").order_by("-pk").first()
    given = Signature.objects.filter(submission=submission) if submission else Signature.objects.none()
    signatures = list(given.select_related("person", "seat__subject").order_by("at", "pk"))
    of_seat = {one.seat_id: one for one in signatures if one.verdict != Signed.PROVISIONAL}
    seats = sorted(submission.seats.all(), key=lambda seat: seat.pk) if submission else []
    open_ones = [seat.pk for seat in seats if seat.pk not in of_seat]
    is_open = submission is not None and submission.closed_at is None
    who = movers(open_ones, now) if is_open else {}
    due: dict[int, date | None] = dict(
        Duty.objects.filter(
            subject_id=version.charter_id, kind=DutyKind.RATIFY, closed_at=None, seat_id__in=open_ones
        ).values_list("seat_id", "due_on")
    )
    drafts = may_place(viewer, now)
    here = answering(open_ones, now) if is_open else {}
    days = Rules.from_json(version.rules).provisional.days
    first = not version.charter.versions.exclude(pk=version.pk).filter(ratified_at__isnull=False).exists()
    is_submitted = version.state == CharterState.SUBMITTED
    return Standing(
        submission=submission,
        asked=[
            Asked(seat, of_seat.get(seat.pk), who[seat.pk].name if seat.pk in who else "", due.get(seat.pk))
            for seat in seats
        ],
        others=[one for one in signatures if one.verdict == Signed.PROVISIONAL],
        refusal=next((one for one in signatures if one.verdict == Signed.REFUSED), None)
        if version.state == CharterState.DRAFT
        else None,
        may_submit=drafts and version.state == CharterState.DRAFT,
        may_withdraw=drafts and is_submitted,
        may_sign=viewer.is_active and any(one.person_id == viewer.pk for one in here.values()),
        may_hold=is_submitted and days > 0 and first and access.holds(viewer, cx_lead_seat().pk, now),
        days=days,
    )
