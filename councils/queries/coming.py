"""Who said that they come to a meeting, and whether that makes a quorum."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from councils import quorum
from councils.models import Coming, Meeting, MeetingAnswer
from councils.queries.councils import Sitting, sitting_of
from councils.queries.meetings import version_of
from governance.clauses import Rules
from governance.models import Person


@dataclass(frozen=True, slots=True)
class Expected:
    """One seat and what was said for it; empty: nothing yet, or nothing of the time at which it stands now."""

    sitting: Sitting
    coming: str

    @property
    def says(self) -> str:
        return str(Coming(self.coming).label) if self.coming else ""

    @property
    def comes(self) -> bool:
        return self.coming in (Coming.YES, Coming.DEPUTY)

    def is_of(self, person: Person) -> bool:
        """Whether this person answers for the seat: its holder or its deputy."""
        return person in (self.sitting.holder, self.sitting.deputy)


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who is expected, and what that makes of the quorum."""

    seats: tuple[Expected, ...]
    count: quorum.Count

    @property
    def voting(self) -> int:
        return sum(one.sitting.membership.votes for one in self.seats)

    @property
    def sentence(self) -> str:
        """ "Quorum expected: 5 of 7 said yes, 4 needed"."""
        words = {"yes": self.count.present, "seats": self.voting, "needed": self.count.needed}
        if self.count.is_quorate:
            return _("Quorum expected: %(yes)d of %(seats)d said yes, %(needed)d needed.") % words
        if self.count.present >= self.count.needed:
            return _("No quorum expected without the chair: %(yes)d of %(seats)d said yes, %(needed)d needed.") % words
        return _("No quorum expected yet: %(yes)d of %(seats)d said yes, %(needed)d needed.") % words

    def mine(self, person: Person) -> list[Expected]:
        return [one for one in self.seats if one.is_of(person)]


def turnout(meeting: Meeting, now: datetime) -> Turnout:
    """What was said of a meeting as it stands now, counted by the charter that holds for it. A few statements."""
    said = {
        answer.membership_id: answer.coming
        for answer in MeetingAnswer.objects.filter(meeting=meeting, sequence=meeting.sequence)
    }
    seats = tuple(
        Expected(sitting, said.get(sitting.membership.pk, "")) for sitting in sitting_of(meeting.council, now)
    )
    rules = Rules.from_json(version_of(meeting, now).rules)
    counted = quorum.count(
        (
            quorum.SeatStanding(
                votes=one.sitting.membership.votes,
                is_chair=one.sitting.is_chair,
                is_filled=not one.sitting.is_vacant,
                is_present=one.comes and not one.sitting.is_vacant,
            )
            for one in seats
        ),
        rules.quorum,
    )
    return Turnout(seats, counted)
