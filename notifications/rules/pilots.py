"""Who has to know of a pilot: whoever is to check it, and whoever did the work once it was checked."""

from collections.abc import Iterable, Sequence

from actions.models import Pilot
from governance.models import DutyKind
from notifications.kinds import Kind
from notifications.rules.actions import next_movers
from notifications.rules.registry import Heard, Telling, on


@on("actions.pilot.declared", "actions.pilot.given", "actions.pilot.fell_to")
def to_check(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever checks it hears of the day well ahead."""
    return next_movers(entries, Kind.TO_CHECK, DutyKind.CHECK)


@on("actions.pilot.passed", "actions.pilot.did_not_pass", "actions.pilot.extended")
def checked(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever tried it hears what the check found."""
    seats = dict(
        Pilot.objects.filter(pk__in={entry.subject_id for entry in entries}).values_list("pk", "action__seat_id")
    )
    for entry in entries:
        if entry.subject_id in seats:
            yield Telling(entry.entry_id, Kind.CHECKED, seats[entry.subject_id], entry.subject_id)
