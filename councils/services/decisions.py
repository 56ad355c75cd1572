"""Settling what stands on an agenda: judged by the charter version in force, stored with the facts, carried out."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import authority, commissions, hands, matters, referrals, slips
from councils.authority import Judgement
from councils.models import (
    AgendaItem,
    Ballot,
    Choice,
    Council,
    Decision,
    How,
    ItemState,
    MeetingState,
    Verdict,
    Vote,
    WrittenVote,
)
from councils.queries import ballots as ballot_queries
from councils.queries import books as book_queries
from councils.queries import councils as council_queries
from councils.queries import decisions as decision_queries
from councils.queries import meetings as meeting_queries
from councils.queries import recusing
from councils.queries.meetings import Place, Standing
from councils.recusal import Aside
from councils.services import agenda, books, captures
from councils.services import lasting as lasts
from councils.services.lasting import Lasting
from councils.services.meetings import locked as locked_meeting
from councils.tally import RECUSED, tally
from governance import access, events
from governance.clauses import Recusal, Rules
from governance.clauses.recusing import NOBODY
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import CharterVersion, DutyKind, Person, Seat, SubjectKind
from governance.services import duties, journal, subjects

SETTLED = events.declare(
    "councils.decision.settled",
    says=gettext_lazy("{by} recorded the decision “{subject}”: {verdict}"),
    words={"verdict": dict(Verdict.choices)},
)
REFERRED = events.declare("councils.item.referred", says=gettext_lazy("{by} referred {subject} upward"))

# Verdicts after which the matter still stands on this agenda: advice settles nothing.
LEAVES_OPEN = (Verdict.ADVISORY,)
LONGEST_NOTE = 2000
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Ballots:
    """How the votes were given, as :func:`settle` takes them."""

    votes: Mapping[int, str]
    how: str = How.BY_NAME
    shown: Mapping[str, int] = dataclasses.field(default_factory=dict)
    reasons: Mapping[int, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion that was checked: what would be carried out, what it commits, who votes how, and how it is judged."""

    item: AgendaItem
    outcome: str
    text: str
    payload: dict[str, Any]
    amount: int
    minutes: int
    risk_note: str
    rules: CharterVersion
    payer: Council
    choices: dict[int, str]
    persons: dict[int, Person]
    judgement: Judgement
    main: int = 0
    """What its outcome commits by itself (minor units), without the actions that are commissioned beside it."""
    how: str = How.BY_NAME
    reasons: dict[int, str] = dataclasses.field(default_factory=dict)
    """Why a seat stands aside, by its membership."""
    lasting: lasts.Checked = dataclasses.field(default_factory=lasts.Checked)
    stood_on: int | None = None
    """The meeting from whose agenda a chair took it."""


def settle(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    votes: Mapping[int, str],
    by: Person,
    now: datetime,
    risk_note: str = "",
    version: int | None = None,
    how: str = How.BY_NAME,
    shown: Mapping[str, int] | None = None,
    reasons: Mapping[int, str] | None = None,
    lasting: Lasting | None = None,
) -> Decision:
    """Record what a council decided on an item, with its verdict.

    ``votes`` names a choice per membership (its key); a present seat without one did not cast a vote. Where ``how`` is
    a show of hands, ``shown`` says how many were raised for each choice, and ``votes`` names those alone who stand
    aside; where nobody objected, every seat that is here and does not stand aside voted for it. ``reasons`` say why a
    seat stands aside. ``payload`` may hold the actions that it commissions (:mod:`councils.commissions`). ``risk_note``
    says what can go wrong; beyond the charter's amount nothing is recorded without. ``lasting`` names the evidence, the
    day on which what is decided is looked at again, and the decisions whose place it takes. Without a quorum
    the decision is stored as advice and the item stays open; not carried, it is stored as rejected; beyond the limit
    it is referred at once and commits nothing; valid, it is carried out in this transaction. Raises
    :class:`EnvelopeShort` where the envelope has less than it commits: nothing is stored, and it may be referred
    (:func:`refer`). Raises :class:`Refused`, :class:`Absent`, :class:`Stale`, :class:`Conflict` and, at the field,
    :class:`Invalid`.
    """
    with transaction.atomic():
        item = _locked(item, by, now, version)
        asked = _motion(
            item, outcome, motion, payload, Ballots(votes, how, shown or {}, reasons or {}), by, now, lock=True,
            risk_note=risk_note,
        )  # fmt: skip
        asked = replace(asked, lasting=lasts.checked(item, lasting or Lasting(), by, now))
        if asked.judgement.verdict == authority.SHORT:
            raise _short(asked)
        return _store(asked, by, now)


def project(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    votes: Mapping[int, str],
    by: Person,
    now: datetime,
    risk_note: str = "",
    how: str = How.BY_NAME,
    shown: Mapping[str, int] | None = None,
    reasons: Mapping[int, str] | None = None,
    lasting: Lasting | None = None,
) -> Judgement:
    """What :func:`settle` would find, storing nothing. Raises what it would raise, but for a short envelope."""
    _authorise(item, by, now)
    ballots = Ballots(votes, how, shown or {}, reasons or {})
    lasts.checked(item, lasting or Lasting(), by, now)
    return _motion(item, outcome, motion, payload, ballots, by, now, lock=False, risk_note=risk_note).judgement


def refer(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    by: Person,
    now: datetime,
    risk_note: str = "",
    version: int | None = None,
) -> AgendaItem:
    """Send an item with what was proposed to the body above, without a verdict; it is off this agenda then.

    At the root it goes to the sponsor, on the council's own agenda. Returns the new item.
    """
    with transaction.atomic():
        item = _locked(item, by, now, version)
        if matters.MATTERS[item.matter].stays:
            raise Conflict(_("The council itself ratifies what its chair did, or it lapses with the meeting."))
        if referrals.is_for_the_sponsor(item):
            raise Conflict(_("There is nobody above the sponsor to refer this to. Lower the amount, or decline it."))
        checked = _checked(item, matters.outcome_of(item, outcome), payload, by, now)
        item.state = ItemState.WITHDRAWN
        item.keep("state")
        raised = referrals.raise_to_superior(
            item=item,
            outcome=outcome,
            motion=_text(item, motion),
            payload=checked,
            decision=None,
            by=by,
            now=now,
            risk_note=_risk_note(item, risk_note),
        )
        duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="referred")
        journal.record(REFERRED, subject=item.subject, by=by, now=now, mentions=[("referral", raised.pk)])
        return raised


# --- steps ---------------------------------------------------------------------------------------------------------


def _locked(item: AgendaItem, by: Person, now: datetime, version: int | None) -> AgendaItem:
    """Authorise, then lock the meeting and the item, in this order; the item as it stands."""
    _authorise(item, by, now)
    if item.meeting_id is not None and item.meeting is not None:
        locked_meeting(item.meeting)
    found = agenda.locked(item, version)
    if found.state != ItemState.OPEN:
        raise Conflict(
            _("This item is %(state)s already. Open it to see what came of it.")
            % {"state": ItemState(found.state).label}
        )
    if found.meeting_id != item.meeting_id:
        raise Conflict(_("This item was moved meanwhile. Look at it as it stands now."))
    agenda.require_no_vote(found)
    return found


def _authorise(item: AgendaItem, by: Person, now: datetime) -> None:
    if not referrals.is_for_the_sponsor(item):
        access.require(by, council_access.RECORD, item.council, now)
        return
    if access.holds(by, item.council.sponsor_id, now):
        return
    if not access.may_see(by, item.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    raise Refused(_("No body stands above this council: its sponsor settles this referral alone. Ask them."))


def _motion(
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    ballots: Ballots,
    by: Person,
    now: datetime,
    *,
    lock: bool,
    risk_note: str = "",
) -> Motion:
    """Check a motion and judge it by the rules that hold; with ``lock`` on the money that it would draw on."""
    asked, common = _asked(item, outcome, motion, payload, by, now, lock=lock, risk_note=risk_note)
    if referrals.is_for_the_sponsor(item):
        return _by_the_sponsor(asked, common)
    if item.meeting is None or item.meeting.state != MeetingState.OPEN:
        raise Conflict(_("A council decides in an open meeting. Place the item on one and open it."))
    choices = {int(key): str(choice) for key, choice in ballots.votes.items()}
    version = meeting_queries.version_of(item.meeting, now)
    rule = Rules.from_json(version.rules).recusal
    required = _required(item, rule, now, matters.seats_named(item, outcome, asked.payload))
    choices = _stood_aside(choices, required)
    standing = meeting_queries.standing(
        item.meeting, now, recused=[*required, *(key for key, choice in choices.items() if choice == RECUSED)]
    )
    choices = _completed(choices, ballots, standing)
    reasons = {**dict.fromkeys(required, by_charter()), **_reasons(choices, ballots)}
    _require_reasons(choices, reasons, standing)
    persons = _voters(choices, standing)
    if lock and ballots.how != How.HANDS:
        _require_a_vote(persons, standing)
    return _judged(
        replace(
            asked,
            choices=choices,
            persons=persons,
            how=ballots.how,
            reasons=reasons,
        ),
        common,
        standing=standing,
        version=version,
        cast=hands.choices_of(ballots.shown, choices.values()) if ballots.how == How.HANDS else choices.values(),
        now=now,
        aside=_aside(required, rule),
    )


def by_charter() -> str:
    """Why a seat stands aside that has to."""
    return _("By the charter: it is their own matter.")


def _required(item: AgendaItem, rule: Recusal, now: datetime, given: Collection[str]) -> dict[int, Place]:
    """The seats taken in the item's meeting that have to stand aside, by membership."""
    if rule.must == NOBODY or item.meeting is None:
        return {}
    return recusing.required(item, meeting_queries.standing(item.meeting, now).places, rule, now, given)


def _stood_aside(choices: dict[int, str], required: Mapping[int, Place]) -> dict[int, str]:
    """The choices with those recused that the charter makes stand aside. Raises :class:`Invalid` at their votes."""
    asked = {key: place for key, place in required.items() if place.sitting.membership.votes}
    for key, place in asked.items():
        if choices.get(key, RECUSED) != RECUSED:
            raise Invalid(
                _("By the charter %(who)s (%(seat)s) stands aside: it is their own matter. Record it as recused.")
                % {"who": place.person, "seat": place.sitting.seat.title},
                field="votes",
            )
    return {**choices, **dict.fromkeys(asked, str(RECUSED))}


def _aside(required: Mapping[int, Place], rule: Recusal) -> Aside:
    return Aside(tuple(place.sitting.seat.title for place in required.values()), leaves=not rule.stays)


def in_writing(
    *, item: AgendaItem, outcome: str, motion: str, payload: dict[str, Any], by: Person, now: datetime, risk_note: str
) -> Motion:
    """A motion that is put to a written vote: checked, with its risks where the charter wants them, before the vote."""
    asked, common = _asked(item, outcome, motion, payload, by, now, lock=False, risk_note=risk_note)
    _require_risk_note(asked, Rules.from_json(asked.rules.rules), Judgement(authority.VALID, common))
    return asked


def settle_in_writing(
    *, item: AgendaItem, ballot: Ballot, votes: Sequence[WrittenVote], version: CharterVersion, now: datetime
) -> Decision:
    """Record what a written vote came to, within the lock of its item and of the vote; ``votes`` are those that count.

    A seat is present by having voted. What escalated is not settled by a motion that did not carry, or without a
    quorum: it stays open, and whoever closes the vote brings it on. Recorded for whoever put the motion.
    """
    by = ballot.put_by
    if by is None:
        raise ValueError(f"{ballot}: nobody put its motion")
    asked, common = _asked(
        item, ballot.outcome, ballot.motion, ballot.payload, by, now, lock=True, risk_note=ballot.risk_note
    )
    rule = Rules.from_json(version.rules).recusal
    standing = ballot_queries.standing(item.council, version, votes, now)
    given = matters.seats_named(item, asked.outcome, asked.payload)
    required = recusing.required(item, standing.places, rule, now, given)
    if required:  # whoever came to answer for it since they voted does not count either
        for vote in votes:
            vote.choice = RECUSED if vote.membership_id in required else vote.choice
        standing = ballot_queries.standing(item.council, version, votes, now)
    choices = {vote.membership_id: vote.choice for vote in votes}
    judged = _judged(
        replace(
            asked,
            choices=choices,
            persons={vote.membership_id: vote.person for vote in votes},
            how=How.WRITTEN,
            reasons={vote.membership_id: vote.reason for vote in votes if vote.reason},
        ),
        common,
        standing=standing,
        version=version,
        cast=choices.values(),
        now=now,
        aside=_aside(required, rule),
    )
    verdict = judged.judgement.verdict
    if verdict == authority.SHORT:
        raise _short(judged)
    rises = matters.is_escalated(item) and verdict in (Verdict.ADVISORY, Verdict.REJECTED)
    told = {**judged.judgement.facts, "written": True, "closes_on": ballot.closes_on.isoformat(), "rises": rises}
    return _store(replace(judged, judgement=Judgement(verdict, told)), by, now, leaves_open=rises)


def settle_by_chair(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    by: Person,
    now: datetime,
    risk_note: str,
    version: int | None,
) -> Decision:
    """Record what a chair decides alone. Whoever calls it has asked that ``by`` is the chair. Within a transaction."""
    if item.meeting is not None and locked_meeting(item.meeting).state == MeetingState.OPEN:
        raise Conflict(_("Its meeting is open: decide it there."))
    found = agenda.locked(item, version)
    if found.state != ItemState.OPEN or found.meeting_id != item.meeting_id:
        raise Conflict(_("This item was settled or moved meanwhile. Look at it as it stands now."))
    agenda.require_no_vote(found)
    if referrals.is_for_the_sponsor(found) or matters.MATTERS[found.matter].stays:
        raise Conflict(_("The chair does not decide this alone."))
    stood_on, found.meeting = found.meeting_id, None
    found.keep("meeting")
    asked, common = _asked(found, outcome, motion, payload, by, now, lock=True, risk_note=risk_note)
    rules = Rules.from_json(asked.rules.rules)
    if not rules.chair.allowed:
        raise Conflict(_("The charter lets the chair decide nothing alone. Put it to a vote."))
    if asked.minutes:
        raise Conflict(_("The chair alone commits no person-time. Put it to a vote."))
    chairs = [one for one in council_queries.sitting_of(found.council, now) if one.is_chair]
    given = matters.seats_named(found, outcome, asked.payload)
    if any(recusing.is_required(found, one, by, rules.recusal, now, given) for one in chairs):
        raise Conflict(_("By the charter the chair stands aside here: it is their own matter. Put it to a vote."))
    committed = decision_queries.committed(found.council, rules.right.period, now)
    judged = authority.judge_chair(rules.chair, rules.right, committed=committed, **common)
    if judged.verdict == authority.REFERRED:
        raise Conflict(
            _("The chair alone may commit %(limit)s, and no more than the council has left of its period. Put it to a"
              " vote.") % {"limit": authority.money(judged.facts["limit"], judged.facts["currency"])},
            field="amount",
        )  # fmt: skip
    _require_risk_note(asked, rules, judged)
    asked = replace(asked, how=How.CHAIR, judgement=_with_payer(judged, asked), stood_on=stood_on)
    if judged.verdict == authority.SHORT:
        raise _short(asked)
    return _store(asked, by, now)


def _asked(
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    by: Person,
    now: datetime,
    *,
    lock: bool,
    risk_note: str,
) -> tuple[Motion, dict[str, Any]]:
    """A motion that was checked and not judged yet, and what is judged of the money that it would draw on."""
    chosen = matters.outcome_of(item, outcome)
    checked = _checked(item, chosen, payload, by, now)
    main = chosen.commits(checked)
    amount = main + commissions.committed(checked)
    if not 0 <= amount <= books.MOST:
        raise Invalid(_("An amount is nothing or more."), field="amount")
    payer, free = _purse(item, amount, now, lock=lock)
    common: dict[str, Any] = {"amount": amount, "free": free, "currency": book_queries.currency()}
    asked = Motion(
        item=item,
        outcome=outcome,
        text=_text(item, motion),
        payload=checked,
        amount=amount,
        main=main,
        minutes=chosen.commits_time(checked),
        risk_note=_risk_note(item, risk_note),
        rules=duties.rules_in_force(item.council.charter, now),
        payer=payer,
        choices={},
        persons={},
        judgement=Judgement("", {}),
    )
    return asked, common


def _judged(
    asked: Motion,
    common: dict[str, Any],
    *,
    standing: Standing,
    version: CharterVersion,
    cast: Iterable[str],
    now: datetime,
    aside: Aside,
) -> Motion:
    """The motion with its verdict: ``cast`` are the choices to tally, ``standing`` who is counted."""
    item = asked.item
    rules = Rules.from_json(version.rules)
    judged = authority.judge(
        counted=standing.count,
        tallied=tally(
            cast,
            rules.voting,
            seats=standing.count.seats,
            present=standing.count.present + standing.count.recused,
            chair_choice=asked.choices.get(standing.chair_key, ""),
        ),
        right=rules.right,
        heard=standing.heard,
        committed=decision_queries.committed(item.council, rules.right.period, now),
        time=authority.PersonTime(
            asked.minutes, decision_queries.minutes_committed(item.council, rules.right.period, now)
        ),
        aside=aside,
        **common,
    )
    _require_risk_note(asked, rules, judged)
    return replace(asked, rules=version, judgement=_with_payer(judged, asked))


def _checked(
    item: AgendaItem, chosen: matters.Outcome, payload: dict[str, Any], by: Person, now: datetime
) -> dict[str, Any]:
    """The payload as the matter cleans it; a seat that it names must be one that ``by`` may see."""
    for field in chosen.fields:
        given = payload.get(field.name)
        if (
            field.kind == "seat"
            and given
            and not Seat.objects.visible_to(by, now).filter(subject__reference=str(given)).exists()
        ):
            raise Invalid(_("There is no such seat, or none that you may see. Choose another."), field=field.name)
    refusal = chosen.refuses(item, now)
    if refusal:
        raise Invalid(refusal, field="outcome")
    checked = chosen.check(item, payload)
    # What was referred is decided as it was referred, with the actions that it commissioned.
    source = item.proposal.get("payload", {}) if item.matter == referrals.REFERRAL else payload
    if chosen.takes_actions and (asked := _commissioned(item, source, by, now)):
        checked = {**checked, commissions.KEY: asked}
    today = council_queries.today_of(item.council, now).isoformat()
    for field in chosen.fields:
        if field.kind == "date" and checked.get(field.name) and checked[field.name] < today:
            raise Invalid(_("This day has passed. Choose today or a day to come."), field=field.name)
    return checked


def _commissioned(item: AgendaItem, payload: dict[str, Any], by: Person, now: datetime) -> list[dict[str, Any]]:
    """The actions that are commissioned beside the outcome, checked; their seats must be such as ``by`` may see."""
    found = commissions.checked(item, payload.get(commissions.KEY))
    named = {one["seat"] for one in found}
    if item.matter != referrals.REFERRAL and named:
        seen = Seat.objects.visible_to(by, now).filter(subject__reference__in=named)
        if named - set(seen.values_list("subject__reference", flat=True)):
            raise Invalid(_("There is no such seat, or none that you may see. Choose another."), field=commissions.KEY)
    today = council_queries.today_of(item.council, now).isoformat()
    if any(one["asked_for"] and one["asked_for"] < today for one in found):
        raise Invalid(_("The date asked for has passed. Choose today or a day to come."), field=commissions.KEY)
    return found


def _completed(choices: dict[int, str], ballots: Ballots, standing: Standing) -> dict[int, str]:
    """The choices by name that were meant: all for it where nobody objected, those who stand aside where hands were
    shown. Raises :class:`Invalid` at ``votes`` for more hands than seats that are here.
    """
    if ballots.how not in How.values or ballots.how in (How.WRITTEN, How.CHAIR):
        raise Invalid(_("Say whether it was by name, by show of hands, or without an objection."), field="how")
    if ballots.how == How.NO_OBJECTION:
        if set(choices.values()) - {RECUSED, Choice.FOR}:
            raise Invalid(
                _("Somebody objects or abstains: record the votes by name, or by show of hands."), field="how"
            )
        free = [place.sitting.membership.pk for place in standing.voting if place.person is not None]
        return {**dict.fromkeys(free, str(Choice.FOR)), **choices}
    if ballots.how == How.HANDS:
        if set(choices.values()) - {RECUSED}:
            raise Invalid(_("A show of hands names nobody but who stands aside."), field="votes")
        problem = hands.problem(ballots.shown, able=len(standing.voting) - len(choices))
        if problem:
            raise Invalid(problem, field="votes")
    return choices


def _reasons(choices: Mapping[int, str], ballots: Ballots) -> dict[int, str]:
    """Why seats stand aside, as far as it was said, in so many words at most."""
    said = {int(key): str(text).strip() for key, text in ballots.reasons.items()}
    if any(len(text) > LONGEST_REASON for text in said.values()):
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="votes")
    return {key: text for key, text in said.items() if text and choices.get(key) == RECUSED}


def _require_reasons(choices: Mapping[int, str], reasons: Mapping[int, str], standing: Standing) -> None:
    """Raises :class:`Invalid` at ``reasons`` for whoever stands aside on their own and does not say why."""
    silent = [place for place in standing.places if choices.get(place.sitting.membership.pk) == RECUSED]
    silent = [place for place in silent if place.person is not None and not reasons.get(place.sitting.membership.pk)]
    if silent:
        raise Invalid(
            _("Whoever stands aside says why. Write the reason of %(who)s.")
            % {"who": ", ".join(str(place.person) for place in silent)},
            field="reasons",
        )


def _with_payer(judged: Judgement, asked: Motion) -> Judgement:
    """Says whose envelope was looked at, where it is not the deciding council's own."""
    if asked.payer.pk == asked.item.council_id:
        return judged
    return Judgement(judged.verdict, {**judged.facts, "envelope_of": asked.payer.reference})


def _purse(item: AgendaItem, amount: int, now: datetime, *, lock: bool) -> tuple[Council, int]:
    """Whose envelope pays, and what is free in it (minor units).

    A referral lends authority, not money: the envelope of the council that proposed it pays where it has enough,
    otherwise that of the body that decides. Without money nothing is locked: what is carried out may lock the thing
    that it is about first, and its envelope after it.
    """
    lock = lock and amount > 0
    origin = referrals.payer_of(item)
    if origin is not None and origin.pk != item.council_id:
        free = _free(origin, now, lock=lock)
        if free >= amount:
            return origin, free
    return item.council, _free(item.council, now, lock=lock)


def _free(council: Council, now: datetime, *, lock: bool) -> int:
    if lock:
        return sum(free for _envelope, free in books.lock_free(council, now))
    return book_queries.free_now(council, now)


def _text(item: AgendaItem, motion: str) -> str:
    text = motion.strip() or str(item.proposal.get("motion", "")).strip()
    if not text:
        raise Invalid(_("Write the motion: one sentence that was put to the vote."), field="motion")
    return text


def _risk_note(item: AgendaItem, given: str) -> str:
    """The risks as they were written now, else as they were with what was referred."""
    text = given.strip() or str(item.proposal.get("risk_note", "")).strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_NOTE}, field="risk_note")
    return text


def _require_risk_note(asked: Motion, rules: Rules, judged: Judgement) -> None:
    """Raises :class:`Invalid` at the note where the charter asks for one; advice and what does not carry need none."""
    limit = authority.risk_note_above(rules.right, judged.facts["currency"])
    if limit is None or asked.amount <= limit or asked.risk_note:
        return
    if judged.verdict in (authority.VALID, authority.REFERRED, authority.SHORT):
        raise Invalid(
            _("Above %(limit)s the charter wants the risks written down: what can go wrong, and what is done then.")
            % {"limit": authority.money(limit, judged.facts["currency"])},
            field="risk_note",
        )


def _by_the_sponsor(asked: Motion, common: dict[str, Any]) -> Motion:
    """The motion as the sponsor alone may settle it. Raises :class:`Conflict` beyond the funding authority."""
    judged = authority.judge_alone(authority=asked.item.council.sponsor.funding_authority, **common)
    if judged.verdict == authority.REFERRED:
        raise Conflict(
            _("This is beyond the sponsor's funding authority of %(limit)s. Decline it, or raise the authority.")
            % {"limit": authority.money(judged.facts["limit"], judged.facts["currency"])},
            field="amount",
        )
    _require_risk_note(asked, Rules.from_json(asked.rules.rules), judged)
    return replace(asked, judgement=_with_payer(judged, asked))


def _require_a_vote(persons: Mapping[int, Person], standing: Standing) -> None:
    """Raises :class:`Invalid` at ``votes`` where somebody here could vote and no vote is recorded."""
    if not persons and any(place.person is not None for place in standing.voting):
        raise Invalid(
            _("Nobody's vote is recorded. Say how each seat voted, or that it abstains; a motion that nobody voted on"
              " settles nothing."),
            field="votes",
        )  # fmt: skip


def _voters(choices: dict[int, str], standing: Standing) -> dict[int, Person]:
    """Who voted for each seat; raises :class:`Invalid` at ``votes`` for a vote that nobody here could cast."""
    here = {place.sitting.membership.pk: place for place in standing.voting}
    persons: dict[int, Person] = {}
    for membership, choice in choices.items():
        if choice not in Choice.values:
            raise Invalid(_("Choose for, against, abstains or recused."), field="votes")
        place = here.get(membership)
        if place is None or place.person is None:
            raise Invalid(
                _("A vote is recorded for a seat that is not taken now, or has no vote. Mark who is here first."),
                field="votes",
            )
        if place.person in persons.values():
            raise Invalid(_("%(person)s has one vote.") % {"person": place.person}, field="votes")
        persons[membership] = place.person
    return persons


def _short(asked: Motion) -> books.EnvelopeShort:
    item = asked.item
    target = "" if referrals.is_for_the_sponsor(item) else body_above(item.council)
    facts = asked.judgement.facts
    return books.EnvelopeShort(free=facts["free"], needed=asked.amount, currency=facts["currency"], refer_to=target)


def body_above(council: Council) -> str:
    """Who is referred to, in words: the parent body, or the sponsor at the root."""
    target = referrals.target_of(council)
    return _("its sponsor") if target.pk == council.pk else target.name


def _store(asked: Motion, by: Person, now: datetime, *, leaves_open: bool = False) -> Decision:
    """Store the verdict with its facts and votes, then do what follows from it."""
    item, judged = asked.item, asked.judgement
    subject = subjects.create(
        SubjectKind.DECISION, title=asked.text.splitlines()[0], now=now, audience=[item.council_id]
    )
    subject.audience = item.subject.audience  # a referral's decision is also its proposers' to know
    subject.save(update_fields=["audience"])
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                subject=subject,
                council=item.council,
                meeting=item.meeting,
                item=item,
                charter_version=asked.rules,
                is_provisional=asked.rules.is_provisional,
                motion=asked.text,
                outcome=asked.outcome,
                payload=asked.payload,
                amount=asked.amount,
                minutes=asked.minutes,
                risk_note=asked.risk_note,
                currency=judged.facts["currency"],
                how=asked.how,
                verdict=judged.verdict,
                facts=judged.facts,
                decided_at=now,
                recorded_by=by,
                review_on=asked.lasting.review_on if judged.verdict == Verdict.VALID else None,
            )
    except IntegrityError as error:
        raise Conflict(_("This item was settled meanwhile. Open it to see what came of it.")) from error
    Vote.objects.bulk_create(
        Vote(
            decision=decision,
            membership_id=key,
            person=asked.persons[key],
            choice=choice,
            reason=asked.reasons.get(key, ""),
        )
        for key, choice in asked.choices.items()
    )
    owed = agenda.owed(item)
    if judged.verdict not in LEAVES_OPEN and not leaves_open:
        item.state = ItemState.SETTLED
        item.keep("state")
        duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome=judged.verdict)
    journal.record(
        SETTLED,
        subject=subject,
        by=by,
        now=now,
        mentions=[("item", item.pk), ("about", item.about_id), ("council", item.council_id)],
        verdict=judged.verdict,
    )
    failed = matters.MATTERS[item.matter].failed
    if judged.verdict == Verdict.REJECTED and failed is not None:
        failed(item, by, now)
    if judged.verdict == Verdict.REFERRED:
        referrals.raise_to_superior(
            item=item,
            outcome=asked.outcome,
            motion=asked.text,
            payload=asked.payload,
            decision=decision,
            by=by,
            now=now,
            risk_note=asked.risk_note,
        )
    lasts.keep(decision, asked.lasting, by, now)
    before = _carry_out(decision, asked, by, now) if judged.verdict == Verdict.VALID else {}
    decision.before = {
        **before,
        **slips.marked(),
        slips.OWED: owed.pk if owed is not None else None,
        slips.STOOD_ON: asked.stood_on,
    }
    decision.save(update_fields=["before"])
    return decision


def _carry_out(decision: Decision, asked: Motion, by: Person, now: datetime) -> dict[str, Any]:
    """Carry a valid decision out with what it commissions, and allocate what it commits to whatever came of it.

    Returns how what it changed stood before.
    """
    carried = matters.carry_out(decision, by=by, now=now)
    captures.came_of(decision, [subject for subject, _amount in carried.made])
    if not asked.amount:
        return dict(carried.before)
    shares = matters.outcome_of(asked.item, asked.outcome).shares
    given = list(shares(decision)) if shares is not None else [(carried.result or asked.item.about, asked.main)]
    given = [(subject, amount) for subject, amount in (*given, *carried.made) if amount]
    if sum(amount for _subject, amount in given) != asked.amount:
        raise ValueError(f"{decision}: what was judged is not what would be allocated")
    for subject, amount in given:
        books.commit(council=asked.payer, subject=subject, amount=amount, by=by, now=now, decision=decision)
    return dict(carried.before)
