"""Clauses about the record of a meeting: minutes or a running note; who approves minutes, and by when they are out."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.clauses.ladder import FURTHEST
from governance.errors import Invalid

CHAIR_APPROVES, SECRETARY_APPROVES, SILENCE_APPROVES, MEETING_APPROVES = "chair", "secretary", "silence", "meeting"

MINUTES_BY: dict[str, str | Promise] = {
    CHAIR_APPROVES: gettext_lazy("the chair, once the time for comments has ended"),
    SECRETARY_APPROVES: gettext_lazy("the secretary, once the time for comments has ended"),
    SILENCE_APPROVES: gettext_lazy("silence: they are approved when the time for comments ends"),
    MEETING_APPROVES: gettext_lazy("the next meeting, by a decision"),
}
"""Who approves minutes. A comment is no silence: each is answered first."""

LONGEST_WINDOW = 30
"""Working days for comments, at most."""


FULL, LIGHT = "full", "light"

FORMALITIES: dict[str, str | Promise] = {
    FULL: gettext_lazy("in full: minutes that are sent out and approved"),
    LIGHT: gettext_lazy("lightly: a running note, and actions"),
}
"""What a council keeps of its meetings. Quorum, votes and decisions are the same for both."""


@dataclass(frozen=True, slots=True)
class Formality:
    """``full``: each meeting has minutes of its own; ``light``: one running note, complete when a meeting closes."""

    level: str = FULL

    def sentence(self) -> str:
        if self.level == LIGHT:
            return _("It works lightly: what its meetings record stands in one running note, which nobody approves.")
        return _("It works in full: each meeting has minutes, which are sent out and approved.")

    def check(self) -> None:
        if self.level not in FORMALITIES:
            raise Invalid(
                _("Choose how a council works: %(ways)s.") % {"ways": ", ".join(FORMALITIES)}, field="formality"
            )


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
        if self.approval == MEETING_APPROVES:
            return _("The next meeting approves them by a decision; the secretary sees to it within %(within)s.") % {
                "within": _in_days(self.within)
            }
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
