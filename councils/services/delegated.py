"""Allocating without a meeting: judged by the charter in force, out of the council's envelope, onto its register."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import authority
from councils.models import AgendaItem, DelegatedAllocation, ItemState
from councils.models.delegated import Way
from councils.queries import books as book_queries
from councils.queries import councils as council_queries
from councils.queries import delegated as queries
from councils.services import agenda, books
from governance import events
from governance.clauses import Rules
from governance.errors import Conflict, Refused
from governance.models import CharterVersion, DutyKind, Person, Seat
from governance.services import duties, journal

MADE = {
    Way.DELEGATED: events.declare(
        "councils.allocation.delegated", says=gettext_lazy("{by} allocated {amount} to {subject} by delegation")
    ),
    Way.SIGNED: events.declare(
        "councils.allocation.signed",
        says=gettext_lazy("{by} allocated {amount} to {subject} by the sponsor's signature"),
    ),
}


@dataclass(frozen=True, slots=True)
class Mandate:
    """As whom somebody allocates: the way, the role that the charter names, the seat, and the version that names it."""

    way: str
    role: str
    seat: Seat
    version: CharterVersion


def judge(item: AgendaItem, amount: int, mandate: Mandate, now: datetime) -> authority.Delegated:
    """What the charter says to it. Under the envelopes' lock nothing else of the council's is allocated meanwhile."""
    rule = Rules.from_json(mandate.version.rules).delegation
    currency = book_queries.currency()
    if mandate.way == Way.SIGNED:
        return authority.judge_signed(
            rule, amount=amount, authority=item.council.sponsor.funding_authority, currency=currency
        )
    return authority.judge_delegated(
        rule,
        amount=amount,
        committed=queries.committed(item.council, rule.period, now),
        today=council_queries.today_of(item.council, now),
        currency=currency,
    )


def allocate(*, item: AgendaItem, amount: int, mandate: Mandate, by: Person, now: datetime) -> DelegatedAllocation:
    """Allocate what stands on the agenda to what the item is about, and settle the item.

    Within the caller's transaction, under the item's lock; who may is the caller's to judge. Raises :class:`Refused`
    beyond what the charter lets, with what happens instead, and :class:`EnvelopeShort`.
    """
    if item.state != ItemState.OPEN:
        raise Conflict(_("This is settled already. Open %(item)s to see what came of it.") % {"item": item.reference})
    books.lock_free(item.council, now)
    judged = judge(item, amount, mandate, now)
    if judged.refusal:
        raise Refused(with_remedy(judged.sentence, item), field="amount", code_name=judged.refusal)
    currency = book_queries.currency()
    made = DelegatedAllocation.objects.create(
        council=item.council,
        item=item,
        about=item.about,
        way=mandate.way,
        role=mandate.role,
        seat=mandate.seat,
        by=by,
        at=now,
        amount=amount,
        currency=currency,
        charter_version=mandate.version,
        facts=judged.facts,
        statement=statement(item, amount, mandate, by),
    )
    books.commit(council=item.council, subject=item.about, amount=amount, by=by, now=now, delegated=made)
    item.state = ItemState.SETTLED
    item.keep("state")
    agenda.end_vote(item.pk, now=now, outcome=mandate.way)
    duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome=mandate.way)
    journal.record(
        MADE[Way(mandate.way)],
        subject=item.about,
        by=by,
        now=now,
        mentions=[("item", item.pk), ("council", item.council_id), ("seat", mandate.seat.pk)],
        amount=amount,
        currency=currency,
    )
    return made


def with_remedy(sentence: str, item: AgendaItem) -> str:
    """Why not, and what happens instead: the council decides."""
    return _("%(sentence)s The council decides: it stands on its agenda as %(item)s.") % {
        "sentence": sentence,
        "item": item.reference,
    }


def statement(item: AgendaItem, amount: int, mandate: Mandate, by: Person) -> str:
    """The sentence that is signed with an allocation."""
    words = {
        "name": by.name,
        "seat": mandate.seat.title,
        "amount": authority.money(amount, book_queries.currency()),
        "action": item.about.title,
        "council": item.council.name,
        "number": mandate.version.number,
    }
    if mandate.way == Way.SIGNED:
        return (
            _(
                "I, %(name)s, for the seat “%(seat)s”, allocate %(amount)s from the envelope of %(council)s to "
                "“%(action)s”, by my signature as its sponsor."
            )
            % words
        )
    return (
        _(
            "I, %(name)s, for the seat “%(seat)s”, allocate %(amount)s from the envelope of %(council)s to "
            "“%(action)s”, as version %(number)d of its charter lets me."
        )
        % words
    )
