"""Actions that a decision commissions beside its outcome: declared here, made by the app that knows actions.

A council decides one motion and gives several seats something to do. They stand in the decision's payload, so its
mandate is bound to them as to everything else: judged with the motion, referred with it, made when it is carried out,
in the same transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from governance.errors import Invalid
from governance.models import Person, Subject

if TYPE_CHECKING:
    from councils.models import AgendaItem, Decision

KEY = "actions"
"""Where they stand in a payload: a list of title, seat (reference), asked_for (ISO day or null), amount (minor units),
needs_none and proof."""
MOST = 20

Check = Callable[["AgendaItem", dict[str, Any]], dict[str, Any]]
Make = Callable[["Decision", dict[str, Any], Person, datetime], Subject]
# What a decision created, commissioned or as its outcome.
Made = Callable[["Decision"], Sequence[Subject]]
# Takes back all that a decision created a moment ago; nobody moved it since.
Unmake = Callable[["Decision", Person, datetime], None]


@dataclass(slots=True)
class _Maker:
    check: Check | None = None
    make: Make | None = None
    made_by: Made | None = None
    unmake: Unmake | None = None


_maker = _Maker()


def register(*, check: Check, make: Make, made_by: Made, unmake: Unmake) -> None:
    """Who checks one commissioned action before the vote, makes it when the decision is carried out, and takes back
    what was created by a slip."""
    _maker.check, _maker.make, _maker.made_by, _maker.unmake = check, make, made_by, unmake


def made_by(decision: "Decision") -> Sequence[Subject]:
    """What a decision created."""
    return _maker.made_by(decision) if _maker.made_by is not None else []


def unmake(decision: "Decision", by: Person, now: datetime) -> None:
    """Take back what a decision created."""
    if _maker.unmake is not None:
        _maker.unmake(decision, by, now)


def checked(item: "AgendaItem", asked: Any) -> list[dict[str, Any]]:
    """The actions as their maker cleans them. Raises :class:`Invalid` at ``actions``, naming which."""
    if not asked:
        return []
    if not isinstance(asked, Sequence) or isinstance(asked, str) or not all(isinstance(one, dict) for one in asked):
        raise Invalid(_("List the actions, each with what is to be done and its seat."), field=KEY)
    if len(asked) > MOST:
        raise Invalid(_("One decision commissions %(n)d actions at most.") % {"n": MOST}, field=KEY)
    if _maker.check is None:
        raise Invalid(_("Nobody makes actions here."), field=KEY)
    found = []
    for number, one in enumerate(asked, start=1):
        try:
            found.append(_maker.check(item, one))
        except Invalid as error:
            raise Invalid(_("Action %(number)d: %(why)s") % {"number": number, "why": error}, field=KEY) from error
    return found


def committed(payload: dict[str, Any]) -> int:
    """How many minor units they commit together."""
    return sum(int(one["amount"]) for one in payload.get(KEY, []))


def make(decision: "Decision", by: Person, now: datetime) -> list[tuple[Subject, int]]:
    """Make what a valid decision commissioned; each with how many minor units go to it."""
    asked = decision.payload.get(KEY, [])
    if not asked or _maker.make is None:
        return []
    return [(_maker.make(decision, one, by, now), int(one["amount"])) for one in asked]
