"""The matter "pilot" on a council's agenda: where one that passed is repeated, and who checks one that nobody checked.

Which outcomes and inputs there are depends on the pilot: one that passed offers its places, each with its own owner,
day and resources; one that still runs came here because its check is late (``notifications.services.sweep``).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import concerning
from actions.matters import amount_of, text_of
from actions.models import Pilot, PilotCopy, PilotPlace
from actions.piloting import State
from actions.queries import piloting as queries
from actions.services import pilots, replicating
from actions.services.pilots import MATTER
from councils.matters import Field, Matter, Outcome, declare
from councils.models import AgendaItem, Decision
from councils.referrals import payer_of
from governance.errors import Conflict, Invalid
from governance.models import Person, Seat, Subject, SubjectKind

_REPEAT = re.compile(r"repeat_(?P<place>[A-Z]{2,6}-\d+)")


def overseer(subject: Subject) -> int | None:
    return Pilot.objects.filter(pk=subject.pk).values_list("action__council_id", flat=True).first()


def _about(item: AgendaItem) -> int:
    """What the matter is about; a referral is about what was referred."""
    while item.matter != MATTER and item.referred_from is not None:
        item = item.referred_from.item
    return item.about_id


def _pilot(item: AgendaItem) -> Pilot:
    found: Pilot = Pilot.objects.select_related("subject", "action__council", "department").get(pk=_about(item))
    return found


def _taken(decision: Decision, state: State) -> Pilot:
    """The pilot under its lock, as long as it is as it was put to the council."""
    pilot, item = pilots.lock(_about(decision.item)), decision.item
    if pilot.action.council_id != (payer_of(item) or item.council).pk:
        raise Conflict(_("Another council oversees %(pilot)s. Raise it there.") % {"pilot": pilot.reference})
    if pilot.state != state:
        raise Conflict(_("%(pilot)s stands otherwise by now. Withdraw this item.") % {"pilot": pilot.reference})
    return pilot


# --- repeating what passed -------------------------------------------------------------------------------------------


def _yes(value: Any) -> bool:
    return value is True or str(value or "").lower() in {"true", "on", "yes", "1"}


def _chosen(payload: dict[str, Any]) -> list[str]:
    """References of the departments in which it is to be repeated."""
    found = ((_REPEAT.fullmatch(name), value) for name, value in payload.items())
    return sorted(match["place"] for match, value in found if match is not None and _yes(value))


def check_replicate(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    """The copies that would be made, cleaned: in each place an owner, a day, and what it needs."""
    pilot = _pilot(item)
    free = {place.department.subject.reference: place for place in queries.candidates(pilot)}
    chosen = _chosen(payload)
    if not chosen:
        first = f"repeat_{next(iter(free), '')}" if free else "outcome"
        raise Invalid(_("Choose at least one place, or repeat it nowhere."), field=first)
    cleaned: dict[str, Any] = {}
    for key in chosen:
        if key not in free:
            raise Invalid(_("It is repeated there already, or this is no place of it."), field=f"repeat_{key}")
        cleaned |= {f"repeat_{key}": True, **_checked_copy(pilot, key, payload)}
    return cleaned


def _checked_copy(pilot: Pilot, key: str, payload: dict[str, Any]) -> dict[str, Any]:
    seat: Seat | None = (
        queries.takers(pilot.action.council).filter(subject__reference=str(payload.get(f"seat_{key}") or "")).first()
    )
    if seat is None:
        raise Invalid(_("Choose the one seat that is accountable there, and may own work."), field=f"seat_{key}")
    day = _day(payload, f"asked_for_{key}")
    try:
        amount = amount_of({"amount": payload.get(f"amount_{key}")})
    except Invalid as error:
        raise Invalid(str(error), field=f"amount_{key}") from error
    needs_none = _yes(payload.get(f"needs_none_{key}"))
    if needs_none and amount:
        raise Invalid(_("It cannot need nothing and be given money. Choose one."), field=f"needs_none_{key}")
    if not needs_none and not amount:
        raise Invalid(_("Write what it is given, or say that it needs nothing."), field=f"amount_{key}")
    return {
        f"seat_{key}": seat.subject.reference,
        f"asked_for_{key}": day.isoformat(),
        f"amount_{key}": amount,
        f"needs_none_{key}": needs_none,
    }


def _day(payload: dict[str, Any], name: str) -> date:
    given = payload.get(name)
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given or ""))
    except ValueError as error:
        raise Invalid(_("Write the day that is asked for, such as 2026-11-27."), field=name) from error


def committed(payload: dict[str, Any]) -> int:
    """What all copies together commit, minor units: one decision, one limit, one envelope."""
    return sum(int(payload[f"amount_{key}"]) for key in _chosen(payload))


def replicate(decision: Decision, by: Person, now: datetime) -> Subject:
    """Make the copies."""
    pilot, payload = _taken(decision, State.PASSED), decision.payload
    departments: dict[str, int] = dict(
        PilotPlace.objects.filter(pilot=pilot).values_list("department__subject__reference", "department_id")
    )
    wanted = _chosen(payload)
    seats = {
        seat.subject.reference: seat
        for seat in queries.takers(pilot.action.council).filter(
            subject__reference__in=[payload[f"seat_{key}"] for key in wanted]
        )
    }
    if any(key not in departments or payload[f"seat_{key}"] not in seats for key in wanted):
        raise Conflict(_("A seat or a place is not there any more. Decline this, and propose it again."))
    wishes = [
        replicating.Wish(
            department=departments[key],
            seat=seats[payload[f"seat_{key}"]],
            asked_for=date.fromisoformat(payload[f"asked_for_{key}"]),
            amount=payload[f"amount_{key}"],
            needs_none=payload[f"needs_none_{key}"],
        )
        for key in wanted
    ]
    replicating.repeat(pilot, wishes, decision=decision, by=by, now=now)
    return pilot.subject


def shares(decision: Decision) -> Sequence[tuple[Subject, int]]:
    """What the decision gives to each of the copies that it made."""
    made = PilotCopy.objects.filter(decision=decision, action__allocated__gt=0).select_related("action__subject")
    return [(copy.action.subject, copy.action.allocated) for copy in made.order_by("pk")]


def check_leave(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"reason": text_of(payload, "reason", _("Say why not; whoever tried it reads it."))}


def leave(decision: Decision, by: Person, now: datetime) -> Subject:
    """Repeat it nowhere."""
    pilot = _taken(decision, State.PASSED)
    replicating.leave(pilot, reason=decision.payload["reason"], decision=decision, by=by, now=now)
    return pilot.subject


# --- one that nobody checked -----------------------------------------------------------------------------------------


def check_recheck(item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    seat: Seat | None = Seat.objects.select_related("subject").filter(
        subject__reference=str(payload.get("seat") or "")
    ).first()  # fmt: skip
    pilot = _pilot(item)
    if seat is None or seat.pk == pilot.checker_id:
        raise Invalid(_("Choose another seat that checks it."), field="seat")
    return {"seat": seat.subject.reference}


def recheck(decision: Decision, _by: Person, now: datetime) -> Subject:
    """Another seat checks it."""
    pilot = _taken(decision, State.RUNNING)
    seat = Seat.objects.select_related("subject", "department").get(subject__reference=decision.payload["seat"])
    pilots.name_checker(pilot, seat, now=now)
    return pilot.subject


def stop(decision: Decision, by: Person, now: datetime) -> Subject:
    """End it without its having passed."""
    pilot = _taken(decision, State.RUNNING)
    pilots.end(pilot, reason=decision.payload["reason"], by=by, now=now)
    pilots.record_stop(pilot, decision=decision, by=by, now=now)
    return pilot.subject


# --- the outcomes, by how the pilot stands ---------------------------------------------------------------------------

_NEEDED = gettext_lazy("needed where it is repeated")
_REASON = Field("reason", gettext_lazy("Why"), "long", required=True)

LEAVE = Outcome("leave", gettext_lazy("repeat it nowhere"), leave, check_leave, (_REASON,))
RECHECK = Outcome(
    "recheck",
    gettext_lazy("another seat checks it"),
    recheck,
    check_recheck,
    (Field("seat", gettext_lazy("Who checks it"), "seat", required=True),),
)
STOP = Outcome("stop", gettext_lazy("stop it"), stop, check_leave, (_REASON,))


def _replicate(fields: Sequence[Field] = ()) -> Outcome:
    return Outcome(
        "replicate", gettext_lazy("repeat it elsewhere"), replicate, check_replicate, fields, committed, shares=shares
    )


def _fields(place: PilotPlace) -> list[Field]:
    """The inputs of one place: whether, who, by when, and with what."""
    key, name = place.department.subject.reference, place.department.name
    return [
        Field(f"repeat_{key}", _("Repeat it in %(place)s") % {"place": name}, "yes"),
        Field(f"seat_{key}", _("%(place)s: accountable seat") % {"place": name}, "seat", needed=_NEEDED, answers=True),
        Field(f"asked_for_{key}", _("%(place)s: date asked for") % {"place": name}, "date", needed=_NEEDED),
        Field(f"amount_{key}", _("%(place)s: allocated from the envelope") % {"place": name}, "money"),
        Field(f"needs_none_{key}", _("%(place)s: needs no resources") % {"place": name}, "yes"),
    ]


def outcomes(item: AgendaItem) -> dict[str, Outcome]:
    """How it can be settled, as the pilot stands now."""
    pilot = _pilot(item)
    if pilot.state == State.RUNNING:
        return {one.key: one for one in (RECHECK, STOP)}
    fields = [field for place in queries.candidates(pilot) for field in _fields(place)]
    return {one.key: one for one in (_replicate(fields), LEAVE)}


declare(
    Matter(
        MATTER,
        gettext_lazy("A pilot"),
        {one.key: one for one in (_replicate(), LEAVE, RECHECK, STOP)},
        resolve=outcomes,
        about=SubjectKind.PILOT,
        concerns=concerning.pilot,
        overseer=overseer,
    )
)
