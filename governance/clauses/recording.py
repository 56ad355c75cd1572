"""Clauses about the record of a meeting: who approves its minutes, and within which time they are out."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.clauses.ladder import FURTHEST
from governance.errors import Invalid

CHAIR_APPROVES, SECRETARY_APPROVES, SILENCE_APPROVES = "chair", "secretary", "silence"

MINUTES_BY: dict[str, str | Promise] = {
    CHAIR_APPROVES: gettext_lazy("the chair, once the time for comments has ended"),
    SECRETARY_APPROVES: gettext_lazy("the secretary, once the time for comments has ended"),
    SILENCE_APPROVES: gettext_lazy("silence: they are approved when the time for comments ends"),
}
"""Who approves minutes. A comment is no silence: each is answered first."""

LONGEST_WINDOW = 30
"""Working days for comments, at most."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """Who approves; working days to send minutes out, for comments (``window``), and to approve (``within``)."""

    approval: str = CHAIR_APPROVES
    send: int = 3
    window: int = 5
    within: int = 5

    def sentence(self) -> str:
        said = ngettext(
            "Minutes go out within %(send)d working day to whoever was there, who may comment for %(window)s.",
            "Minutes go out within %(send)d working days to whoever was there, who may comment for %(window)s.",
            self.send,
        ) % {"send": self.send, "window": _in_days(self.window)}
        return f"{said} {self._approved()}"

    def _approved(self) -> str:
        if self.approval == SILENCE_APPROVES:
            return _("What nobody objected to by then is approved.")
        role = _("The chair") if self.approval == CHAIR_APPROVES else _("The secretary")
        return _("%(role)s approves them within %(within)s after that.") % {
            "role": role,
            "within": _in_days(self.within),
        }

    def check(self) -> None:
        if self.approval not in MINUTES_BY:
            raise Invalid(
                _("Choose who approves minutes: %(ways)s.") % {"ways": ", ".join(MINUTES_BY)}, field="minutes"
            )
        if not 1 <= self.window <= LONGEST_WINDOW:
            raise Invalid(
                _("Minutes are open for comments for one working day at least, and for %(most)d at most.")
                % {"most": LONGEST_WINDOW},
                field="minutes",
            )
        if not all(1 <= term <= FURTHEST for term in (self.send, self.within)):
            raise Invalid(_("Every term has between one working day and a year of them (250)."), field="minutes")


def _in_days(days: int) -> str:
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
