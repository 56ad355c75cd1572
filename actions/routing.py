"""Which department can act on a piece of feedback: pure, tried in the order of the rules."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing rule. Every condition that it states must fit; ``topic_contains`` is folded like topics are."""

    id: int
    to_department: int
    source: int | None = None
    topic_contains: str = ""
    from_department: int | None = None

    def fits(self, *, source: int, topic: str, named: int | None) -> bool:
        return (
            (self.source is None or self.source == source)
            and self.topic_contains in topic
            and (self.from_department is None or self.from_department == named)
        )


@dataclass(frozen=True, slots=True)
class Route:
    """Where it goes, and by which rule (None: because the source named it, or because nobody else was found)."""

    department: int
    rule: int | None = None


def route(rules: Sequence[Rule], *, source: int, topic: str, named: int | None, fallback: int) -> Route:
    """The first rule that fits, else the department that the source named, else ``fallback`` (the CX lead's).

    ``topic`` is folded; all others are subject ids.
    """
    for rule in rules:
        if rule.fits(source=source, topic=topic, named=named):
            return Route(rule.to_department, rule.id)
    return Route(named if named is not None else fallback)
