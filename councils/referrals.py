"""Matters that councils know by themselves: referrals, and general business.

A referral carries what one body proposed and could not decide to the body above. Its outcomes delegate to the outcome
that was proposed, with the same payload: what the higher body approves is what the lower one meant.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import matters
from councils.matters import Field, Matter, Outcome
from councils.models import AgendaItem, Council, Decision, ItemState
from councils.queries.councils import superior
from councils.services import agenda
from councils.sources import ESCALATION
from governance import events
from governance.clauses import Rules
from governance.errors import Conflict
from governance.models import DutyKind, Person, Subject
from governance.services import duties, journal

CLIMBED = events.declare(
    "councils.item.climbed", says=gettext_lazy("{subject} was not settled in its time and went to the body above")
)
TO_SPONSOR = events.declare(
    "councils.item.left_to_sponsor",
    says=gettext_lazy("{subject} was not decided, and no body stands above: the sponsor settles it alone"),
)

REFERRAL, GENERAL = "referral", "general"
APPROVE, DECLINE, NOTE = "approve", "decline", "note"
ALONE = "alone"
"""In an item's proposal: the council that left it undecided, and that nobody stands above."""


def proposed_outcome(item: AgendaItem) -> Outcome:
    """The outcome that was referred, as its own matter declares it."""
    matter = matters.MATTERS[item.proposal["matter"]]
    return matter.outcomes[item.proposal["outcome"]]


def _nothing(_decision: Decision, _by: Person, _now: datetime) -> Subject | None:
    return None


def _outcomes(item: AgendaItem) -> dict[str, Outcome]:
    proposed = proposed_outcome(item)

    def checked(item: AgendaItem, _payload: dict[str, Any]) -> dict[str, Any]:
        # What was referred is decided as it was referred; the higher body does not retype it.
        return proposed.check(item, dict(item.proposal["payload"]))

    approve = Outcome(
        key=APPROVE,
        label=_("Approve: %(outcome)s") % {"outcome": proposed.label},
        carry_out=proposed.carry_out,
        check=checked,
        commits=proposed.commits,
        commits_time=proposed.commits_time,
        refuses=proposed.refuses,
        shares=proposed.shares,
        reverse=proposed.reverse,
        remember=proposed.remember,
    )
    decline = Outcome(
        key=DECLINE,
        label=gettext_lazy("Do not approve"),
        carry_out=_nothing,
        check=_without_payload,
        takes_actions=False,
        reverse=matters.nothing_to_reverse,
    )
    return {APPROVE: approve, DECLINE: decline}


def _without_payload(_item: AgendaItem, _payload: dict[str, Any]) -> dict[str, Any]:
    return {}


def _note(_item: AgendaItem, payload: dict[str, Any]) -> dict[str, Any]:
    return {"note": str(payload.get("note", "")).strip()}


def target_of(council: Council) -> Council:
    """Where a council refers to: the body above, or its own agenda, owed by its sponsor, where none stands above."""
    return superior(council) or council


def is_for_the_sponsor(item: AgendaItem) -> bool:
    """Whether the sponsor alone settles it: where no body stands above, what the council referred or left undecided."""
    is_referred = item.matter == REFERRAL and item.proposal.get("from_council") == item.council_id
    return bool(is_referred or item.proposal.get(ALONE) == item.council_id)


def payer_of(item: AgendaItem) -> Council | None:
    """The council from which a matter came up, by a referral or by a ladder: it oversees what it is about, and its
    envelope may pay; that it asks lends no authority."""
    if "origin" not in item.proposal:
        return None
    return Council.objects.select_related("department", "subject").filter(pk=item.proposal["origin"]).first()


def raise_to_superior(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    decision: Decision | None,
    by: Person,
    now: datetime,
    risk_note: str = "",
) -> AgendaItem:
    """Put what could not be decided here onto the agenda of the body above, with all that was proposed."""
    council = item.council
    target = target_of(council)
    again = item.matter == REFERRAL
    proposal = {
        "matter": item.proposal["matter"] if again else item.matter,
        "outcome": item.proposal["outcome"] if again else outcome,
        "payload": payload,
        "motion": motion,
        "risk_note": risk_note,
        "from_council": council.pk,
        "from_item": item.reference,
        "origin": item.proposal["origin"] if again else council.pk,
    }
    alone = target.pk == council.pk
    if again and alone:
        raise Conflict(_("There is nobody above the sponsor to refer this to. Lower the amount, or decline it."))
    known = AgendaItem.objects.filter(council=target, about=item.about, matter=REFERRAL, state="open").first()
    if known is not None:
        raise Conflict(
            _("A referral about this stands on that agenda already (%(item)s). Let it be settled first.")
            % {"item": known.reference}
        )
    return agenda.put(
        council=target,
        about=item.about,
        matter=REFERRAL,
        by=by,
        now=now,
        ask=motion,
        proposal=proposal,
        referred_from=decision,
        owed_by=council.sponsor.seat if alone else None,
        also_seen_by=None if alone else council.pk,
    )


def climb(*, council: Council, above: Council, about: Subject, matter: str, ask: str, now: datetime) -> AgendaItem:
    """Put what ``council`` has not settled in its time onto the agenda of the body above; it is off its own then.

    A rule does this, by nobody's hand; the council below goes on seeing what becomes of it. Within the caller's
    transaction. Where it stands on that agenda already, that item.
    """
    below: AgendaItem | None = (
        AgendaItem.objects.select_for_update(of=("self",))
        .select_related("subject")
        .filter(council=council, about=about, matter=matter, state="open")
        .first()
    )
    proposal: dict[str, Any] = {
        **(below.proposal if below is not None else {}),
        "matter": matter,
        "origin": council.pk,
        matters.ESCALATED: True,
    }
    if below is not None:
        if agenda.running(below) is not None:
            return below  # the vote is the council's last word: what it leaves undecided climbs then
        below.state = ItemState.WITHDRAWN
        below.keep("state")
        duties.close_duty(subject_id=below.pk, kind=DutyKind.SETTLE, now=now, outcome="climbed")
        proposal["from_item"] = below.reference
    raised = agenda.put(
        council=above, about=about, matter=matter, by=None, now=now, ask=ask, proposal=proposal,
        also_seen_by=council.pk, source=ESCALATION,
    )  # fmt: skip
    if below is not None:
        journal.record(CLIMBED, subject=below.subject, by=None, now=now, mentions=[("above", raised.pk)])
    return raised


def raise_undecided(item: AgendaItem, *, now: datetime) -> AgendaItem:
    """What a council left undecided goes to the body above; where none stands above, to its sponsor alone.

    Within the caller's transaction and lock of the item. Returns the item as it stands where it is settled now.
    """
    council, above = item.council, superior(item.council)
    if above is not None:
        return climb(council=council, above=above, about=item.about, matter=item.matter, ask=item.ask, now=now)
    item.proposal = {**item.proposal, ALONE: council.pk}
    item.keep("proposal")
    duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="climbed")
    version = duties.rules_in_force(council.charter, now)
    duties.open_duty(
        subject_id=item.pk,
        kind=DutyKind.SETTLE,
        seat=council.sponsor.seat,
        now=now,
        rules=version,
        within=Rules.from_json(version.rules).terms.settle,
        overseer_id=council.pk,
    )
    journal.record(TO_SPONSOR, subject=item.subject, by=None, now=now, mentions=[("seat", council.sponsor_id)])
    return item


matters.declare(Matter(key=REFERRAL, label=gettext_lazy("referral"), resolve=_outcomes, is_raised=False))
matters.declare(
    Matter(
        key=GENERAL,
        label=gettext_lazy("general business"),
        outcomes={
            NOTE: Outcome(
                key=NOTE,
                label=gettext_lazy("Note it"),
                carry_out=_nothing,
                check=_note,
                fields=(Field("note", gettext_lazy("What is noted"), kind="long"),),
                motion=lambda item: item.title if item.source else "",
                reverse=matters.nothing_to_reverse,
            )
        },
    )
)
