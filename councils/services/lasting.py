"""What lasts of a decision: what it was based on, when it is looked at again, in which earlier one's place it stands.

A standing decision is one that somebody owes another look at: the duty of the council's secretary is what makes it
stand in the register. It ends when the decision is superseded, taken back, or found to have served its purpose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import evidence, slips
from councils.evidence import Piece
from councils.models import AgendaItem, Decision, DecisionEvidence, DecisionReview, Supersession
from councils.queries import councils as council_queries
from councils.queries import lasting as queries
from governance import access, events
from governance.errors import Absent, Conflict, Invalid
from governance.models import CalendarDay, Duty, DutyKind, Person
from governance.queries.calendars import calendar_of_seat
from governance.services import duties, journal

SUPERSEDED = events.declare(
    "councils.decision.superseded", says=gettext_lazy("{by} put another decision in the place of {subject}")
)
REVIEWED = events.declare(
    "councils.decision.reviewed", says=gettext_lazy("{by} looked at {subject} again: {text}"), by_people=True
)
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Lasting:
    """What is asked for beside a motion: a day, references of earlier decisions, keys of evidence."""

    review_on: date | None = None
    supersedes: Sequence[str] = ()
    evidence: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The same, found and allowed."""

    review_on: date | None = None
    superseded: tuple[Decision, ...] = ()
    evidence: tuple[Piece, ...] = ()


def checked(item: AgendaItem, asked: Lasting, by: Person, now: datetime) -> Checked:
    """Raises :class:`Invalid` at ``review_on``, ``supersedes`` or ``evidence``."""
    if asked.review_on is not None:
        _require_day(item, asked.review_on, now)
    return Checked(
        asked.review_on,
        tuple(_standing(item, reference, by, now) for reference in dict.fromkeys(_named(asked.supersedes))),
        _pieces(item, asked.evidence, by, now),
    )


def keep(decision: Decision, asked: Checked, by: Person, now: datetime) -> None:
    """Store what was named with a decision; one that counts takes the place of earlier ones and is owed another look.

    Within the settling transaction.
    """
    DecisionEvidence.objects.bulk_create(
        DecisionEvidence(decision=decision, key=one.key, label=one.label, words=one.words, about_id=one.about)
        for one in asked.evidence
    )
    if decision.verdict != "valid":
        return
    for old in asked.superseded:
        _supersede(old, decision, by, now)
    if decision.review_on is not None:
        _owe(decision, decision.review_on, now)


def let_go(decision: Decision, now: datetime) -> None:
    """A decision was taken back: nobody looks at it again, and what it took the place of stands as it stood."""
    duties.close_duty(subject_id=decision.pk, kind=DutyKind.RECONSIDER, now=now, outcome=slips.OUTCOME)
    for one in Supersession.objects.select_for_update().filter(new=decision, lapsed_at=None).order_by("pk"):
        one.lapsed_at = now
        one.save(update_fields=["lapsed_at"])
        ended = Duty.objects.filter(subject_id=one.old_id, kind=DutyKind.RECONSIDER, closed_as=SUPERSEDED_AS)
        duties.reopen(ended.filter(closed_at=one.at).values_list("pk", flat=True))


@transaction.atomic
def review(
    *,
    decision: Decision,
    finding: str,
    by: Person,
    now: datetime,
    next_on: date | None = None,
    owed: int | None = None,
) -> Decision:
    """Record a look at a standing decision: it stands until another day, or has served its purpose.

    ``owed`` is the key of the duty that was read: somebody else looked meanwhile where another one is open now.

    Changing what it says takes another decision, which supersedes it. Raises :class:`Absent`, :class:`Refused`,
    :class:`Invalid` at the field, and :class:`Conflict` for one that stands no more.
    """
    if not access.may_see(by, decision.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    access.require(by, council_access.RECORD, decision.council, now)
    decision = Decision.objects.select_for_update(of=("self",)).select_related("subject", "council__charter",
        "council__department", "item__council__department").get(pk=decision.pk)  # fmt: skip
    duty = queries.owed(decision.pk)
    if duty is not None and owed is not None and duty.pk != owed:
        raise Conflict(_("Somebody looked at it meanwhile. Read what they found, then say what you find."))
    if duty is None:
        raise Conflict(_("Nobody looks at this decision again: it does not stand, or needs no review."))
    text = finding.strip()
    if not text:
        raise Invalid(_("Say what you found; it stays with the decision."), field="finding")
    if len(text) > LONGEST:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST}, field="finding")
    if next_on is not None:
        _require_day(decision.item, next_on, now, field="next_on")
    DecisionReview.objects.create(decision=decision, at=now, by=by, finding=text, next_on=next_on)
    duties.close_duty(subject_id=decision.pk, kind=DutyKind.RECONSIDER, now=now, outcome="reviewed")
    if next_on is not None:
        _owe(decision, next_on, now)
    journal.record(
        REVIEWED, subject=decision.subject, by=by, now=now, text=text, mentions=[("council", decision.council_id)],
        next_on=next_on.isoformat() if next_on else None,
    )  # fmt: skip
    return decision


SUPERSEDED_AS = "superseded"


# --- steps ---------------------------------------------------------------------------------------------------------


def _named(references: Iterable[str]) -> list[str]:
    return [one.strip().upper() for one in references if one.strip()]


def _standing(item: AgendaItem, reference: str, by: Person, now: datetime) -> Decision:
    """An earlier decision of the same council that counts. Raises :class:`Invalid` at ``supersedes``."""
    found: Decision | None = (
        Decision.objects.visible_to(by, now)
        .select_related("subject")
        .filter(subject__reference=reference, council=item.council_id)
        .first()
    )
    if found is None:
        raise Invalid(
            _("%(reference)s is no decision of this council that you may see.") % {"reference": reference},
            field="supersedes",
        )
    if found.verdict != "valid" or found.taken_back_at is not None or found.lapsed_at is not None:
        raise Invalid(
            _("%(reference)s does not count, so nothing takes its place.") % {"reference": reference},
            field="supersedes",
        )
    newer = Supersession.objects.filter(old=found, lapsed_at=None).select_related("new__subject").first()
    if newer is not None:
        raise Invalid(
            _("%(reference)s was superseded by %(newer)s. Name that one.")
            % {"reference": reference, "newer": newer.new.reference},
            field="supersedes",
        )
    return found


def _pieces(item: AgendaItem, keys: Sequence[str], by: Person, now: datetime) -> tuple[Piece, ...]:
    if not keys:
        return ()
    known = {piece.key: piece for piece in evidence.offered(item, by, now)}
    if set(keys) - set(known):
        raise Invalid(_("This is not linked to the matter any more. Choose from what is."), field="evidence")
    return tuple(piece for key, piece in known.items() if key in keys)


def _require_day(item: AgendaItem, day: date, now: datetime, *, field: str = "review_on") -> None:
    if day <= council_queries.today_of(item.council, now):
        raise Invalid(_("Choose a day to come."), field=field)
    calendar = calendar_of_seat(council_queries.clerk_seat(item.council, now))
    if not CalendarDay.objects.filter(calendar=calendar, day=day).exists():
        raise Invalid(_("The calendar does not reach that far. Choose a nearer day."), field=field)


def _supersede(old: Decision, new: Decision, by: Person, now: datetime) -> None:
    try:
        with transaction.atomic():
            Supersession.objects.create(old=old, new=new, at=now)
    except IntegrityError as error:
        raise Conflict(
            _("%(old)s was superseded meanwhile. Open it to see by what.") % {"old": old.reference}
        ) from error
    duties.close_duty(subject_id=old.pk, kind=DutyKind.RECONSIDER, now=now, outcome=SUPERSEDED_AS)
    journal.record(SUPERSEDED, subject=old.subject, by=by, now=now, mentions=[("decision", new.pk)])


def _owe(decision: Decision, day: date, now: datetime) -> None:
    """The secretary owes another look by the day that was set; else the chair."""
    council = decision.council
    version = duties.rules_in_force(council.charter, now)
    duties.open_duty(
        subject_id=decision.pk,
        kind=DutyKind.RECONSIDER,
        seat=council_queries.clerk_seat(council, now),
        now=now,
        rules=version,
        due_on=day,
        overseer_id=council.pk,
    )
