"""What notifications show on the pages of actions: who is asked next, before it happens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from governance.models import Person
from governance.panels import declare
from notifications.queries.upcoming import foretold

NEAR = timedelta(days=4)
"""How far ahead the panel is pointed out."""


def next_rung(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """For each action whom the next rung asks for help, and when, if nothing is done till then."""
    return {
        subject: {"said": one.sentence(viewer.zone), "ask_url": f"{one.url}#do", "is_near": one.at <= now + NEAR}
        for subject, one in foretold(ids, viewer, now).items()
    }


declare("action.page", template="notifications/upcoming/_foretold.html", answer=next_rung, order=10)
