"""The room of one agenda item: the outcomes it allows, the form of the chosen one, and what the verdict would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from councils import authority, commissions, evidence, matters, referrals
from councils.access import RECORD
from councils.authority import Judgement
from councils.forms.meetings import SettleForm
from councils.models import AgendaItem, CaptureKind, MeetingState
from councils.periods import THIS
from councils.queries import books, captures, recusing
from councils.queries import councils as council_queries
from councils.queries import decisions as decision_queries
from councils.queries import meetings as meeting_queries
from councils.queries.meetings import Place, Standing
from councils.services.decisions import body_above, by_charter
from governance import access
from governance.clauses import Rules
from governance.clauses.recusing import NOBODY
from governance.models import Person, Seat
from governance.services.duties import rules_in_force


@dataclass(slots=True)
class Room:
    """What the settle form shows. ``free`` and ``limit`` are minor units of ``currency``."""

    item: AgendaItem
    outcomes: list[matters.Outcome]
    chosen: matters.Outcome
    form: SettleForm
    standing: Standing | None
    free: int
    limit: int
    currency: str
    refer_to: str
    may_refer: bool
    expected: str
    may_leave: bool = False
    """Whether it had escalated, so that a meeting that does not decide it says so."""
    is_begun: bool = False
    """Whether something was written before that is not sent yet."""
    preview: Judgement | None = None
    short: dict[str, Any] | None = None
    """Where the envelope has less than was asked: ``free`` and ``needed``, and a referral is offered."""


def may_settle(item: AgendaItem, viewer: Person, now: datetime) -> bool:
    """Whether ``viewer`` may record what comes of this item now."""
    if item.state != "open":
        return False
    if referrals.is_for_the_sponsor(item):
        return access.holds(viewer, item.council.sponsor_id, now)
    is_sitting = item.meeting is not None and item.meeting.state == MeetingState.OPEN
    return is_sitting and access.may(viewer, RECORD, item.council, now)


def room_of(
    item: AgendaItem,
    viewer: Person,
    now: datetime,
    outcome: str,
    standing: Standing | None = None,
    data: Any = None,
    typed: Mapping[str, str] | None = None,
) -> Room:
    """The room of an item; ``data`` is what was posted, ``typed`` what was written before and is not sent yet.

    An unknown outcome shows the first one.
    """
    alone = referrals.is_for_the_sponsor(item)
    if standing is None and not alone and item.meeting is not None:
        standing = meeting_queries.standing(item.meeting, now)
    outcomes = {outcome.key: outcome for outcome in matters.offered(item, now)} or matters.outcomes_of(item)
    chosen = outcomes.get(outcome) or next(iter(outcomes.values()))
    currency = books.currency()
    free = books.free_now(item.council, now)
    rules, left = None, None
    if alone or item.meeting is None:
        limit = item.council.sponsor.funding_authority
    else:
        rules = Rules.from_json(meeting_queries.version_of(item.meeting, now).rules)
        limit = authority.limit_of(rules.right, currency)
        committed = decision_queries.committed(item.council, rules.right.period, now)
        left = authority.left_of(rules.right, currency, committed)
    asked = {"motion": _motion(item, chosen), "version": item.version, **_initial(item, chosen), **(typed or {})}
    aside: dict[int, Place] = {}
    if standing is not None and rules is not None:
        given = set() if rules.recusal.must == NOBODY else _given(item, chosen, asked if data is None else data)
        aside = recusing.required(item, standing.places, rules.recusal, now, given)
    if aside and item.meeting is not None:
        standing = meeting_queries.standing(item.meeting, now, recused=list(aside))
    form = SettleForm(
        data,
        outcome=chosen,
        viewer=viewer,
        now=now,
        currency=currency,
        aside=dict.fromkeys(aside, by_charter()),
        pieces=evidence.offered(item, viewer, now),
        lasts=not matters.MATTERS[item.matter].stays,
        standing=None if alone else standing,
        risks=_risks(item, chosen, rules, now),
        by_consent=rules is not None and rules.voting.threshold == "consent",
        initial=asked,
        prefix=None,
    )
    return Room(
        item=item,
        outcomes=list(outcomes.values()),
        chosen=chosen,
        form=form,
        standing=None if alone else standing,
        free=free,
        limit=limit,
        currency=currency,
        refer_to=body_above(item.council),
        may_refer=not alone,
        expected=_expected(standing, limit, free, currency, alone=alone, left=left, rules=rules),
        may_leave=not alone and matters.is_escalated(item),
        is_begun=bool(typed),
    )


def _given(item: AgendaItem, chosen: matters.Outcome, asked: Mapping[str, Any]) -> set[str]:
    """The seats to which what is asked gives work, as far as it is known: chosen in the form, captured, referred."""
    keys = {
        field.name: int(key)
        for field in chosen.fields
        if field.answers and (key := str(asked.get(field.name) or "")).isdecimal()
    }
    known = Seat.objects.filter(pk__in=keys.values()) if keys else Seat.objects.none()
    seats = dict(known.values_list("pk", "subject__reference"))
    payload: dict[str, Any] = {name: seats.get(key) for name, key in keys.items()}
    if chosen.takes_actions:
        lines = [captures.asked_of(line) for line in captures.of_item(item.pk) if line.kind == CaptureKind.ACTION]
        payload[commissions.KEY] = lines
    return matters.seats_named(item, chosen.key, payload)


def putting_room(item: AgendaItem, viewer: Person, now: datetime, outcome: str, data: Any = None) -> Room:
    """The room of an item whose motion is put to a vote in writing: what a meeting would settle, without the votes."""
    outcomes = {one.key: one for one in matters.offered(item, now)} or matters.outcomes_of(item)
    chosen = outcomes.get(outcome) or next(iter(outcomes.values()))
    currency = books.currency()
    rules = Rules.from_json(rules_in_force(item.council.charter, now).rules)
    form = SettleForm(
        data,
        outcome=chosen,
        viewer=viewer,
        now=now,
        currency=currency,
        standing=None,
        risks=_risks(item, chosen, rules, now),
        initial={"motion": _motion(item, chosen), "version": item.version, **_initial(item, chosen)},
    )
    return Room(
        item=item,
        outcomes=list(outcomes.values()),
        chosen=chosen,
        form=form,
        standing=None,
        free=books.free_now(item.council, now),
        limit=authority.limit_of(rules.right, currency),
        currency=currency,
        refer_to="",
        may_refer=False,
        expected="",
    )


def _motion(item: AgendaItem, chosen: matters.Outcome) -> str:
    """The sentence to begin with: what was captured or proposed, else asked; of what a rule put there, what the
    outcome does."""
    waiting = [line.text for line in captures.of_item(item.pk) if line.kind == CaptureKind.DECISION]
    if waiting:
        return waiting[-1]
    if item.proposal.get("motion"):
        return str(item.proposal["motion"])
    if chosen.motion is not None and (said := chosen.motion(item)):
        return said
    if item.raised_by_id is None and item.about_id != item.pk:
        return f"{str(chosen.label).capitalize()}: {item.about.title}"
    return item.ask


def _risks(item: AgendaItem, chosen: matters.Outcome, rules: Rules | None, now: datetime) -> str:
    """When the charter wants risks written down for this outcome, in a sentence; empty: never."""
    commits = item.matter == referrals.REFERRAL or any(field.kind == "money" for field in chosen.fields)
    if not commits:
        return ""
    if rules is None:
        rules = Rules.from_json(rules_in_force(item.council.charter, now).rules)
    limit = authority.risk_note_above(rules.right, books.currency())
    if limit is None:
        return ""
    return _("Needed for what commits more than %(limit)s.") % {"limit": authority.money(limit, books.currency())}


def _initial(item: AgendaItem, chosen: matters.Outcome) -> dict[str, Any]:
    return {"risk_note": item.proposal.get("risk_note", ""), **_proposed(item, chosen)}


def _proposed(item: AgendaItem, chosen: matters.Outcome) -> dict[str, Any]:
    """What somebody proposed, as the form's first values (a referral's payload is not retyped)."""
    if item.matter == referrals.REFERRAL:
        return {}
    payload = dict(item.proposal.get("payload", {}))
    named = {payload[field.name] for field in chosen.fields if field.kind == "seat" and payload.get(field.name)}
    if named:  # the payload keeps references, the form's choices are keys
        keys = dict(Seat.objects.filter(subject__reference__in=named).values_list("subject__reference", "pk"))
        seats = {field.name for field in chosen.fields if field.kind == "seat"}
        payload |= {name: keys.get(payload[name]) for name in seats & payload.keys()}
    return payload


def _expected(
    standing: Standing | None,
    limit: int,
    free: int,
    currency: str,
    *,
    alone: bool,
    left: int | None,
    rules: Rules | None,
) -> str:
    """What a decision taken now would be worth, in a sentence or two."""
    words = {"limit": authority.money(limit, currency), "free": authority.money(free, currency)}
    if alone:
        return _("The sponsor decides this alone, up to %(limit)s; %(free)s is free in the envelope.") % words
    if standing is None or rules is None:
        return ""
    if not standing.is_quorate:
        return _("What is decided without a quorum is advice, and the matter stays on the agenda.")
    if not standing.heard.is_met:
        return _("What is decided while a department is not represented is advice, and the matter stays on the agenda.")
    said = (
        _("As it stands, what carries counts, up to %(limit)s by one decision; %(free)s is free in the envelope.")
        % words
    )
    if left is None:
        return said
    of_period = _("Of the limit for %(period)s, %(left)s is left.") % {
        "period": THIS[rules.right.period],
        "left": authority.money(left, currency),
    }
    return f"{said} {of_period}"


def council_rights(item: AgendaItem, viewer: Person, now: datetime) -> set[str]:
    return council_queries.rights(viewer, item.council, now)
