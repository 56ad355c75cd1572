"""What a motion asks for beside its sentence, in words: each input of its outcome, and the actions beside it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils import authority, commissions, matters, referrals
from councils.matters import Field
from councils.models import AgendaItem
from councils.queries import books
from governance import access
from governance.hours import format_minutes
from governance.models import Person, Subject


@dataclass(frozen=True, slots=True)
class Line:
    """One input with its value in words; ``seat`` where it names one that its reader may see."""

    label: str
    value: str
    seat: Subject | None = None


def of_motion(item: AgendaItem, outcome: str, payload: dict[str, Any], viewer: Person, now: datetime) -> list[Line]:
    """What is asked for, as far as ``viewer`` may see it; a referral asks for what was referred. Two statements."""
    chosen = matters.outcomes_of(item).get(outcome)
    if chosen is None:
        return []
    if item.matter == referrals.REFERRAL and outcome == referrals.APPROVE:
        chosen, payload = referrals.proposed_outcome(item), item.proposal["payload"]
    actions = payload.get(commissions.KEY, [])
    given = [(field, payload.get(field.name)) for field in chosen.fields]
    given = [(field, value) for field, value in given if value not in (None, "", False)]
    named = {str(value) for field, value in given if field.kind == "seat"} | {str(one["seat"]) for one in actions}
    known = {one.reference: one for one in Subject.objects.filter(reference__in=named)} if named else {}
    seen = access.visible_ids(viewer, [one.pk for one in known.values()], now) if known else set()
    seats = {reference: one for reference, one in known.items() if one.pk in seen}
    currency = books.currency()
    lines = [
        Line(str(field.label), _value(field, value, seats, currency), seats.get(str(value))) for field, value in given
    ]
    return [*lines, *(_action(one, seats, currency) for one in actions)]


def _value(field: Field, value: Any, seats: dict[str, Subject], currency: str) -> str:
    if field.kind == "seat":
        return seats[str(value)].title if str(value) in seats else _("a seat that you may not see")
    if field.kind == "money":
        return authority.money(int(value), currency)
    if field.kind == "hours":
        return format_minutes(int(value))
    if field.kind == "date":
        return date_format(date.fromisoformat(str(value)), "j F Y")
    if field.kind == "yes":
        return _("yes")
    if field.kind == "choice":
        return str({str(key): label for key, label in field.choices}.get(str(value), value))
    return str(value)


def _action(asked: dict[str, Any], seats: dict[str, Subject], currency: str) -> Line:
    seat = seats.get(str(asked["seat"]))
    said = [str(asked["title"]), seat.title if seat is not None else _("a seat that you may not see")]
    if asked.get("asked_for"):
        day = date_format(date.fromisoformat(asked["asked_for"]), "j F Y")
        said.append(_("asked for by %(day)s") % {"day": day})
    if asked.get("amount"):
        said.append(authority.money(int(asked["amount"]), currency))
    return Line(_("Action"), "; ".join(said), None)
