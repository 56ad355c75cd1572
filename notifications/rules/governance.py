"""Who has to know what happened to seats, charters and requests for help."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from governance.models import Duty, DutyKind, HelpRequest, Nomination, NominationState
from notifications.kinds import Kind
from notifications.rules.actions import next_movers
from notifications.rules.registry import Heard, Telling, on, then
from notifications.services import inbox


@then("governance.people.taken_in")
def by_another_clock(entries: Sequence[Heard], now: datetime) -> None:
    """A sheet may have moved people to another time zone: they are reached by its clock."""
    inbox.reach_anew(people={key for entry in entries for key in entry.facts["people"]}, now=now)


@on("governance.help.asked")
def help_wanted(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The seat that was asked, as long as it is owed."""
    for entry in entries:
        for seat in entry.mentioned("asked"):
            yield Telling(entry.entry_id, Kind.HELP_WANTED, seat, entry.subject_id, entry.facts["duty"])


@on("governance.help.given", "governance.help.date_moved", "governance.help.resourced", "governance.help.refused")
def help_answered(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever owes it reads the answer, and nobody else is written to."""
    keys = {entry.facts["request"] for entry in entries}
    owed = dict(HelpRequest.objects.filter(pk__in=keys).values_list("pk", "duty__seat_id"))
    for entry in entries:
        yield Telling(entry.entry_id, Kind.HELP_ANSWERED, owed[entry.facts["request"]], entry.subject_id)


@on("governance.help.questioned")
def help_questioned(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever owes it reads what whoever was asked wants to know first."""
    keys = {entry.facts["request"] for entry in entries}
    owed = {
        key: (seat, duty)
        for key, seat, duty in HelpRequest.objects.filter(pk__in=keys).values_list("pk", "duty__seat_id", "duty_id")
    }
    for entry in entries:
        seat, duty = owed[entry.facts["request"]]
        yield Telling(entry.entry_id, Kind.QUESTIONED, seat, entry.subject_id, duty)


@on("governance.help.passed_on")
def help_passed_on(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The deputy is asked instead, though the holder of the seat is here."""
    for entry in entries:
        deputy, duty = entry.facts["person"], entry.facts["duty"]
        yield Telling(entry.entry_id, Kind.HELP_WANTED, None, entry.subject_id, duty, person_id=deputy)


@on("governance.champion.nominated")
def to_endorse(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The head of the department is asked for their word, unless it was the head who nominated."""
    return next_movers(entries, Kind.TO_ENDORSE, DutyKind.ENDORSE)


@on("governance.champion.nominated", "governance.champion.endorsed")
def to_join(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Once the head stands behind them the nominee is asked, who need not sit in any seat."""
    asked: dict[int, int] = dict(
        Nomination.objects.filter(
            champion__in={entry.subject_id for entry in entries}, state=NominationState.ENDORSED
        ).values_list("champion_id", "person_id")
    )
    duties = dict(
        Duty.objects.filter(subject_id__in=asked, kind=DutyKind.JOIN, closed_at=None).values_list("subject_id", "pk")
    )
    for entry in entries:
        if entry.subject_id in asked and entry.subject_id in duties:
            yield Telling(
                entry.entry_id, Kind.TO_JOIN, None, entry.subject_id, duties[entry.subject_id],
                person_id=asked[entry.subject_id],
            )  # fmt: skip
