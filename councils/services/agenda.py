"""What stands on a council's agenda: proposing, placing, withdrawing."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.matters import ESCALATED, MATTERS, Matter, is_escalated, is_standing
from councils.models import (
    OVER,
    RUNNING,
    AgendaItem,
    Ballot,
    BallotState,
    Council,
    Decision,
    ItemState,
    Meeting,
    MeetingState,
)
from councils.queries import councils as council_queries
from governance import access, events
from governance.clauses import Rules
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import AudienceContainer, Duty, DutyKind, Person, Seat, Subject, SubjectKind
from governance.queries.calendars import add_working_days, local_day
from governance.services import duties, journal, subjects

PROPOSED = events.declare("councils.item.proposed", says=gettext_lazy("{by} put “{subject}” onto the agenda"))
PLACED = events.declare("councils.item.placed", says=gettext_lazy("{by} placed “{subject}” on a meeting"))
SET_BACK = events.declare("councils.item.set_back", says=gettext_lazy("{by} set “{subject}” back for a later meeting"))
WITHDRAWN = events.declare(
    "councils.item.withdrawn", says=gettext_lazy("{by} withdrew “{subject}”: {text}"), by_people=True
)
ENDED = events.declare(
    "councils.item.ended", says=gettext_lazy("“{subject}” was a standing point and ended with {meeting}")
)


@transaction.atomic
def propose(
    *,
    council: Council,
    about: Subject | None,
    matter: str,
    by: Person | None,
    now: datetime,
    ask: str = "",
    proposal: dict[str, Any] | None = None,
    referred_from: Decision | None = None,
    source: str = "",
) -> AgendaItem:
    """Put a matter onto a council's agenda; its secretary (else its chair) owes that it is settled.

    Returns the open item of that matter where one stands already. Without ``about`` the item is about itself.
    Without ``by`` a rule put it there (a last rung, a second decline). Raises :class:`Absent` for what ``by`` may not
    see and :class:`Refused` for somebody who has no part in the council.
    """
    if matter not in MATTERS:
        raise Invalid(_("There is no such matter: %(matter)s.") % {"matter": matter}, field="matter")
    if by is not None:
        _require_raising(council, about, by, now)
    _require_fitting(MATTERS[matter], council, about)
    if about is None and not ask.strip():
        raise Invalid(_("Say what the council is asked."), field="ask")
    return put(
        council=council,
        about=about,
        matter=matter,
        by=by,
        now=now,
        ask=ask.strip(),
        proposal=proposal or {},
        referred_from=referred_from,
        source=source,
    )


def put(
    *,
    council: Council,
    about: Subject | None,
    matter: str,
    by: Person | None,
    now: datetime,
    ask: str,
    proposal: dict[str, Any],
    referred_from: Decision | None = None,
    owed_by: Seat | None = None,
    also_seen_by: int | None = None,
    source: str = "",
    is_owed: bool = True,
) -> AgendaItem:
    """Put a matter onto an agenda, once, within the caller's transaction and authority (referrals come this way).

    ``source`` is what brought it, as :mod:`councils.sources` names it. Somebody who raises what a rule had brought
    stands behind it from now on: no rule takes it off. What ends with its meeting is not ``is_owed``.
    """
    council = Council.objects.select_for_update(of=("self",)).select_related("department", "charter").get(pk=council.pk)
    if about is not None:
        known = AgendaItem.objects.filter(council=council, about=about, matter=matter, state=ItemState.OPEN).first()
        if known is not None:
            return _joined(known, by, proposal, source)
    title = ask.splitlines()[0] if ask else about.title if about is not None else ""
    audience = [council.pk] if also_seen_by is None else [council.pk, also_seen_by]
    subject = subjects.create(SubjectKind.AGENDA_ITEM, title=title, now=now, audience=audience)
    last = AgendaItem.objects.filter(council=council, meeting=None).aggregate(last=Max("position"))["last"]
    item = AgendaItem.objects.create(
        subject=subject,
        council=council,
        about=about or subject,
        matter=matter,
        position=(last or 0) + 1,
        raised_by=by,
        raised_at=now,
        referred_from=referred_from,
        ask=ask,
        proposal=proposal,
        source=source,
    )
    if about is not None:
        _show_to_council(about, council)
    if is_owed:
        version = duties.rules_in_force(council.charter, now)
        duties.open_duty(
            subject_id=subject.pk,
            kind=DutyKind.SETTLE,
            seat=owed_by or council_queries.clerk_seat(council, now),
            now=now,
            rules=version,
            within=Rules.from_json(version.rules).terms.settle,
            overseer_id=council.pk,
        )
    mentions = [("council", council.pk)] + ([("about", about)] if about is not None else [])
    journal.record(PROPOSED, subject=subject, by=by, now=now, mentions=mentions, matter=matter)
    return item


def _joined(item: AgendaItem, by: Person | None, proposal: dict[str, Any], source: str) -> AgendaItem:
    """A second one brings what stands there already: a person stands behind it then, and what a ladder brings up is
    escalated from now on, whoever raised it first."""
    changed = []
    if by is not None and item.raised_by_id is None:
        item.raised_by = by
        changed.append("raised_by")
    if proposal.get(ESCALATED) and not item.proposal.get(ESCALATED):
        item.proposal = {**proposal, **item.proposal, ESCALATED: True}
        changed.append("proposal")
        if not item.source:
            item.source = source
            changed.append("source")
    if changed:
        item.keep(*changed)
    return item


@transaction.atomic
def place(*, item: AgendaItem, meeting: Meeting, by: Person, now: datetime, version: int | None = None) -> AgendaItem:
    """Put an open item onto a meeting of its council, last in order. Raises :class:`Conflict` for a closed meeting."""
    access.require(by, council_access.PREPARE, item.council, now)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    item = locked(item, version)
    if meeting.council_id != item.council_id:
        raise Invalid(_("This meeting is another council's. Choose one of this council."), field="meeting")
    if meeting.state in OVER:
        raise Conflict(_("This meeting is over. Place the item on one that is to come."))
    _require_open(item)
    require_no_vote(item)
    if item.meeting_id == meeting.pk:
        return item
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    item.meeting, item.position = meeting, (last or 0) + 1
    if item.carried_from_id == meeting.pk:
        item.carried_from = None  # set back, and placed here again after all
    item.keep("meeting", "position", "carried_from")
    journal.record(PLACED, subject=item.subject, by=by, now=now, mentions=[("meeting", meeting.pk)])
    return item


@transaction.atomic
def set_back(*, item: AgendaItem, by: Person, now: datetime, version: int | None = None) -> AgendaItem:
    """What does not fit into a meeting: back to the backlog, and onto the one after. It stays owed as it is.

    A standing point ends instead: the meeting after asks it anew.

    Raises :class:`Conflict` for what stands on no meeting that is to come, or is talked about now.
    """
    access.require(by, council_access.PREPARE, item.council, now)
    item = locked(item, version)
    _require_open(item)
    if item.meeting is None or item.meeting.state in OVER:
        raise Conflict(_("It stands on no meeting. It waits in the backlog already."))
    if is_escalated(item):
        raise Conflict(_("It had escalated: this meeting settles it, or says when it closes why it is not decided."))
    if item.meeting.current_id == item.pk:
        raise Conflict(_("The meeting is talking about it now. Turn to another item first."))
    if MATTERS[item.matter].stays:
        raise Conflict(_("It is settled by a decision, or ends with its meeting. It is not set back."))
    meeting = item.meeting
    if is_standing(item):
        end_point(item, meeting, now=now, stays=meeting.state != MeetingState.PLANNED)
        return item
    item.meeting, item.carried_from, item.by_consent = None, meeting, False
    item.keep("meeting", "carried_from", "by_consent")
    journal.record(SET_BACK, subject=item.subject, by=by, now=now, mentions=[("meeting", meeting.pk)])
    return item


@transaction.atomic
def withdraw(*, item: AgendaItem, reason: str, by: Person, now: datetime, version: int | None = None) -> AgendaItem:
    """Take an item off the agenda with a reason; what it asked for is no longer owed."""
    access.require(by, council_access.PREPARE, item.council, now)
    if not reason.strip():
        raise Invalid(_("Say why it is withdrawn; the reason stays with it."), field="reason")
    item = locked(item, version)
    _require_open(item)
    if MATTERS[item.matter].stays:
        raise Conflict(_("It is settled by a decision, or ends with its meeting. It is not withdrawn."))
    if is_escalated(item):
        raise Conflict(_("It had escalated: settle it in one of its ways, or let a meeting say why it is not decided."))
    take_off(item, reason.strip(), by=by, now=now)
    return item


def take_off(item: AgendaItem, reason: str, *, by: Person, now: datetime) -> None:
    """Take a locked open item off the agenda; within the caller's transaction and authority."""
    item.state = ItemState.WITHDRAWN
    item.keep("state")
    end_vote(item.pk, now=now, outcome="withdrawn")
    duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="withdrawn")
    journal.record(WITHDRAWN, subject=item.subject, by=by, now=now, text=reason)


def end_point(item: AgendaItem, meeting: Meeting, *, now: datetime, stays: bool = True) -> None:
    """A locked standing point ends with its meeting, or because it does not fit there; within the caller's transaction.

    It ``stays`` on the agenda of a meeting that was held.
    """
    item.state = ItemState.WITHDRAWN
    item.meeting = meeting if stays else None
    item.keep("state", "meeting")
    end_vote(item.pk, now=now, outcome="withdrawn")
    duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="withdrawn")
    journal.record(ENDED, subject=item.subject, by=None, now=now, meeting=meeting.reference)


def waiting(council: Council, *, skip_locked: bool = False) -> QuerySet[AgendaItem]:
    """What a council's next meeting takes on, locked: its backlog, but what is voted on in writing."""
    found: QuerySet[AgendaItem] = (
        AgendaItem.objects.select_for_update(of=("self",), skip_locked=skip_locked)
        .filter(~Exists(voted_on()), council=council, meeting=None, state=ItemState.OPEN)
        .order_by("position", "pk")
    )
    return found


def voted_on() -> QuerySet[Ballot]:
    """Running written votes, as a condition on items."""
    found: QuerySet[Ballot] = Ballot.objects.filter(item=OuterRef("pk"), state__in=RUNNING)
    return found


def running(item: AgendaItem) -> Ballot | None:
    """The written vote that runs on an item, if one does."""
    found: Ballot | None = Ballot.objects.filter(item=item, state__in=RUNNING).first()
    return found


def require_no_vote(item: AgendaItem) -> None:
    """Raises :class:`Conflict` while a written vote runs on it: a matter is decided in one place at a time."""
    ballot = running(item)
    if ballot is not None and ballot.state == BallotState.AWAITED:
        raise Conflict(
            _("It waits for the motion of its written vote until %(day)s. Write the motion, or withdraw the item.")
            % {"day": date_format(ballot.closes_on, "j F Y")}
        )
    if ballot is not None:
        raise Conflict(
            _("A written vote runs on this item until %(day)s. Let it close, or withdraw the item.")
            % {"day": date_format(ballot.closes_on, "j F Y")}
        )


def end_vote(item_id: int, *, now: datetime, outcome: str) -> None:
    """The item is off this agenda: a written vote on it ends without a verdict. Within the caller's transaction."""
    ended = Ballot.objects.filter(item_id=item_id, state__in=RUNNING)
    if ended.update(state=BallotState.ENDED, closed_at=now, ended_as=outcome, version=F("version") + 1):
        duties.close_duty(subject_id=item_id, kind=DutyKind.VOTE, now=now, outcome=outcome)


def standing(about_id: int, matter: str) -> AgendaItem | None:
    """The open item of a matter about a thing, on whichever agenda: the matter itself, or its referral to a body above.

    What asks only once looks here, so that what was referred is not asked for a second time below.
    """
    itself, referred = Q(matter=matter), Q(proposal__matter=matter)
    found = AgendaItem.objects.filter(itself | referred, about_id=about_id, state=ItemState.OPEN)
    return found.select_related("subject").order_by("pk").first()


def stands_with(council_id: int, about_id: int, matter: str) -> bool:
    """Whether a council has the matter open on its own agenda."""
    found = AgendaItem.objects.filter(council=council_id, about=about_id, matter=matter, state=ItemState.OPEN)
    return bool(found.exists())


def withdraw_about(
    *, about_id: int, matters: Collection[str], reason: str, by: Person, now: datetime
) -> list[AgendaItem]:
    """Take what is open about a thing off every agenda, because the thing came to its end; returns what was taken off.

    Of referrals those of these ``matters``. Within the caller's transaction and authority: whoever ends a thing need
    not prepare the agenda on which it stands. What is being settled at this moment is left alone there.
    """
    open_ones = AgendaItem.objects.select_for_update(of=("self",), skip_locked=True).select_related("subject")
    found = [
        item
        for item in open_ones.filter(about_id=about_id, state=ItemState.OPEN).order_by("pk")
        if item.proposal.get("matter", item.matter) in matters
    ]
    for item in found:
        item.state = ItemState.WITHDRAWN
        item.keep("state")
        end_vote(item.pk, now=now, outcome="withdrawn")
        duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="withdrawn")
        journal.record(WITHDRAWN, subject=item.subject, by=by, now=now, text=reason)
    return found


def locked(item: AgendaItem, version: int | None = None) -> AgendaItem:
    """The item with its row locked; raises :class:`Stale` when it is not the version that was read."""
    found: AgendaItem = (
        AgendaItem.objects.select_for_update(of=("self",))
        .select_related(
            "subject",
            "about",
            "council__subject",
            "council__department",
            "council__parent",
            "council__charter",
            "meeting",
        )
        .get(pk=item.pk)
    )
    if version is not None and found.version != version:
        raise Stale(
            _("Somebody changed this item meanwhile. Look at it as it stands now, then decide again."),
            version=found.version,
        )
    return found


def return_to_backlog(item: AgendaItem, *, within: int, now: datetime, stays: bool = False) -> None:
    """An item that a meeting did not settle: back to the backlog, to be settled within the charter's term again.

    It keeps the meeting that had it, and goes onto the next one; not where it ``stays`` there.
    """
    item.carried_from, item.meeting, item.by_consent = None if stays else item.meeting, None, False
    item.keep("meeting", "carried_from", "by_consent")
    owe_again(item, within=within, now=now)


def owe_again(item: AgendaItem, *, within: int, now: datetime, not_before: date | None = None) -> None:
    """That it is settled is owed within so many working days from now, and not before a day that is named."""
    duty = owed(item)
    if duty is not None:
        day = add_working_days(duty.calendar_id, local_day(duty.calendar, now), within)
        duties.move_due_day(duty, due_on=max(day, not_before or day), now=now)


def owed(item: AgendaItem) -> Duty | None:
    """The open duty that it is settled."""
    found: Duty | None = (
        Duty.objects.filter(subject_id=item.pk, kind=DutyKind.SETTLE, closed_at=None).select_related("calendar").first()
    )
    return found


def _require_open(item: AgendaItem) -> None:
    if item.state != ItemState.OPEN:
        raise Conflict(_("This item is %(state)s already.") % {"state": ItemState(item.state).label})


def _require_raising(council: Council, about: Subject | None, by: Person, now: datetime) -> None:
    access.require(by, council_access.VIEW, council, now)
    if about is not None and not access.may_see(by, about.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if about is not None and _is_confidential_elsewhere(council, about):
        raise Refused(
            _("This is confidential to another council and cannot stand on an agenda of %(council)s.")
            % {"council": council}
        )
    if any(
        access.may(by, right, council, now)
        for right in (council_access.PREPARE, council_access.VOTE, council_access.FUND)
    ):
        return
    raise Refused(
        _("Members of %(council)s, its sponsor and the CX core team raise matters there. Ask one of them.")
        % {"council": council}
    )


def _require_fitting(matter: Matter, council: Council, about: Subject | None) -> None:
    """A matter is about the kind of thing that it can settle, and stands with the council that oversees that thing."""
    if not matter.is_raised:
        raise Invalid(_("A referral comes of a decision. Decide on the item, or refer it from there."), field="matter")
    if matter.about and (about is None or about.kind != matter.about):
        raise Invalid(
            _("“%(matter)s” needs what it is about: %(kind)s. Name one.")
            % {"matter": matter.label, "kind": SubjectKind(matter.about).label},
            field="about",
        )
    if about is not None and matter.overseer is not None and matter.overseer(about) not in (None, council.pk):
        raise Refused(_("Another council oversees %(thing)s. Raise it there.") % {"thing": about.reference})


def _is_confidential_elsewhere(council: Council, about: Subject) -> bool:
    """Whether only confidential councils other than this one know the thing: its title would be read out here."""
    known_to = _known_to(about)
    quiet = Council.objects.filter(pk__in=known_to, is_confidential=True).exclude(pk=council.pk)
    return bool(known_to) and quiet.count() == len(known_to)


# Things that a council comes to see when they stand on its agenda; who sits where is everybody's to know anyway.
_SHOWN = (SubjectKind.THEME, SubjectKind.ACTION, SubjectKind.DECISION, SubjectKind.REQUEST, SubjectKind.PILOT)


def _show_to_council(about: Subject, council: Council) -> None:
    """A council reads what it is asked to decide about, from now on."""
    if about.kind not in _SHOWN:
        return
    known_to = _known_to(about)
    if council.pk not in known_to:
        subjects.show_to(about, [*known_to, council.pk])


def _known_to(about: Subject) -> set[int]:
    """Subject ids of the departments and councils that may see a thing."""
    if about.audience_id is None:
        return set()
    containers = AudienceContainer.objects.filter(audience_id=about.audience_id)
    return set(containers.values_list("container_id", flat=True))
