"""The ladder of a charter: by which steps silence climbs, in working days."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.errors import Invalid

# Who a rung asks: the owner, the champion and the head of the owner's department, the overseeing council's sponsor and
# chair, the council itself, the body above it.
OWNER, WARNING, CHAMPION, HEAD = "owner", "warning", "champion", "head"
SPONSOR, CHAIR, COUNCIL, PARENT = "sponsor", "chair", "council", "parent"
TARGETS: dict[str, str | Promise] = {
    OWNER: gettext_lazy("whoever owes it is reminded"),
    WARNING: gettext_lazy("whoever owes it is warned"),
    CHAMPION: gettext_lazy("the department's champion is asked for help"),
    HEAD: gettext_lazy("the department head is asked for help"),
    SPONSOR: gettext_lazy("the sponsor is asked for help"),
    CHAIR: gettext_lazy("the council's chair is asked for help"),
    COUNCIL: gettext_lazy("it goes onto the council's agenda"),
    PARENT: gettext_lazy("it goes to the body above the council"),
}

STEPS = (OWNER, CHAMPION, HEAD, SPONSOR, CHAIR, COUNCIL)
"""Whom a charter's rungs may name. Warnings, and the body above, follow from them."""

HELPERS = (CHAMPION, HEAD, SPONSOR, CHAIR)
"""Who is asked for help as one seat, and answers for it; a council answers by deciding."""

ONTO_AGENDA = (COUNCIL, PARENT)
"""Rungs that put what rests onto an agenda."""


# What a ladder climbs for, by kind of duty.
ON: dict[str, str | Promise] = {
    "keep": gettext_lazy("A promise not kept"),
    "accept": gettext_lazy("A proposal not answered"),
    "set_date": gettext_lazy("No date set"),
    "verify": gettext_lazy("Work not verified"),
    "answer": gettext_lazy("Voices not answered"),
    "answer_request": gettext_lazy("A request not answered"),
    "weigh": gettext_lazy("A proposal made in return, not answered"),
    "deliver": gettext_lazy("Work agreed with another department, not delivered"),
    "confirm": gettext_lazy("A delivery not confirmed"),
    "settle": gettext_lazy("A matter not settled"),
    "reassign": gettext_lazy("No other owner found"),
    "reconsider": gettext_lazy("A standing decision not looked at again"),
    "close_meeting": gettext_lazy("A meeting not closed"),
    "call_meeting": gettext_lazy("No meeting held in time, and none called"),
    "send_minutes": gettext_lazy("Minutes not sent out"),
    "approve_minutes": gettext_lazy("Minutes not approved"),
    "fill": gettext_lazy("A seat left vacant"),
    "hand_over": gettext_lazy("A leaver's work not handed over"),
    "take_over": gettext_lazy("Dates taken over and not accepted"),
    "respond": gettext_lazy("An escalation not answered"),
    "check_in": gettext_lazy("A check-in missed"),
    "attend": gettext_lazy("A meeting not attended"),
    "vote": gettext_lazy("A written vote not cast"),
    "endorse": gettext_lazy("A champion not endorsed"),
    "join": gettext_lazy("A champion's seat not accepted"),
    "renew": gettext_lazy("A term not renewed"),
    "acknowledge": gettext_lazy("Rules and roster not acknowledged"),
    "ratify": gettext_lazy("A charter not ratified"),
    "review": gettext_lazy("A charter not reviewed"),
    "read": gettext_lazy("A KPI not read"),
    "judge": gettext_lazy("No word on whether it worked"),
    "check": gettext_lazy("A pilot not checked"),
    "unstick": gettext_lazy("A charter that can get stuck"),
    "close_envelope": gettext_lazy("An envelope whose period is over, not closed"),
    "approve_date": gettext_lazy("A later date asked for and not answered"),
}

FURTHEST = 250
"""Working days: about a year of them."""

MOST_STEPS = 100

AFTER_CADENCE = 5
"""Working days that a council has beyond the meeting at which it should have settled what stands on its agenda."""

LONGEST_CADENCE = 130
"""Working days: about half a year."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: ``days`` working days after the due day (before it when negative), somebody is spoken to."""

    on: str
    days: int
    to: str

    def sentence(self) -> str:
        when = (
            _("on the due day")
            if self.days == 0
            else ngettext("%(n)d working day before the due day", "%(n)d working days before the due day", -self.days)
            % {"n": -self.days}
            if self.days < 0
            else ngettext("%(n)d working day after the due day", "%(n)d working days after the due day", self.days)
            % {"n": self.days}
        )
        return f"{when}: {TARGETS[self.to]}"

    def in_short(self) -> str:
        """As :meth:`sentence`, where the unit was said already."""
        if self.days == 0:
            return _("%(whom)s that day") % {"whom": TARGETS[self.to]}
        when = _("%(whom)s %(n)d before") if self.days < 0 else _("%(whom)s %(n)d after")
        return when % {"whom": TARGETS[self.to], "n": abs(self.days)}


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps by which silence climbs, for every kind of duty that has one."""

    steps: tuple[Step, ...] = ()
    cadence: int = 0
    """Working days between two meetings at most. What a rung put onto the agenda and the council has not settled so
    many days later, and five more, goes to the body above; 0: it stays where it is."""

    def sentence(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """What is counted, then a line for each climb; duties that climb alike share one."""
        climbs: dict[str, list[str]] = {}
        for kind in dict.fromkeys(step.on for step in self.steps):
            steps = ", ".join(step.in_short() for step in self.steps if step.on == kind)
            climbs.setdefault(steps, []).append(str(ON.get(kind, kind)))
        told = [f"{' / '.join(kinds)}: {steps}." for steps, kinds in climbs.items()]
        if not told:
            return [_("Nobody else is asked for help.")]
        return [_("In working days from the day on which it was due."), *told, *self._beyond()]

    def _beyond(self) -> list[str]:
        """What becomes of what the council leaves lying."""
        if not self.cadence or all(step.to != COUNCIL for step in self.steps):
            return []
        return [
            _(
                "The council meets every %(cadence)d working days or sooner. What a rung put onto its agenda and it has"
                " not settled %(days)d working days later goes to the body above; sooner, where the meeting that was"
                " to settle it is cancelled or ends without."
            )
            % {"cadence": self.cadence, "days": self.cadence + AFTER_CADENCE}
        ]

    def rungs(self, duty_kind: str) -> list[tuple[int, int, str]]:
        """``(position, days, target)`` from 1 in the order in which they fall.

        Before each rung that falls after the due day its owner is warned, one working day ahead (DESIGN.md, point 9).
        """
        falls: list[tuple[int, int, str]] = []
        for step in self.steps:
            if step.on != duty_kind:
                continue
            falls.append((step.days, 1 + RANKS[step.to], step.to))
            if step.days > 0:
                falls.append((step.days - 1, 0, WARNING))
        reached = max((step.days for step in self.steps if (step.on, step.to) == (duty_kind, COUNCIL)), default=None)
        if reached is not None and self.cadence:
            # Nobody is warned of it: from the agenda on, reminders rest.
            falls.append((reached + self.cadence + AFTER_CADENCE, 1 + RANKS[PARENT], PARENT))
        return [(place, days, to) for place, (days, _order, to) in enumerate(sorted(falls), start=1)]

    def check(self) -> None:
        if len(self.steps) > MOST_STEPS or any(abs(step.days) > FURTHEST for step in self.steps):
            raise Invalid(_("A ladder has 100 rungs at most, each within 250 working days."), field="ladder")
        if not 0 <= self.cadence <= LONGEST_CADENCE:
            raise Invalid(
                _("A council meets within %(most)d working days; 0: what it leaves lying stays with it.")
                % {"most": LONGEST_CADENCE},
                field="ladder",
            )
        for step in self.steps:
            if step.to not in STEPS:
                raise Invalid(
                    _("A rung asks the owner, the champion, the head, the sponsor, the chair or the council."),
                    field="ladder",
                )


RANKS: dict[str, int] = {
    OWNER: 0, WARNING: 0, CHAMPION: 1, HEAD: 2, SPONSOR: 3, CHAIR: 4, COUNCIL: 5, PARENT: 6
}  # fmt: skip
"""How high a rung reaches. A warning belongs to the rung that it announces, and counts for itself as nothing."""


def kept_rung(
    before: Sequence[tuple[int, str]],
    fell: int,
    after: Sequence[tuple[int, str]],
    *,
    approved_by: str,
    height: int = 0,
) -> int:
    """After which rung a later date's ladder begins, when a level of the ladder approved that date.

    ``before`` and ``after`` are ``(position, target)`` of the ladders of both dates, ``fell`` the last position that
    fell. A level at least as high as the highest rung that fell ends what was reached; a lower one keeps it, so that
    nobody is asked twice (DESIGN.md, "Each rung fires once"). A new version's ladder applies to rungs not yet reached.
    ``height`` is how high ladders before ``before`` had come.
    """
    asked = [(position, to) for position, to in before if position <= fell and to != WARNING]
    reached = max((height, *(RANKS[to] for _position, to in asked)))
    if RANKS[approved_by] >= reached:
        return 0
    if list(before) == list(after) and asked:
        return max(position for position, _to in asked)
    return max((position for position, to in after if to != WARNING and RANKS[to] <= reached), default=0)


Rungs = Sequence[tuple[int, int, str]]
"""``(position, days, target)`` of a ladder, in the order in which its rungs fall."""


def level(rungs: Rungs, fell: int) -> int:
    """How high a ladder has asked whose rungs up to ``fell`` have fallen: the highest of their ``RANKS``."""
    return max((RANKS[to] for position, _days, to in rungs if position <= fell), default=0)


def carried_rung(before: Rungs, fell: int, after: Rungs, *, height: int = 0) -> int:
    """After which rung of the ladder ``after`` something goes on that had reached ``fell`` on the ladder ``before``.

    Nobody is asked again: it goes on above the rungs that reach no higher than it, or a ladder before it (``height``),
    had come, up to the first that does. Reminders and warnings right above count as said whose day is not after that of
    the last rung that fell.
    """
    asked = max(level(before, fell), height)
    last = max((days for position, days, _to in before if position <= fell), default=None)
    stands = 0
    for position, _days, to in after:
        if RANKS[to] > asked:
            break
        stands = position if RANKS[to] else stands
    for position, days, to in after:
        if position == stands + 1 and not RANKS[to] and last is not None and days <= last:
            stands = position
    return stands


def carried(before: Rungs, fell: int, rested: int, after: Rungs, *, height: int = 0) -> tuple[int, int]:
    """:func:`carried_rung` of the rung that fell last, and of the one at which the last hold began: never above it."""
    reached = carried_rung(before, fell, after, height=height)
    return reached, min(reached, carried_rung(before, rested, after, height=height))


USUAL_CADENCE = 20
"""Working days: a council that meets once a month."""


def usual_ladder() -> Ladder:
    """What the programme proposes: the owner first, then who can help, last the council."""
    steps = [Step("keep", -2, OWNER), Step("keep", 1, CHAMPION), Step("keep", 2, HEAD), Step("keep", 5, SPONSOR)]
    steps += [Step("keep", 7, CHAIR), Step("keep", 8, COUNCIL)]
    for kind in ("accept", "set_date", "answer", "verify", "fill", "hand_over", "endorse", "join"):
        steps += [Step(kind, 0, OWNER), Step(kind, 2, HEAD), Step(kind, 5, SPONSOR)]
    steps.append(Step("deliver", -2, OWNER))
    for kind in ("answer_request", "deliver"):
        steps += [Step(kind, 0, OWNER), Step(kind, 2, HEAD), Step(kind, 5, SPONSOR), Step(kind, 8, COUNCIL)]
    for kind in ("weigh", "confirm"):
        steps += [Step(kind, 0, OWNER), Step(kind, 2, HEAD), Step(kind, 5, SPONSOR)]
    for kind in (
        "settle",
        "reconsider",
        "reassign",
        "close_meeting",
        "call_meeting",
        "take_over",
        "respond",
        "renew",
        "acknowledge",
        "ratify",
    ):
        steps += [Step(kind, 0, OWNER), Step(kind, 5, SPONSOR)]
    for kind in ("review", "unstick", "read", "judge", "close_envelope", "send_minutes", "approve_minutes"):
        steps += [Step(kind, 0, OWNER), Step(kind, 5, SPONSOR)]
    steps += [Step("check", 0, OWNER), Step("check", 5, SPONSOR), Step("check", 8, COUNCIL)]
    steps += [Step("approve_date", 0, OWNER), Step("approve_date", 2, SPONSOR), Step("approve_date", 4, COUNCIL)]
    for kind in ("check_in", "attend"):
        steps.append(Step(kind, 0, OWNER))
    steps += [Step("vote", -2, OWNER), Step("vote", 0, OWNER)]
    return Ladder(tuple(steps), cadence=USUAL_CADENCE)
