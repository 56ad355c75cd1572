"""What governance holds to be true."""

from governance.models.buttons import Button, ButtonEnd
from governance.models.calendars import Calendar, CalendarDay
from governance.models.charters import (
    UNDER_WAY,
    Charter,
    CharterState,
    CharterVersion,
    Rung,
    Signature,
    Signed,
    SignedBy,
    Submission,
    SubmissionEnd,
)
from governance.models.checkins import CheckIn
from governance.models.departments import (
    Department,
    DepartmentAlias,
    DepartmentGrant,
    DepartmentKind,
    GrantTimes,
    grant_constraints,
)
from governance.models.duties import BESIDE, Duty, DutyKind, Firing
from governance.models.helping import Answer, HelpRequest
from governance.models.journal import JournalEntry, JournalMention, JournalText, Seal, Unheard, Unsealed
from governance.models.journeys import Journey, JourneyStep
from governance.models.metrics import Better, Goal, Metric, Observation, Unit
from governance.models.nominations import OPEN_NOMINATIONS, Nomination, NominationState
from governance.models.organisation import Organisation, SetupCode
from governance.models.people import ApiToken, IdempotencyRecord, Person, SignInThrottle
from governance.models.seats import (
    ORGANISATION_WIDE,
    Champion,
    ExecutiveSponsor,
    Seat,
    SeatKind,
    SponsorScope,
    Tenure,
    TenureRole,
)
from governance.models.subjects import (
    Audience,
    AudienceContainer,
    FewQuerySet,
    ReferenceCounter,
    Subject,
    SubjectKind,
    SubjectModel,
    SubjectQuerySet,
    Versioned,
)
from governance.models.views import SavedView, ViewCadence

__all__ = [
    "BESIDE",
    "OPEN_NOMINATIONS",
    "ORGANISATION_WIDE",
    "UNDER_WAY",
    "Answer",
    "ApiToken",
    "Audience",
    "AudienceContainer",
    "Better",
    "Button",
    "ButtonEnd",
    "Calendar",
    "CalendarDay",
    "Champion",
    "Charter",
    "CharterState",
    "CharterVersion",
    "CheckIn",
    "Department",
    "DepartmentAlias",
    "DepartmentGrant",
    "DepartmentKind",
    "Duty",
    "DutyKind",
    "ExecutiveSponsor",
    "FewQuerySet",
    "Firing",
    "Goal",
    "GrantTimes",
    "HelpRequest",
    "IdempotencyRecord",
    "JournalEntry",
    "JournalMention",
    "JournalText",
    "Journey",
    "JourneyStep",
    "Metric",
    "Nomination",
    "NominationState",
    "Observation",
    "Organisation",
    "Person",
    "ReferenceCounter",
    "Rung",
    "SavedView",
    "Seal",
    "Seat",
    "SeatKind",
    "SetupCode",
    "SignInThrottle",
    "Signature",
    "Signed",
    "SignedBy",
    "SponsorScope",
    "Subject",
    "SubjectKind",
    "SubjectModel",
    "SubjectQuerySet",
    "Submission",
    "SubmissionEnd",
    "Tenure",
    "TenureRole",
    "Unheard",
    "Unit",
    "Unsealed",
    "Versioned",
    "ViewCadence",
    "grant_constraints",
]
