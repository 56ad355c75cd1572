"""Where a subject's page is. Paths follow the public reference, so no app needs to know another's routes."""

from governance.models import DutyKind, Subject, SubjectKind

FOLDERS: dict[str, str] = {
    SubjectKind.DEPARTMENT: "departments",
    SubjectKind.SEAT: "seats",
    SubjectKind.CHARTER: "charters",
    SubjectKind.COUNCIL: "councils",
    SubjectKind.MEETING: "meetings",
    SubjectKind.SERIES: "meeting-series",
    SubjectKind.AGENDA_ITEM: "agenda-items",
    SubjectKind.DECISION: "decisions",
    SubjectKind.MINUTES: "minutes",
    SubjectKind.ENVELOPE: "envelopes",
    SubjectKind.SOURCE: "feedback-sources",
    SubjectKind.THEME: "themes",
    SubjectKind.ACTION: "actions",
    SubjectKind.REQUEST: "requests",
    SubjectKind.PILOT: "pilots",
    SubjectKind.JOURNEY: "journeys",
    SubjectKind.JOURNEY_STEP: "journey-steps",
    SubjectKind.METRIC: "metrics",
    SubjectKind.GOAL: "goals",
    SubjectKind.PACK: "review/packs",
}


def path_of(subject: Subject) -> str:
    """The path of its page, such as /actions/ACT-1042/; a test checks that each kind's route is there."""
    return path_for(subject.kind, subject.reference)


def path_for(kind: str, reference: str) -> str:
    return f"/{FOLDERS[kind]}/{reference}/" if kind in FOLDERS else ""


DOORS: dict[str, str] = {
    DutyKind.ENDORSE: "/champions/{reference}/",
    DutyKind.JOIN: "/champions/{reference}/",
    DutyKind.RENEW: "/champions/{reference}/",
    DutyKind.HAND_OVER: "/seats/{reference}/hand-over/",
    DutyKind.TAKE_OVER: "/seats/{reference}/take-over/",
    DutyKind.CHECK_IN: "/councils/{reference}/check-in/",
    DutyKind.CALL_MEETING: "/councils/{reference}/meetings/call/",
}
"""Where a duty is done, where that is not the page of the thing itself."""


def door_of(duty_kind: str, subject: Subject) -> str:
    """The path at which whoever owes this does it."""
    door = DOORS.get(duty_kind)
    return door.format(reference=subject.reference) if door else path_of(subject)
