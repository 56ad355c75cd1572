"""A charter's mandate: the texts that say what a council is for, typed so that they can be compared line by line.

Pure: no ORM, no clock. A charter version stores its purpose, and ``Mandate.to_json()`` beside it.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.errors import Invalid

LONGEST_TEXT = 2_000
"""Characters of one text: a mandate that nobody reads binds nobody."""
MOST_LINES = 20

NAMES: dict[str, str | Promise] = {
    "purpose": gettext_lazy("Purpose"),
    "vision": gettext_lazy("Vision"),
    "mission": gettext_lazy("Mission"),
    "values": gettext_lazy("Values, and what they mean here"),
    "scope_in": gettext_lazy("In scope"),
    "scope_out": gettext_lazy("Out of scope"),
    "measures": gettext_lazy("How we know that it works"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the organisation, and what it means in this council's work."""

    name: str
    means: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.means}" if self.means else self.name


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a council is for, beside its purpose: where it wants to get to, what it deals with and what not."""

    vision: str = ""
    mission: str = ""
    values: tuple[Value, ...] = ()
    scope_in: tuple[str, ...] = ()
    scope_out: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON has it: lists, not tuples, so that what is read back equals what was written."""
        return {
            **asdict(self),
            "values": [asdict(value) for value in self.values],
            **{name: list(getattr(self, name)) for name in ("scope_in", "scope_out", "measures")},
        }

    @classmethod
    def from_json(cls, stored: Any) -> "Mandate":
        """Read stored texts; what is left out is empty. Raises :class:`Invalid` naming the text that does not fit."""
        if not isinstance(stored, dict):
            raise Invalid(_("A mandate is made of texts: %(names)s.") % {"names": ", ".join(TEXTS)}, field="mandate")
        unknown = set(stored) - set(TEXTS)
        if unknown:
            raise Invalid(_("Unknown texts: %(names)s.") % {"names": ", ".join(sorted(unknown))}, field="mandate")
        made = cls(
            vision=_text(stored, "vision"),
            mission=_text(stored, "mission"),
            values=tuple(_value(given) for given in _rows(stored, "values")),
            scope_in=_lines(stored, "scope_in"),
            scope_out=_lines(stored, "scope_out"),
            measures=_lines(stored, "measures"),
        )
        made.check()
        return made

    def check(self) -> None:
        """Refuse what nobody would read to its end. Raises :class:`Invalid` at the text."""
        for name in TEXTS:
            said = getattr(self, name)
            lines = [said] if isinstance(said, str) else [str(line) for line in said]
            if len(lines) > MOST_LINES:
                raise Invalid(_("At most %(n)d lines, so that they are read.") % {"n": MOST_LINES}, field=name)
            if any(len(line) > LONGEST_TEXT for line in lines):
                raise Invalid(_("At most %(n)d characters, so that they are read.") % {"n": LONGEST_TEXT}, field=name)
            if not isinstance(said, str) and not all(line.strip() for line in lines):
                raise Invalid(_("A line says something. Take the empty one out."), field=name)

    def lines(self) -> list[tuple[str, list[str]]]:
        """``(text, its lines)`` of what is said, for reading and comparing; what is empty is left out."""
        told = []
        for name in TEXTS:
            said = getattr(self, name)
            lines = [said] if isinstance(said, str) else [str(line) for line in said]
            if lines and lines != [""]:
                told.append((name, lines))
        return told


TEXTS = tuple(named.name for named in fields(Mandate))


def _text(stored: dict[str, Any], name: str) -> str:
    return _said(stored.get(name, ""), name)


def _lines(stored: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_said(line, name) for line in _rows(stored, name))


def _said(given: Any, name: str) -> str:
    if not isinstance(given, str):
        raise Invalid(_("“%(name)s” is text.") % {"name": name}, field=name)
    return given.strip()


def _rows(stored: dict[str, Any], name: str) -> list[Any]:
    given = stored.get(name, [])
    if not isinstance(given, list | tuple):
        raise Invalid(_("“%(name)s” is a list of lines.") % {"name": name}, field=name)
    return list(given)


def _value(given: Any) -> Value:
    try:
        said = Value(**given)
    except TypeError as error:
        raise Invalid(_("A value has a name, and what it means here."), field="values") from error
    return Value(_said(said.name, "values"), _said(said.means, "values"))


def value_of(line: str) -> Value:
    """A value as a line says it: "Candour: we say early what does not work"."""
    name, _colon, means = line.partition(":")
    return Value(name.strip(), means.strip())
