"""Who has to know what happened to seats, charters and requests for help."""

from collections.abc import Iterable, Sequence

from governance.models import HelpRequest
from notifications.kinds import Kind
from notifications.rules.registry import Heard, Telling, on


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
