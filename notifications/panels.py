"""What notifications shows elsewhere: on an action's page who is asked next, before it happens; on a charter's the way
to rehearse its latest version; on the page of a thing a quiet way to hear no more news of it, and the way
to what happens next to it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.urls import reverse

from governance.models import Charter, CharterVersion, Person, Subject
from governance.panels import declare
from notifications.queries.climbed import climbed
from notifications.queries.mutes import muted_among
from notifications.queries.upcoming import foretold

NEAR = timedelta(days=4)
"""How far ahead the panel is pointed out."""


def next_rung(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """For each action whom the next rung asks for help, and when, if nothing is done till then."""
    return {
        subject: {
            "said": one.sentence(viewer.zone),
            "ask_url": f"{one.url}?do=ask-help#do",
            "is_near": one.at <= now + NEAR,
        }
        for subject, one in foretold(ids, viewer, now).items()
    }


declare("action.page", template="notifications/upcoming/_foretold.html", answer=next_rung, order=10)


def rehearsable(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """The latest version of each charter that ``viewer`` may see. One statement."""
    seen = Charter.objects.visible_to(viewer, now).filter(pk__in=list(ids))
    rows = CharterVersion.objects.filter(charter__in=seen).order_by("number")
    return {
        charter: {"reference": reference, "number": number}
        for charter, reference, number in rows.values_list("charter_id", "charter__subject__reference", "number")
    }


declare("charter.aside", template="notifications/rehearsal/_link.html", answer=rehearsable, order=90)


def mutable(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """Whether the viewer muted each thing. Two statements."""
    muted = muted_among(viewer, ids)
    references = Subject.objects.filter(pk__in=ids).values_list("pk", "reference")
    return {pk: {"reference": reference, "is_muted": pk in muted} for pk, reference in references}


for _slot in ("action.page", "theme.aside", "council.aside"):
    declare(_slot, template="notifications/inbox/_mute.html", answer=mutable, order=900)


def way_to_next(field: str, ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """Asks nothing: the page behind the link says what the viewer may know."""
    page = reverse("notifications:upcoming")
    return {key: {"url": f"{page}?{field}={key}"} for key in ids}


for _slot, _field in (("council.page", "council"), ("person.page", "person"), ("action.page", "about")):
    declare(_slot, template="notifications/upcoming/_panel.html", answer=partial(way_to_next, _field), order=200)


def how_it_came(ids: Sequence[int], viewer: Person, now: datetime) -> dict[int, dict[str, Any]]:
    """For each agenda item whom was asked before, and what they answered; nothing where nobody was."""
    return {item: {"steps": steps, "today": now.date()} for item, steps in climbed(ids, viewer, now).items()}


declare("agenda_item.page", template="notifications/upcoming/_climbed.html", answer=how_it_came, order=50)
