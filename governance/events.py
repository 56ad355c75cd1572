"""The registry of events: each is declared once, with the sentence that timeline, mail, feed and journal share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Event:
    """``says`` may use {by}, {subject}, {text} and the entry's facts; ``by_people`` tells words from system events.

    ``instead`` has the sentence to say where a fact of that name is true; entries of before are told by it, too.
    ``words`` has, for a fact that is one of few values, how each is said.
    """

    name: str
    says: str | Promise
    by_people: bool = False
    instead: Mapping[str, str | Promise] = field(default_factory=dict, hash=False)
    words: Mapping[str, Mapping[Any, str | Promise]] = field(default_factory=dict, hash=False)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        """What the event says of an entry with these facts."""
        return str(next((says for fact, says in self.instead.items() if facts.get(fact) is True), self.says))

    def values(self, facts: Mapping[str, Any]) -> dict[str, str]:
        """Those of the facts that have words, said in them."""
        return {name: str(said[facts[name]]) for name, said in self.words.items() if facts.get(name) in said}


EVENTS: dict[str, Event] = {}


def declare(
    name: str,
    *,
    says: Any,
    by_people: bool = False,
    instead: Mapping[str, str | Promise] | None = None,
    words: Mapping[str, Mapping[Any, str | Promise]] | None = None,
) -> Event:
    """Declare ``<app>.<noun>.<past participle>``. Declaring one twice is a mistake and raises."""
    if name in EVENTS:
        raise ValueError(f"event declared twice: {name}")
    EVENTS[name] = Event(name, says, by_people, instead or {}, words or {})
    return EVENTS[name]


def discover(package: str) -> None:
    """Import each module of ``package``, so that a process that never calls it can still tell what it recorded."""
    for module in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
