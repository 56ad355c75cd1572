"""What notifications show on pages further right: the way to what happens next to this council, person or action."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse

from governance import panels
from governance.models import Person


def way_to_next(field: str, ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """Asks nothing: the page behind the link says what the viewer may know."""
    page = reverse("notifications:upcoming")
    return {key: {"url": f"{page}?{field}={key}"} for key in ids}


for _slot, _field in (("council.page", "council"), ("person.page", "person"), ("action.page", "about")):
    panels.declare(_slot, template="notifications/upcoming/_panel.html", answer=partial(way_to_next, _field), order=200)
