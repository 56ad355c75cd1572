"""The ground that every service about an action stands on: see it, lock it, may I, is it as I saw it, who is next.

Every open action has exactly one open duty on its own subject; ``hand_on`` and ``resume`` are the only ways to another
one, so no service can leave an action without a next mover, or with two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils.translation import gettext as _

from actions.lifecycle import Role, State, Verb, allows, ever, leads_to, who_says
from actions.models import ActionItem, ActionState, DateAnswer, DateRequest
from actions.queries import approving, delegating
from actions.queries import roles as role_queries
from actions.services import holds
from councils.models import Council
from councils.queries import councils as council_queries
from councils.services.delegated import with_remedy
from governance.clauses import Rules
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import CharterVersion, Duty, DutyKind, Person, Seat, SeatKind
from governance.queries import ladders
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.queries.seats import movers
from governance.services import buttons, carrying, duties


@dataclass(frozen=True, slots=True)
class Taken:
    """An action under lock, with what its doer's seats make of them."""

    action: ActionItem
    roles: frozenset[Role]


def take(action: ActionItem, *, verb: Verb, by: Person, now: datetime, version: int | None = None) -> Taken:
    """Lock the action for a verb, or say why not.

    In this order, so that nobody learns more than they may: :class:`Absent` for what ``by`` may not see,
    :class:`Refused` naming who may, :class:`Stale` when ``version`` is not the current one, :class:`Conflict` when the
    state does not allow it.
    """
    if not ActionItem.objects.visible_to(by, now).filter(pk=action.pk).exists():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    action = lock(action.pk)
    roles = role_queries.of(action, by, now)
    if verb not in ever(roles):
        raise Refused(refusal(action, verb, now))
    same_version(action, version)
    require_state(action, verb)
    return Taken(action, roles)


def lock(pk: int) -> ActionItem:
    """The action under its row's lock, with what services judge by."""
    action: ActionItem = (
        ActionItem.objects.select_for_update(of=("self",))
        .select_related(
            "subject", "seat__subject", "seat__department", "seat__calendar", "department", "council__charter"
        )
        .get(pk=pk)
    )
    return action


def same_version(action: ActionItem, version: int | None) -> None:
    """Pass when the doer saw the current version (or did not say which); else :class:`Stale` with the current state."""
    if version is not None and version != action.version:
        raise Stale(
            _("%(action)s was changed meanwhile. Look at it as it stands now, and say it again if it still holds.")
            % {"action": action.subject.reference},
            version=action.version,
            state=action.state,
            health=action.health,
            progress=action.progress,
            promised=action.promised.isoformat() if action.promised else None,
        )


def require_state(action: ActionItem, verb: Verb) -> State:
    """The state after the verb, or :class:`Conflict` saying how it stands."""
    if not allows(verb, action.state):
        raise Conflict(
            _("%(action)s is %(state)s: %(what)s.")
            % {
                "action": action.subject.reference,
                "state": ActionState(action.state).label,
                "what": str(_instead()[action.state]),
            },
            state=action.state,
        )
    return leads_to(verb, action.state)


def _instead() -> dict[str, str]:
    """What can be done in each state: the remedy in a Conflict."""
    return {
        State.PROPOSED: _("its owner accepts or declines it first"),
        State.ACCEPTED: _("it runs; report, block, or say it is done"),
        State.IN_PROGRESS: _("it runs; report, block, or say it is done"),
        State.DONE: _("it waits for another person to verify it"),
        State.VERIFIED: _("it is closed; its council reopens it with a reason, where it came back"),
        State.DECLINED: _("it waits for another owner"),
        State.CANCELLED: _("it is closed, and another piece of work is another action"),
        State.AS_IS: _("its council closed it as it stands, and reopens it with a reason"),
    }


def refusal(action: ActionItem, verb: Verb, now: datetime) -> str:
    """Who may say it instead, by name: the seat where it is vacant."""
    if verb is Verb.VERIFY:
        return _refused_verification(action, now)
    if verb is Verb.APPROVE_DATE:
        return _refused_date(action, now)
    if verb is Verb.ALLOCATE:
        return _refused_allocation(action, now)
    seat_of: dict[Role, Callable[[], Seat | None]] = {
        Role.OWNER: lambda: action.seat,
        Role.REPORTER: lambda: action.seat,
        Role.HEAD: lambda: role_queries.head_seat(action),
        Role.STEWARD: lambda: council_queries.clerk_seat(action.council, now),
        Role.HOLDER: lambda: _holding_seat(action, now),
        Role.READER: lambda: council_queries.clerk_seat(action.council, now),
        Role.FINANCE: lambda: (
            Seat.objects.filter(kind=SeatKind.FINANCE_PARTNER, subject__archived_at=None)
            .select_related("subject")
            .order_by("pk")
            .first()
        ),
    }
    seat = seat_of[who_says(verb)[0]]()
    who = movers([seat.pk], now).get(seat.pk) if seat is not None else None
    if seat is None or who is None:
        return _("You may see this, but not do it. Ask the CX lead.")
    if who.stands_in == "filler":
        return _("This is for %(seat)s, which is vacant. %(who)s seats somebody there.") % {
            "seat": seat.subject.title,
            "who": who.name,
        }
    return _("This is for %(who)s (%(seat)s). Ask them, or take it up with the council.") % {
        "seat": seat.subject.title,
        "who": who.name,
    }


def _holding_seat(action: ActionItem, now: datetime) -> Seat | None:
    return Seat.objects.select_related("subject").filter(pk=approving.holding_seat(action, now)).first()


def _refused_verification(action: ActionItem, now: datetime) -> str:
    duty = Duty.objects.filter(subject_id=action.pk, kind=DutyKind.VERIFY, closed_at=None).select_related(
        "seat__subject"
    ).first()  # fmt: skip
    if duty is None:
        return _("Another person verifies it, once it is said to be done.")
    who = movers([duty.seat_id], now).get(duty.seat_id)
    return _("Another person verifies: %(who)s (%(seat)s), who had no part in the work.") % {
        "seat": duty.seat.subject.title,
        "who": who.name if who else duty.seat.subject.title,
    }


def _refused_date(action: ActionItem, now: datetime) -> str:
    duty = Duty.objects.filter(subject_id=action.pk, kind=DutyKind.APPROVE_DATE, closed_at=None).select_related(
        "seat__subject"
    ).first()  # fmt: skip
    if duty is None:
        return _("No later date is asked for, so there is nothing to approve.")
    who = movers([duty.seat_id], now).get(duty.seat_id)
    return _("Another person answers: %(who)s (%(seat)s), who neither owns the work nor asked.") % {
        "seat": duty.seat.subject.title,
        "who": who.name if who else duty.seat.subject.title,
    }


def _refused_allocation(action: ActionItem, now: datetime) -> str:
    """Whom the charter lets allocate, and where it stands for the council."""
    request = delegating.waiting(action)
    if request is None:
        return _("Nothing is asked for that waits. Its owner asks first.")
    version, _rules = rules_of(action.council, now)
    named = [one.seat for one in delegating.mandates(action, version)]
    who = movers([seat.pk for seat in named], now)
    listed = [f"{who[seat.pk].name} ({seat.title})" for seat in named if seat.pk in who]
    sentence = (
        _("Without a meeting only %(who)s may allocate this, and nobody for their own work.")
        % {"who": _(" or ").join(dict.fromkeys(listed))}
        if listed
        else _("The charter lets nobody allocate without a decision.")
    )
    return with_remedy(sentence, request.item)


# --- who is next ---------------------------------------------------------------------------------------------------


def rules_of(council: Council, now: datetime) -> tuple[CharterVersion, Rules]:
    """The charter version that the council lives by now, and its clauses read."""
    version = duties.rules_in_force(council.charter, now)
    return version, Rules.from_json(version.rules)


def hand_on(
    action: ActionItem,
    kind: str,
    seat: Seat,
    *,
    now: datetime,
    outcome: str,
    due_on: date | None = None,
    within: int | None = None,
    approved_by: str | None = None,
) -> Duty:
    """Close what was owed (as ``outcome``) and open what is owed next; the council oversees it.

    ``approved_by`` is the level of the ladder that approved another day: a lower one keeps the rung that was reached.
    """
    before = Duty.objects.filter(subject_id=action.pk, kind=kind, closed_at=None).first() if approved_by else None
    close(action, now=now, outcome=outcome)
    version, _rules = rules_of(action.council, now)
    reached, height = ladders.reached(before, version, approved_by) if before and approved_by else (0, 0)
    duty = duties.open_duty(
        subject_id=action.pk,
        kind=kind,
        seat=seat,
        now=now,
        rules=version,
        due_on=due_on,
        within=within,
        overseer_id=action.council_id,
        reached=reached,
        height=height,
    )
    if kind in (DutyKind.KEEP, DutyKind.SET_DATE):
        holds.settle(action, now)
    return duty


def close(action: ActionItem, *, now: datetime, outcome: str) -> None:
    """Close whatever is owed for an action; another day that was asked for, of a seat or the council, is overtaken."""
    duties.close_all(subject_id=action.pk, now=now, outcome=outcome)
    DateRequest.objects.filter(action=action, answer="").update(answer=DateAnswer.OVERTAKEN, answered_at=now)


def resume(action: ActionItem, kind: str, *, now: datetime, outcome: str) -> Duty | None:
    """Open the action's last duty of a kind again, with the rung it had reached; None where it never had one.

    The same row comes back rather than a new one, because a rung falls once a duty (``a_rung_falls_once``): whoever was
    told that the promise is late is not told again when the verifier sends the work back. The due day stays, too: a
    date is never overwritten. Rungs that were not reached before the work was said to be done are still to come; those
    whose day went by meanwhile wait until the next working day has begun where the seat is, because looking at the
    evidence may have taken long, and nobody is climbed over without a working day to answer.
    """
    close(action, now=now, outcome=outcome)
    duty = resume_duty(action.pk, action.seat, kind, now=now, outcome=outcome)
    holds.settle(action, now)
    return duty


def resume_duty(subject_id: int, seat: Seat, kind: str, *, now: datetime, outcome: str) -> Duty | None:
    """As :func:`resume`, for whatever is owed by one seat at a time."""
    duties.close_all(subject_id=subject_id, now=now, outcome=outcome)
    duty = Duty.objects.filter(subject_id=subject_id, kind=kind).order_by("-pk").first()
    if duty is None or duty.due_on is None:
        return None
    calendar = calendar_of_seat(seat)
    next_day = add_working_days(calendar.pk, local_day(calendar, now), 1)
    Duty.objects.filter(pk=duty.pk).update(closed_at=None, closed_as="", paused_to=next_day, paused_from=F("rung"))
    buttons.end_of_duty(duty.pk, now)
    carrying.carry_on(duty, now)
    return duties.move_due_day(duty, due_on=duty.due_on, seat=seat)


def require_fitting_seat(seat: Seat, council: Council, *, field: str = "seat") -> None:
    """A confidential council's seat has a part in what that council oversees, and in nothing else: whoever reads an
    action reads who owns it, does part of it, checks its pilot, or is waited for.

    Raises :class:`Invalid` for whoever may know of the seat; ask before whether they may.
    """
    if council_queries.keeps_to_itself(seat.pk, but=council.pk):
        raise Invalid(
            _(
                "This seat belongs to a confidential council and would be named to others. Choose another seat, or let "
                "its own council oversee the work."
            ),
            field=field,
        )


# --- small checks --------------------------------------------------------------------------------------------------


LONGEST = 1000
"""Characters of what somebody says in a sentence or two: also from a mail, where nobody signs in."""


def words(text: str, *, field: str, missing: str, longest: int | None = None) -> str:
    """Free text without the blanks around it. Raises :class:`Invalid` at the field for nothing or too much."""
    kept = text.strip()
    if not kept:
        raise Invalid(missing, field=field)
    if longest is not None and len(kept) > longest:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": longest}, field=field)
    return kept


def day_ahead(day: date, *, today: date, field: str) -> date:
    """A day that has not passed where the seat is. Raises :class:`Invalid` at the field."""
    if day < today:
        raise Invalid(_("That day has passed. Choose today or a later day."), field=field)
    return day
