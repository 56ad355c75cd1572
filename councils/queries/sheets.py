"""What lists of councils hold, as rows of a sheet: what the page shows, and of people only their seats."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from councils import matters
from councils.models import (
    AgendaItem,
    Council,
    DelegatedAllocation,
    Envelope,
    ItemState,
    Meeting,
    MeetingState,
    Unit,
)
from councils.queries import books, councils, resources
from governance import access
from governance.models import Person
from governance.money import plain_minor
from governance.queries.duties import next_moves
from governance.queries.parts import in_parts
from governance.sheets.tables import columns
from governance.sheets.workbooks import Table

Rows = Iterator[Mapping[str, str]]


def of_councils(found: QuerySet[Council], now: datetime) -> Table:
    """Money in whole units with its cents."""
    heads = columns(
        council=_lazy("council"), name=_lazy("name"), kind=_lazy("kind"), refers=_lazy("refers to"),
        seats=_lazy("seats"), vacant=_lazy("of those vacant"), waiting=_lazy("matters waiting"),
        currency=_lazy("currency"), granted=_lazy("granted"), free=_lazy("free"),
    )  # fmt: skip
    numbers = frozenset({"seats", "vacant", "waiting", "granted", "free"})
    return Table("councils", _("Councils"), heads, _councils(found, now), numbers)


def _councils(found: QuerySet[Council], now: datetime) -> Rows:
    currency = books.currency()
    for part in in_parts(found):
        keys = [one.pk for one in part]
        sitting, money = councils.sittings(keys, now), books.of_councils(keys)
        for one in part:
            seats, held = councils.composition(sitting.get(one.pk, [])), money.get(one.pk, books.Balances())
            yield {
                "council": one.reference,
                "name": one.name,
                "kind": one.get_kind_display(),
                "refers": one.parent.name if one.parent is not None and not one.is_confidential else "",
                "seats": str(seats.seats),
                "vacant": str(seats.vacant),
                "waiting": str(one.open_items),
                "currency": currency,
                "granted": plain_minor(held.granted, currency),
                "free": plain_minor(held.free, currency),
            }


def of_delegated(found: QuerySet[DelegatedAllocation], viewer: Person, now: datetime) -> Table:
    """What it went to is named to whoever may see that."""
    heads = columns(
        item=_lazy("agenda item"), council=_lazy("council"), about=_lazy("allocated to"), currency=_lazy("currency"),
        amount=_lazy("amount"), way=_lazy("way"), seat=_lazy("seat"), version=_lazy("charter version"),
        day=_lazy("day"), statement=_lazy("statement"),
    )  # fmt: skip
    rows = _delegated(found, viewer, now)
    return Table("delegated", _("Allocated without a meeting"), heads, rows, frozenset({"amount", "version"}))


def _delegated(found: QuerySet[DelegatedAllocation], viewer: Person, now: datetime) -> Rows:
    zone = ZoneInfo(viewer.zone)
    for part in in_parts(found):
        seen = access.visible_ids(viewer, {one.about_id for one in part}, now)
        for one in part:
            yield {
                "item": one.item.reference,
                "council": one.council.name,
                "about": one.about.reference if one.about_id in seen else "",
                "currency": one.currency,
                "amount": plain_minor(one.amount, one.currency),
                "way": one.get_way_display(),
                "seat": one.seat.title,
                "version": str(one.charter_version.number),
                "day": one.at.astimezone(zone).date().isoformat(),
                "statement": one.statement,
            }


def of_meetings(found: QuerySet[Meeting], viewer: Person, now: datetime) -> Table:
    heads = columns(
        meeting=_lazy("meeting"), council=_lazy("council"), day=_lazy("day"), time=_lazy("time"), state=_lazy("state"),
        on_agenda=_lazy("on its agenda"), decided=_lazy("decided"), next=_lazy("next"), what=_lazy("what"),
        by=_lazy("by"),
    )  # fmt: skip
    rows = _meetings(found, ZoneInfo(viewer.zone), now)
    return Table("meetings", _("Meetings"), heads, rows, frozenset({"on_agenda", "decided"}))


def _meetings(found: QuerySet[Meeting], zone: ZoneInfo, now: datetime) -> Rows:
    for part in in_parts(found.select_related("subject", "council__subject")):
        moves = next_moves([one.pk for one in part], now)
        for one in part:
            starts, move = one.starts_at.astimezone(zone), moves.get(one.pk)
            yield {
                "meeting": one.reference,
                "council": one.council.name,
                "day": starts.date().isoformat(),
                "time": starts.strftime("%H:%M"),
                "state": str(MeetingState(one.state).label),
                "on_agenda": str(one.on_agenda),
                "decided": str(one.decided),
                "next": move.seat if move is not None else "",
                "what": move.what if move is not None else "",
                "by": move.by.isoformat() if move is not None and move.by is not None else "",
            }


def of_items(found: QuerySet[AgendaItem], viewer: Person, now: datetime) -> Table:
    heads = columns(
        item=_lazy("agenda item"), title=_lazy("title"), matter=_lazy("matter"), council=_lazy("council"),
        meeting=_lazy("meeting"), state=_lazy("state"), raised=_lazy("raised on"), next=_lazy("next"),
        what=_lazy("what"), by=_lazy("by"),
    )  # fmt: skip
    return Table("agenda-items", _("Agenda items"), heads, _items(found, ZoneInfo(viewer.zone), now))


def _items(found: QuerySet[AgendaItem], zone: ZoneInfo, now: datetime) -> Rows:
    for part in in_parts(found.select_related("subject", "council__subject", "meeting__subject")):
        moves = next_moves([one.pk for one in part], now)
        for one in part:
            known, move = matters.MATTERS.get(one.matter), moves.get(one.pk)
            yield {
                "item": one.reference,
                "title": one.title,
                "matter": str(known.label) if known is not None else one.matter,
                "council": one.council.name,
                "meeting": one.meeting.reference if one.meeting is not None else "",
                "state": str(ItemState(one.state).label),
                "raised": one.raised_at.astimezone(zone).date().isoformat(),
                "next": move.seat if move is not None else "",
                "what": move.what if move is not None else "",
                "by": move.by.isoformat() if move is not None and move.by is not None else "",
            }


_AMOUNTS = ("granted", "free", "allocated", "left", "spent", "returned", "overrun")


def of_envelopes(found: QuerySet[Envelope]) -> Table:
    """Money in whole units with its cents, person-time in minutes."""
    heads = columns(
        envelope=_lazy("envelope"), council=_lazy("council"), from_on=_lazy("from"), until_on=_lazy("to"),
        closed=_lazy("closed"), unit=_lazy("unit"), currency=_lazy("currency"), granted=_lazy("granted"),
        free=_lazy("free"), allocated=_lazy("allocated"), left=_lazy("of it not spent"), spent=_lazy("spent"),
        returned=_lazy("given back"), overrun=_lazy("overrun"),
    )  # fmt: skip
    return Table("envelopes", _("Envelopes"), heads, _envelopes(found), frozenset(_AMOUNTS))


def _envelopes(found: QuerySet[Envelope]) -> Rows:
    for part in in_parts(found.select_related("subject", "council__subject")):
        flows = resources.flows(["envelope_id"], Envelope.objects.filter(pk__in=[one.pk for one in part]))
        for one in part:
            held = flows.get((one.pk,), resources.NOTHING)
            yield {
                "envelope": one.reference,
                "council": one.council.name,
                "from_on": one.opens_on.isoformat() if one.opens_on else "",
                "until_on": one.closes_on.isoformat() if one.closes_on else "",
                "closed": _("yes") if one.is_closed else "",
                "unit": str(Unit(one.unit).label),
                "currency": one.currency,
                **{name: _amount(getattr(held, name), one) for name in _AMOUNTS},
            }


def _amount(amount: int, envelope: Envelope) -> str:
    return plain_minor(amount, envelope.currency) if envelope.unit == Unit.MONEY else str(amount)
