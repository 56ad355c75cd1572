"""Whether the departments that a charter names are represented when a council decides. Pure: no ORM, no clock.

A voice is what one person who is present speaks for, as references: the department that their seat of the council
represents, the departments whose champion (or the champion's deputy) they are, their other seats, the councils in
which they sit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.clauses import Represented, enforces


@dataclass(frozen=True, slots=True)
class Heard:
    """The departments that must be represented, by name: those that are and those that are not."""

    present: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    otherwise: str = "advisory"
    is_quorate: bool = True
    """Whether what is decided now counts as far as the quorum goes; without one nothing here says that it does."""

    @property
    def is_met(self) -> bool:
        """Whether decisions count, as far as this rule goes."""
        return not self.missing or self.otherwise == "valid"

    @property
    def needed(self) -> int:
        return len(self.present) + len(self.missing)

    @property
    def sentence(self) -> str:
        """The live line; empty where nobody has to be represented."""
        if not self.needed:
            return ""
        if not self.missing:
            return _("Every department that must be represented is here.")
        absent = missing_words(self.missing)
        if self.otherwise == "advisory":
            return _("%(absent)s: what is decided now is advisory.") % {"absent": absent}
        if not self.is_quorate:
            return _("%(absent)s.") % {"absent": absent}
        return _("%(absent)s; what is decided counts, and will say so.") % {"absent": absent}


@enforces("represented")
def hear(rule: Represented, voices: Iterable[Collection[str]]) -> Heard:
    """Find which of the rule's departments the people present speak for."""
    spoken = {reference for voice in voices for reference in voice}
    here = [(one.name or one.department, (one.by or one.department) in spoken) for one in rule.departments]
    return Heard(
        present=tuple(name for name, is_here in here if is_here),
        missing=tuple(name for name, is_here in here if not is_here),
        otherwise=rule.otherwise,
    )


def missing_words(names: Collection[str], *, was: bool = False) -> str:
    """ "Risk is not represented", or, told of a decision, "Risk was not represented"."""
    if was:
        return ngettext("%(names)s was not represented", "%(names)s were not represented", len(names)) % {
            "names": ", ".join(names)
        }
    return ngettext("%(names)s is not represented", "%(names)s are not represented", len(names)) % {
        "names": ", ".join(names)
    }
