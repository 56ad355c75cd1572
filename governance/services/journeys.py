"""Drawing journeys, ordering their steps, and naming who answers for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Invalid, Refused, Stale
from governance.models import (
    Department,
    Journey,
    JourneyStep,
    Person,
    Seat,
    SeatKind,
    SubjectKind,
)
from governance.services import journal, seats, subjects

DRAWN = events.declare("governance.journey.drawn", says=gettext_lazy("{by} drew the journey {subject}"))
ARRANGED = events.declare("governance.journey.arranged", says=gettext_lazy("{by} arranged the steps of {subject}"))
OWNED = events.declare("governance.journey_step.owned", says=gettext_lazy("{by} made {seat} answer for {subject}"))

MOST_STEPS = 40
"""Steps of one journey: more is a list of tasks."""

_ASIDE = 10_000
"""Added to each place while steps change places, so that no two ever have the same one."""


@dataclass(frozen=True, slots=True)
class StepWish:
    """A step as somebody wants it: a known one by ``step``, else a new one."""

    title: str
    seat: Seat | None = None
    step: JourneyStep | None = None


@transaction.atomic
def draw(
    *,
    title: str,
    by: Person | None,
    now: datetime,
    purpose: str = "",
    seat: Seat | None = None,
    steps: Sequence[StepWish] = (),
) -> Journey:
    """Draw a journey with its steps in order. What customers go through is the whole organisation's to know.

    By the CX lead and administrators; without ``by`` it is the set-up that draws. Raises :class:`Invalid` at the field.
    """
    root_id = subjects.everybody()
    if by is not None and not may_draw(by, now):
        raise Refused(_("The CX lead and administrators draw journeys. Ask one of them."))
    _check(title, steps, [seat])
    subject = subjects.create(SubjectKind.JOURNEY, title=title.strip(), now=now, audience=[root_id])
    journey = Journey.objects.create(subject=subject, purpose=purpose.strip(), seat=seat)
    for position, wish in enumerate(steps, start=1):
        _add(journey, wish, position, now)
    journal.record(DRAWN, subject=subject, by=by, now=now, steps=len(steps))
    return journey


@transaction.atomic
def arrange(
    *,
    journey: Journey,
    title: str,
    steps: Sequence[StepWish],
    by: Person,
    now: datetime,
    purpose: str = "",
    seat: Seat | None = None,
    version: int | None = None,
) -> Journey:
    """Make a journey as it is wished, its steps in this order; a known step that is left out is taken out.

    By whoever answers for the journey, the CX lead and administrators. Raises :class:`Stale` where somebody was first.
    """
    require_arranging(journey, by, now)
    journey = Journey.objects.select_for_update().select_related("subject").get(pk=journey.pk)
    if version is not None and journey.version != version:
        raise Stale(_("Somebody changed this journey meanwhile. Look again how it stands."))
    standing = {step.pk: step for step in journey.steps.filter(position__isnull=False).select_related("subject")}
    _check(title, steps, [seat])
    known = [wish.step.pk for wish in steps if wish.step is not None]
    if len(known) != len(set(known)) or not set(known) <= standing.keys():
        raise Invalid(_("A step stands in its own journey, once. Look again how it stands."), field="steps")
    journey.steps.filter(position__isnull=False).update(position=F("position") + _ASIDE)
    for position, wish in enumerate(steps, start=1):
        if wish.step is None:
            _add(journey, wish, position, now)
            continue
        step = standing.pop(wish.step.pk)
        if step.title != wish.title.strip():
            subjects.rename(step.subject, wish.title.strip())
        JourneyStep.objects.filter(pk=step.pk).update(position=position, seat=wish.seat)
    for step in standing.values():
        _take_out(step, now)
    if journey.title != title.strip():
        subjects.rename(journey.subject, title.strip())
    journey.purpose, journey.seat = purpose.strip(), seat
    journey.keep("purpose", "seat")
    journal.record(ARRANGED, subject=journey.subject, by=by, now=now, steps=len(steps))
    return journey


@transaction.atomic
def name_owner(
    *,
    step: JourneyStep,
    by: Person,
    now: datetime,
    seat: Seat | None = None,
    department: Department | None = None,
    person: Person | None = None,
) -> JourneyStep:
    """Say which seat answers for a step: a known one, or a new one in ``department`` with ``person`` in it.

    Founding a seat needs the right to lead that department. Raises :class:`Invalid` where neither is named.
    """
    require_arranging(step.journey, by, now)
    Journey.objects.select_for_update().get(pk=step.journey_id)
    if seat is None:
        if department is None:
            raise Invalid(_("Choose the seat that answers, or the department in which to found one."), field="seat")
        seat = seats.found(
            kind=SeatKind.STEP_OWNER,
            department=department,
            by=by,
            now=now,
            title=_("Owner, %(step)s") % {"step": step.title},
        )
        if person is not None:
            seats.seat_person(seat=seat, person=person, by=by, now=now)
    _require_known([seat])
    step = JourneyStep.objects.select_for_update().select_related("subject", "journey").get(pk=step.pk)
    if step.position is None:
        raise Invalid(_("This step was taken out of its journey. Add it again first."), field="seat")
    step.seat = seat
    step.save(update_fields=["seat"])
    Journey.objects.filter(pk=step.journey_id).update(version=F("version") + 1)
    journal.record(OWNED, subject=step.subject, by=by, now=now, mentions=[("seat", seat.subject)])
    return step


def may_draw(by: Person, now: datetime) -> bool:
    """Whether ``by`` leads the whole organisation's programme: the CX lead, an administrator, the head of it all."""
    return access.may(by, access.LEAD, Department.objects.get(pk=subjects.everybody()), now)


def may_arrange(journey: Journey, by: Person, now: datetime) -> bool:
    return may_draw(by, now) or (journey.seat_id is not None and access.holds(by, journey.seat_id, now))


def require_arranging(journey: Journey, by: Person, now: datetime) -> None:
    if not may_arrange(journey, by, now):
        raise Refused(
            _("Whoever answers for the journey arranges it, the CX lead and administrators too. Ask one of them.")
        )


def _check(title: str, steps: Sequence[StepWish], others: Sequence[Seat | None]) -> None:
    if not title.strip():
        raise Invalid(_("Name the journey as customers would, such as “I have a claim”."), field="title")
    if any(not wish.title.strip() for wish in steps):
        raise Invalid(_("Each step needs a name."), field="steps")
    if len(steps) > MOST_STEPS:
        raise Invalid(
            _("A journey has at most %(most)d steps. Draw a second one for the rest.") % {"most": MOST_STEPS},
            field="steps",
        )
    _require_known([*others, *(wish.seat for wish in steps)])


def _require_known(named: Sequence[Seat | None]) -> None:
    subjects.require_known_seats(named, _("Everybody reads a journey. Choose a seat that everybody may know of."))


def _add(journey: Journey, wish: StepWish, position: int, now: datetime) -> JourneyStep:
    subject = subjects.create(
        SubjectKind.JOURNEY_STEP, title=wish.title.strip(), now=now, audience=[subjects.everybody()]
    )
    return JourneyStep.objects.create(subject=subject, journey=journey, position=position, seat=wish.seat)


def _take_out(step: JourneyStep, now: datetime) -> None:
    JourneyStep.objects.filter(pk=step.pk).update(position=None)
    step.subject.archived_at = now
    step.subject.save(update_fields=["archived_at"])
