"""What councils hold to be true."""

from councils.models.ballots import RUNNING, Ballot, BallotState, WrittenVote
from councils.models.books import Account, AccountKind, Envelope, Posting, Rest, Spending, Unit, Why
from councils.models.captures import Capture, CaptureKind
from councils.models.councils import Council, CouncilGrant, CouncilKind, Membership
from councils.models.decisions import Choice, Decision, How, TakenBack, Verdict, Vote
from councils.models.delegated import DelegatedAllocation, Way
from councils.models.lasting import DecisionEvidence, DecisionReview, Supersession
from councils.models.meetings import (
    OVER,
    AgendaItem,
    Attendance,
    Guest,
    ItemState,
    Meeting,
    MeetingState,
    PreRead,
    Presence,
    Publication,
    PublishedItem,
)
from councils.models.minutes import (
    ApprovedMinutes,
    Ending,
    Minutes,
    MinutesComment,
    MinutesItem,
    MinutesState,
)
from councils.models.rosters import Acknowledgement, RosterLine
from councils.models.series import Coming, MeetingAnswer, MeetingSeries
from councils.models.trials import Trial

__all__ = [
    "OVER",
    "RUNNING",
    "Account",
    "AccountKind",
    "Acknowledgement",
    "AgendaItem",
    "ApprovedMinutes",
    "Attendance",
    "Ballot",
    "BallotState",
    "Capture",
    "CaptureKind",
    "Choice",
    "Coming",
    "Council",
    "CouncilGrant",
    "CouncilKind",
    "Decision",
    "DecisionEvidence",
    "DecisionReview",
    "DelegatedAllocation",
    "Ending",
    "Envelope",
    "Guest",
    "How",
    "ItemState",
    "Meeting",
    "MeetingAnswer",
    "MeetingSeries",
    "MeetingState",
    "Membership",
    "Minutes",
    "MinutesComment",
    "MinutesItem",
    "MinutesState",
    "Posting",
    "PreRead",
    "Presence",
    "Publication",
    "PublishedItem",
    "Rest",
    "RosterLine",
    "Spending",
    "Supersession",
    "TakenBack",
    "Trial",
    "Unit",
    "Verdict",
    "Vote",
    "Way",
    "Why",
    "WrittenVote",
]
