"""Money and time for actions on their council's agenda: an overrun to settle, and what an owner asks for."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, ResourceRequest
from actions.queries import fit
from actions.services.agenda_of import RESOURCES
from actions.services.footing import rules_of, take, words
from councils import authority
from councils.measures import say
from councils.models import AgendaItem, Spending, Unit
from councils.queries import books as queries
from councils.services import agenda, books
from councils.sources import RESOURCES as SOURCE
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Person, Seat
from governance.quoting import inside
from governance.services import journal

ASKED = events.declare(
    "actions.resources.asked", says=gettext_lazy("{by} asked for resources for {subject}: {text}"), by_people=True
)

CASE: dict[str, str | Promise] = {
    "problem": gettext_lazy("The problem"),
    "evidence": gettext_lazy("What shows it"),
    "cost": gettext_lazy("What it costs, and when"),
    "benefit": gettext_lazy("What it brings"),
    "kpi": gettext_lazy("The one figure that will show it"),
    "risk": gettext_lazy("What can go wrong"),
}
"""The questions of a business case, in their order. Together they are one page."""
ANSWER = 600


@transaction.atomic
def ask(
    *,
    action: ActionItem,
    what_for: str,
    by: Person,
    now: datetime,
    amount: int = 0,
    minutes: int = 0,
    case: Mapping[str, str] | None = None,
    version: int | None = None,
) -> ResourceRequest:
    """Ask the council that oversees an action for money (minor units), time (minutes), or both: its owner does.

    More money than the charter's amount (where it names none: than one decision of that council may commit) needs a
    business case: each question of :data:`CASE` answered. It goes onto the agenda as it was asked. Raises
    :class:`Invalid` at the
    field, :class:`Conflict` where a request or an overrun stands there already.
    """
    action = take(action, verb=Verb.ASK_RESOURCES, by=by, now=now, version=version).action
    what_for = words(what_for, field="what_for", missing=_("Say what it is for, in one sentence."))
    currency = queries.currency()
    if not amount and not minutes:
        raise Invalid(_("Write how much: an amount, hours, or both."), field="amount")
    for given, unit, field in ((amount, Unit.MONEY, "amount"), (minutes, Unit.TIME, "minutes")):
        if given:
            books.require_amount(given, unit, currency, field)
    answers = _case(action, amount, case or {}, currency, now)
    waiting = agenda.standing(action.pk, RESOURCES)
    if waiting is not None:
        raise Conflict(
            _("Resources for this stand on the agenda already (%(item)s). Let it be settled first.")
            % {"item": waiting.reference}
        )
    _require_fitting_line(action, amount)
    asked = [say(amount, Unit.MONEY, currency)] if amount else []
    asked += [say(minutes, Unit.TIME, "")] if minutes else []
    title = _("%(asked)s for “%(action)s”: %(what)s") % {
        "asked": _(" and ").join(asked),
        "action": inside(action.title),
        "what": what_for,
    }
    item = agenda.propose(
        council=action.council,
        about=action.subject,
        matter=RESOURCES,
        by=None,
        now=now,
        ask="\n".join([title, *(f"{CASE[name]}: {text}" for name, text in answers.items() if text)]),
        proposal={"outcome": "allocate", "payload": {"amount": amount, "minutes": minutes}},
        source=SOURCE,
    )
    request = ResourceRequest.objects.create(
        action=action,
        item=item,
        amount=amount,
        minutes=minutes,
        currency=currency,
        what_for=what_for[:300],
        by=by,
        at=now,
        **answers,
    )
    action.keep()
    journal.record(
        ASKED,
        subject=action.subject,
        by=by,
        now=now,
        text=what_for,
        mentions=[("item", item.pk)],
        amount=amount,
        currency=currency,
    )
    return request


def _require_fitting_line(action: ActionItem, amount: int) -> None:
    """More than the sponsor above it may grant is asked for in another line, or with a reason for keeping this one."""
    money = fit.money_of(action, asks=amount)
    authority = money.sponsor.funding_authority
    if action.fit_reason or not 0 < authority < money.needed:
        return
    above = Seat.objects.select_related("subject").filter(pk=money.above).first()
    currency = queries.currency()
    told = {
        "line": money.sponsor.seat.subject.title,
        "limit": say(authority, Unit.MONEY, currency),
        "needed": say(money.needed, Unit.MONEY, currency),
        "seat": above.subject.title if above is not None else _("no other sponsor"),
    }
    raise Invalid(
        _(
            "With it the action needs %(needed)s; %(line)s may grant %(limit)s, and %(seat)s has that authority. "
            "Name that sponsor where the action belongs, or say there why this line keeps it."
        )
        % told,
        field="amount",
    )


def _case(action: ActionItem, amount: int, given: Mapping[str, str], currency: str, now: datetime) -> dict[str, str]:
    """The answers of the business case; raises :class:`Invalid` at the first that is missing where one is needed."""
    answers = {name: str(given.get(name) or "").strip() for name in CASE}
    for name, text in answers.items():
        if len(text) > ANSWER:
            raise Invalid(_("A business case is one page: at most %(n)d characters here.") % {"n": ANSWER}, field=name)
    _version, rules = rules_of(action.council, now)
    limit = authority.case_above(rules.right, currency)
    missing = next((name for name, text in answers.items() if not text), "")
    if amount > limit and missing:
        raise Invalid(
            _("Above %(limit)s the charter wants a business case. Answer each question.")
            % {"limit": say(limit, Unit.MONEY, currency)},
            field=missing,
        )
    return answers


def ask_to_settle(action: ActionItem, posted: Spending, *, now: datetime) -> AgendaItem:
    """An overrun onto the agenda of the council that oversees the action, once: its secretary brings it to a decision.

    What is proposed is what is owed in money by now; the council may allocate more.
    """
    owed = sum(line.overrun for line in queries.of_subject(action.pk) if line.currency == posted.envelope.currency)
    ask = _("%(amount)s was spent on “%(action)s” beyond what was allocated. Allocate it, or say why not.") % {
        "amount": say(owed, posted.envelope.unit, posted.envelope.currency),
        "action": action.title,
    }
    payload = {"amount": owed} if posted.envelope.currency else {"minutes": owed}
    return agenda.propose(
        council=action.council,
        about=action.subject,
        matter=RESOURCES,
        by=None,
        now=now,
        ask=ask,
        proposal={"outcome": "allocate", "payload": payload},
        source=SOURCE,
    )
