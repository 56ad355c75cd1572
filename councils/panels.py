"""What councils show on the pages of charters: the councils under them, and whether they can get stuck."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from councils.models import Council
from councils.queries import stuck
from governance.models import CharterState, CharterVersion, Person
from governance.panels import declare


def under(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """The councils of each charter that ``viewer`` may see, tried by its latest version: what is to be ratified."""
    councils: dict[int, list[Council]] = defaultdict(list)
    rows = Council.objects.visible_to(viewer, now).filter(charter_id__in=ids).select_related("subject", "department")
    for council in rows.order_by("name"):
        councils[council.charter_id].append(council)
    latest = {
        version.charter_id: version
        for version in CharterVersion.objects.filter(charter_id__in=councils)
        .exclude(state=CharterState.SUPERSEDED)
        .select_related("charter__subject")
        .order_by("number")
    }
    return {
        charter: {
            "version": latest[charter],
            "tried": (tried := stuck.tried(councils[charter], now, latest[charter])),
            "problems": sum(len(one.problems) for one in tried),
        }
        for charter in councils
        if charter in latest
    }


declare("charter.page", template="councils/councils/_under.html", answer=under, order=20)
