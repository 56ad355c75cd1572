"""Written votes: which run, who has voted, who may, and what they come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from councils.models import RUNNING, AgendaItem, Ballot, BallotState, Council, Membership, Presence, WrittenVote
from councils.queries.councils import Sitting, sitting_of, today_of
from councils.queries.meetings import Standing, standing_of
from councils.tally import RECUSED
from governance.clauses import Rules
from governance.errors import Invalid, Refused
from governance.models import CharterVersion, Person
from governance.services.duties import rules_in_force


def of_item(item: AgendaItem) -> Ballot | None:
    """The written vote of an item: the one that runs, else the last."""
    found: Ballot | None = (
        Ballot.objects.filter(item=item)
        .select_related("charter_version", "put_by", "opened_by", "decision__subject", "meeting__subject")
        .order_by("-opened_at", "-pk")
        .first()
    )
    return found


def running_in(council: Council, viewer: Person, now: datetime) -> QuerySet[Ballot]:
    """The written votes that run in a council, as far as ``viewer`` may see what they are about."""
    found: QuerySet[Ballot] = (
        Ballot.objects.filter(
            item__in=AgendaItem.objects.visible_to(viewer, now).filter(council=council), state__in=RUNNING
        )
        .select_related("item__subject")
        .order_by("closes_on", "pk")
    )
    return found


def version_of(ballot: Ballot, council: Council, now: datetime) -> CharterVersion:
    """The charter version that it is judged by: the one in force when it opened, unless that held only for a time."""
    pinned = ballot.charter_version
    return pinned if not pinned.has_lapsed(now) else rules_in_force(council.charter, now)


def days_of(version: CharterVersion) -> int:
    """For how many working days a vote in writing is open; 0: there is none."""
    return Rules.from_json(version.rules).written.days


def voters(council: Council, now: datetime) -> list[Sitting]:
    """The seats that vote and that somebody holds."""
    return [row for row in sitting_of(council, now) if row.membership.votes and not row.is_vacant]


def counting(votes: Iterable[WrittenVote], council: Council, now: datetime) -> list[WrittenVote]:
    """The votes that count: of seats that still vote, by whoever is still their holder or deputy."""
    seats = {row.membership.pk: row for row in voters(council, now)}
    return [
        vote
        for vote in votes
        if (row := seats.get(vote.membership_id)) is not None and vote.person in (row.holder, row.deputy)
    ]


def standing(council: Council, version: CharterVersion, votes: Sequence[WrittenVote], now: datetime) -> Standing:
    """The quorum of a written vote: a seat is there by having voted."""
    return standing_of(
        council,
        Rules.from_json(version.rules),
        {vote.membership_id: (Presence.PRESENT, vote.person) for vote in votes},
        now,
        [vote.membership_id for vote in votes if vote.choice == RECUSED],
    )


def have_all_voted(votes: Sequence[WrittenVote], council: Council, now: datetime) -> bool:
    """Whether nobody is left who could vote: each seat did, or its people voted in another."""
    voted, seats = {vote.membership_id for vote in votes}, voters(council, now)
    spent = {vote.person_id for vote in votes}
    return bool(votes) and all(
        row.membership.pk in voted or all(who is None or who.pk in spent for who in (row.holder, row.deputy))
        for row in seats
    )


def due(today: date) -> QuerySet[Ballot]:
    """Running votes whose last day may be over by ``today``, which is ahead of every calendar's."""
    found: QuerySet[Ballot] = Ballot.objects.filter(state__in=RUNNING, closes_on__lte=today).order_by("pk")
    return found


@dataclass(frozen=True, slots=True)
class Paper:
    """One seat in a written vote: who sits in it, and whether it voted; how, it tells only once the vote is closed."""

    sitting: Sitting
    vote: WrittenVote | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Count:
    """A written vote as its page shows it."""

    ballot: Ballot
    papers: list[Paper]
    needed: int
    today: date

    @property
    def voted(self) -> int:
        return sum(paper.vote is not None for paper in self.papers)

    @property
    def is_open(self) -> bool:
        return self.ballot.state == BallotState.OPEN and self.today <= self.ballot.closes_on

    @property
    def mine(self) -> list[Paper]:
        """The seats in which the reader votes."""
        return [paper for paper in self.papers if paper.is_mine]


def count_of(ballot: Ballot, council: Council, viewer: Person, now: datetime) -> Count:
    """Who voted and who has not, and where ``viewer`` may."""
    cast = {vote.membership_id: vote for vote in ballot.votes.select_related("person")}
    rules = Rules.from_json(version_of(ballot, council, now).rules)
    papers = [
        Paper(row, vote := cast.get(row.membership.pk), may_vote(row, viewer, vote)) for row in voters(council, now)
    ]
    return Count(ballot, papers, rules.quorum.minimum, today_of(council, now))


def may_vote(row: Sitting, person: Person, vote: WrittenVote | None) -> bool:
    """Whether ``person`` votes for this seat now: its holder, or its deputy in the holder's absence, who takes no vote
    of the holder's back."""
    if person == row.holder:
        return True
    return person == row.deputy and row.answering == person and (vote is None or vote.person_id == person.pk)


def seat_to_vote_for(count: Count, reference: str) -> Membership:
    """The seat that was named, among those in which the reader votes; their only one where none was.

    Raises :class:`Refused` where they vote in none, :class:`Invalid` where it is not theirs.
    """
    if not count.mine:
        raise Refused(_("You hold no seat that votes here today."))
    named = [paper for paper in count.mine if reference in ("", paper.sitting.seat.reference)]
    if len(named) != 1:
        raise Invalid(_("Choose the seat for which you vote."), field="seat")
    return named[0].sitting.membership
