"""One decision repeats a pilot elsewhere: in each place an action of its own, linked to the pilot and the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.models import ActionState, Pilot, PilotCopy, PilotPlace
from actions.services import items, showing
from councils.models import Decision
from governance import events
from governance.errors import Conflict
from governance.models import Person, Seat
from governance.services import journal

REPEATED = events.declare(
    "actions.pilot.repeated", says=gettext_lazy("The council decided to repeat “{subject}” elsewhere")
)
LEFT = events.declare(
    "actions.pilot.left", says=gettext_lazy("The council decided to repeat “{subject}” nowhere: {text}")
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A copy in one place: ``department`` by its subject id, minor units or nothing needed."""

    department: int
    seat: Seat
    asked_for: date
    amount: int = 0
    needs_none: bool = False


def repeat(pilot: Pilot, wishes: Sequence[Wish], *, decision: Decision, by: Person, now: datetime) -> list[PilotCopy]:
    """Make the copies of a locked pilot that passed, under a decision's mandate; all of them or none.

    Each is proposed to its own seat, which accepts or declines, and overseen by the pilot's council. A place has one
    copy at a time; one that was cancelled gives way to the next. Raises :class:`Conflict` for a place that was taken
    meanwhile.
    """
    keys = {wish.department for wish in wishes}
    places = {
        place.department_id: place
        for place in PilotPlace.objects.select_for_update(of=("self",))
        .filter(pilot=pilot, department__in=keys)
        .select_related("department__subject")
        .order_by("pk")
    }
    made = [_copy(pilot, places[wish.department], wish, decision=decision, by=by, now=now) for wish in wishes]
    showing.show_pilot(pilot)
    journal.record(
        REPEATED,
        subject=pilot.subject,
        by=by,
        now=now,
        mentions=[
            ("decision", decision.pk),
            ("action", pilot.action_id),
            *(("copy", copy.action_id) for copy in made),
        ],
        count=len(made),
    )
    return made


def _copy(pilot: Pilot, place: PilotPlace, wish: Wish, *, decision: Decision, by: Person, now: datetime) -> PilotCopy:
    before = PilotCopy.objects.filter(place=place, ended_at=None).select_related("action__subject").first()
    if before is not None and before.action.state != ActionState.CANCELLED:
        raise Conflict(
            _("%(place)s repeats it already (%(action)s). Leave this place out.")
            % {"place": place.department, "action": before.action.reference}
        )
    if before is not None:
        before.ended_at = now
        before.save(update_fields=["ended_at"])
    action = items.create(
        title=_("%(title)s: %(place)s") % {"title": pilot.title[:200], "place": place.department},
        seat=wish.seat,
        council=pilot.action.council,
        proof=pilot.action.proof,
        asked_for=wish.asked_for,
        decision=decision,
        allocated=wish.amount,
        needs_none=wish.needs_none,
        by=by,
        now=now,
    )
    return PilotCopy.objects.create(place=place, action=action, decision=decision, at=now)


def leave(pilot: Pilot, *, reason: str, decision: Decision, by: Person, now: datetime) -> None:
    """It is repeated nowhere for now; who plans it may ask again."""
    mentions = [("decision", decision.pk), ("action", pilot.action_id)]
    journal.record(LEFT, subject=pilot.subject, by=by, now=now, text=reason, mentions=mentions)
