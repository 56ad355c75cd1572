"""What is usually expected of a seat of each kind, and whom it suits: offered when one is founded, yours to change."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from governance.models import SeatKind


@dataclass(frozen=True, slots=True)
class Brief:
    """The usual words for a kind of seat. ``capacity_minutes`` are those a week that it takes."""

    expectations: str | Promise
    criteria: str | Promise
    capacity_minutes: int = 0


BRIEFS: dict[str, Brief] = {
    SeatKind.CX_SPONSOR: Brief(
        gettext_lazy(
            "Answers an escalation within the days pledged, and unblocks what nobody below can. Grants the envelope, "
            "ratifies the charters, comes to the councils sponsored, and checks in with each of them."
        ),
        gettext_lazy(
            "Sits on the executive board, controls a budget of their own, and speaks of customers unasked. Can move "
            "people and money across departments."
        ),
        120,
    ),
    SeatKind.EX_SPONSOR: Brief(
        gettext_lazy(
            "The same for employees: what stands between them and good service is heard, answered in the days pledged "
            "and unblocked."
        ),
        gettext_lazy("Sits on the executive board and is trusted by staff and by the works council."),
        120,
    ),
    SeatKind.CX_LEAD: Brief(
        gettext_lazy(
            "Runs the programme: places departments and people, routes what was heard, prepares the councils, and sees "
            "to it that no seat stays vacant. Chases nobody: the ladder does."
        ),
        gettext_lazy("Knows the organisation across departments, writes clearly, and is at ease with executives."),
        2400,
    ),
    SeatKind.ADMINISTRATOR: Brief(
        gettext_lazy("Keeps the installation: people, access, mail, backups. Reads no confidential council."),
        gettext_lazy("Has time within a working day when somebody cannot sign in."),
        60,
    ),
    SeatKind.CORE_TEAM: Brief(
        gettext_lazy("Helps the CX lead to route, prepare and follow up; knows where each open matter stands."),
        gettext_lazy("Reads data and customers' words equally well."),
        960,
    ),
    SeatKind.CHAMPION: Brief(
        gettext_lazy(
            "Answers within ten working days what customers said about the department, reports for its owners, and "
            "says early when a date will not hold. Brings back to the department what the council decided."
        ),
        gettext_lazy(
            "Has worked in the department for a year or more, is listened to there, wants it, and has the head's word "
            "for the hours."
        ),
        240,
    ),
    SeatKind.HEAD: Brief(
        gettext_lazy(
            "Answers for what the department promised. Endorses its champion and gives the hours. Finds another owner "
            "when one declines, and helps when a promise slips: to be asked is a request for help."
        ),
        gettext_lazy("Leads the department, and decides about its people's time."),
    ),
    SeatKind.FINANCE_PARTNER: Brief(
        gettext_lazy("Verifies money before it is counted: what an action cost, saved or earned."),
        gettext_lazy("Belongs to Finance, and owns none of the actions that they verify."),
        120,
    ),
    SeatKind.AUDITOR: Brief(
        gettext_lazy("Reads the record, takes nobody's word, and says where it does not hold."),
        gettext_lazy("Independent of the programme: owns no action and sits in no council of it."),
    ),
    SeatKind.STEP_OWNER: Brief(
        gettext_lazy("Answers for how one step of a journey is for customers, whichever departments work on it."),
        gettext_lazy("Can change how the step is done, or knows who can and meets them every week."),
        120,
    ),
    SeatKind.CHAIR: Brief(
        gettext_lazy(
            "Sees to it that the council meets, decides within its charter and settles what was escalated. Speaks for "
            "it upward."
        ),
        gettext_lazy("Has authority over what the council may commit, and lets others finish their sentence."),
    ),
    SeatKind.SECRETARY: Brief(
        gettext_lazy(
            "Keeps the agenda, marks who is here, records decisions as they fall, and sends the minutes. Verifies what "
            "is said to be done, where the charter says so."
        ),
        gettext_lazy("Careful with words and dates; has half a day around each meeting."),
        240,
    ),
    SeatKind.MEMBER: Brief(
        gettext_lazy(
            "Comes prepared or sends the deputy, votes for the whole and not for a department, and takes home what was "
            "decided."
        ),
        gettext_lazy("Can commit people or money of the department represented."),
    ),
}


def of(kind: str) -> Brief:
    """The usual brief of a kind; empty words for a kind that has none."""
    return BRIEFS.get(kind, Brief("", ""))
