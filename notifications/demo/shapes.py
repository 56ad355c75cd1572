"""How the CX lead keeps the themes in shape, and the views of the list of actions that people keep."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from actions.models import Theme
from actions.services import saved_views, theme_shapes
from governance.models import Person
from notifications.demo.script import Script

VIEWS = {"Silent for long": "state=open&sort=updated", "At risk": "health=at_risk&sort=promised"}


def plan(script: Script, *, lead: Person, others: Callable[[], list[Person]]) -> None:
    """A part of a theme becomes one of its own, another gets a better name, and some people keep views."""
    script.on(-4, partial(_split, lead), 13)
    script.on(-3, partial(_rename, lead), 9)
    script.on(-3, lambda now: _keep([lead, *others()], now), 10)


def _split(lead: Person, now: datetime) -> None:
    theme = Theme.objects.get(name="Waiting on the phone")
    theme_shapes.split(theme=theme, name="Waiting at the roadside", words="roadside", by=lead, now=now)


def _rename(lead: Person, now: datetime) -> None:
    theme = Theme.objects.get(name="Total-loss letter")
    theme_shapes.rename(theme=theme, name="Letter after a total loss", by=lead, now=now)


def _keep(people: list[Person], now: datetime) -> None:
    for person in people:
        for name, query in VIEWS.items():
            saved_views.save(name=name, query=query, by=person, now=now)
