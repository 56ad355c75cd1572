"""A pack put together: the queries of the review, asked for everybody of the audience at once, turned into sections.

This package alone knows both sides. Each function asks one query and says its finding, in the sentence of the page
where there is one; what a section is stands in ``actions.packed``. Nothing in a pack names a person: work is owed by
seats, and customers are not named.
"""

from django.utils.translation import gettext as _

from actions.debts import LABELS as LABELS_OF_DEBTS
from actions.debts import MEANINGS as MEANINGS_OF_DEBTS
from actions.debts import Figure as Owed
from actions.figures import COLUMNS, LABELS, MEANINGS, Figure
from actions.packed import Section
from actions.packing import aged, happened, voices, work
from actions.packing.frame import MOST, WORST, Frame

__all__ = ["Frame", "parts", "summary"]


def summary(frame: Frame) -> list[Section]:
    """What stands on the first page after the cover."""
    return [work.figures(frame), work.stages(frame), work.late(frame, WORST), work.silent(frame), work.oldest(frame)]


def parts(frame: Frame) -> list[Section]:
    """All that follows, in its order; a part in which nothing stands is left out."""
    found = [
        work.departments(frame),
        work.late(frame, MOST),
        *aged.open_promises(frame),
        work.not_acted(frame),
        work.debts(frame),
        happened.decided(frame),
        happened.resources(frame),
        happened.stories(frame),
        voices.quotes(frame),
    ]
    return [*(one for one in found if one.rows or one.quotes or one.svg), _meanings()]


def _meanings() -> Section:
    figures = [(str(LABELS[figure]), str(MEANINGS[figure])) for figure in (Figure.OPEN, *COLUMNS)]
    debts = [
        (_("%(figure)s, between departments") % {"figure": LABELS_OF_DEBTS[figure]}, str(MEANINGS_OF_DEBTS[figure]))
        for figure in Owed
    ]
    return Section(
        key="meanings",
        name=_("What each figure counts"),
        title=_("Each figure is work as it stood at the moment on the cover."),
        head=(_("Figure"), _("What it counts")),
        rows=[*figures, *debts],
    )
