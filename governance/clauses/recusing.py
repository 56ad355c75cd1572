"""Who stands aside from a matter, and who chairs it then."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.errors import Invalid

NOBODY, SEAT, DEPARTMENT = "nobody", "seat", "department"
CHAIR, DEPUTY, SECRETARY = "chair", "deputy", "secretary"

ASIDE: dict[str, str | Promise] = {
    NOBODY: gettext_lazy("nobody by rule"),
    SEAT: gettext_lazy("whoever answers for the work, or asks for money for it"),
    DEPARTMENT: gettext_lazy("whoever answers for it, and the seats of its department"),
}
CHAIRED_BY: dict[str, str | Promise] = {
    DEPUTY: gettext_lazy("the deputy of the chair's seat"),
    SECRETARY: gettext_lazy("the secretary"),
    CHAIR: gettext_lazy("the chair all the same"),
}


@dataclass(frozen=True, slots=True)
class Recusal:
    """Who has to stand aside, whether they may stay and speak, and who chairs where the chair stands aside.

    A seat that stands aside never counts for the matter. Whoever chairs in the chair's place is the one who has to be
    there, and whose vote decides a tie, where the charter says so of the chair.
    """

    must: str = NOBODY
    stays: bool = True
    chaired_by: str = DEPUTY

    def sentence(self) -> str:
        return " ".join((self._aside(), self._leaves(), self._chaired()))

    def _aside(self) -> str:
        if self.must == NOBODY:
            return _("Nobody has to stand aside by rule; whoever does says why.")
        if self.must == SEAT:
            return _("Whoever answers for the work, or asks for money for it, stands aside.")
        return _(
            "Whoever answers for the work, or asks for money for it, stands aside with the seats of its department."
        )

    def _leaves(self) -> str:
        if self.stays:
            return _("They may stay and speak, and do not count.")
        return _("They leave the room for it, and do not count.")

    def _chaired(self) -> str:
        if self.chaired_by == CHAIR:
            return _("A chair who stands aside still chairs.")
        if self.chaired_by == DEPUTY:
            return _("A chair who stands aside hands over to the deputy of that seat.")
        return _("A chair who stands aside hands over to the secretary.")

    def check(self) -> None:
        if self.must not in ASIDE:
            raise Invalid(_("Nobody stands aside by rule, or whoever answers, or their department."), field="recusal")
        if self.chaired_by not in CHAIRED_BY:
            raise Invalid(_("The deputy chairs then, the secretary, or the chair all the same."), field="recusal")
