"""What notifications show on the pages of things: a quiet way to hear no more news of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from governance.models import Person, Subject
from governance.panels import declare
from notifications.queries.mutes import muted_among


def mutable(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """Whether the viewer muted each thing. Two statements."""
    muted = muted_among(viewer, ids)
    references = Subject.objects.filter(pk__in=ids).values_list("pk", "reference")
    return {pk: {"reference": reference, "is_muted": pk in muted} for pk, reference in references}


for _slot in ("action.page", "theme.aside", "council.aside"):
    declare(_slot, template="notifications/inbox/_mute.html", answer=mutable, order=900)
