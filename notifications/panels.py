"""What notifications shows elsewhere: on a charter's page the way to rehearse its latest version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from governance.models import Charter, CharterVersion, Person
from governance.panels import declare


def rehearsable(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """The latest version of each charter that ``viewer`` may see. One statement."""
    seen = Charter.objects.visible_to(viewer, now).filter(pk__in=list(ids))
    rows = CharterVersion.objects.filter(charter__in=seen).order_by("number")
    return {
        charter: {"reference": reference, "number": number}
        for charter, reference, number in rows.values_list("charter_id", "charter__subject__reference", "number")
    }


declare("charter.aside", template="notifications/rehearsal/_link.html", answer=rehearsable, order=90)
