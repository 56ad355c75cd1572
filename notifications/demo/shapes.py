"""How the CX lead keeps the themes in shape, and the views that people keep."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from actions.models import Theme
from actions.services import theme_shapes
from governance.models import Person, ViewCadence
from governance.services import saved_views
from notifications.demo.script import Script

VIEWS = {"Silent for long": "state=open&sort=updated", "At risk": "health=at_risk&sort=promised"}


MONDAY = 0


def plan(script: Script, *, lead: Person, sponsor: Callable[[], Person], others: Callable[[], list[Person]]) -> None:
    """A part of a theme becomes one of its own, another gets a better name, and some people keep views."""
    script.on(-4, partial(_split, lead), 13)
    script.on(-3, partial(_rename, lead), 9)
    script.on(-3, lambda now: _keep([lead, *others()], now), 10)
    script.on(-3, lambda now: _hear([lead, sponsor()], now), 11)


def _split(lead: Person, now: datetime) -> None:
    theme = Theme.objects.get(name="Waiting on the phone")
    theme_shapes.split(theme=theme, name="Waiting at the roadside", words="roadside", by=lead, now=now)


def _rename(lead: Person, now: datetime) -> None:
    theme = Theme.objects.get(name="Total-loss letter")
    theme_shapes.rename(theme=theme, name="Letter after a total loss", by=lead, now=now)


def _keep(people: list[Person], now: datetime) -> None:
    for person in people:
        for name, query in VIEWS.items():
            saved_views.save(page="actions", name=name, query=query, by=person, now=now)


def _hear(people: list[Person], now: datetime) -> None:
    """What whoever answers for the programme wants to hear of once a week, and what as soon as it changes."""
    for person in people:
        saved_views.save(
            page="review", name="The whole programme", query="", cadence=ViewCadence.WEEKLY, weekday=MONDAY,
            by=person, now=now,
        )  # fmt: skip
        saved_views.save(
            page="actions", name="Blocked", query="figure=blocked", cadence=ViewCadence.CHANGED, by=person, now=now
        )
