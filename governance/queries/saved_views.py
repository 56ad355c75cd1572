"""One's own kept views as they are now: where each leads, what it narrows by, how many it counts."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from governance import kept
from governance.errors import Absent, Invalid
from governance.kept import Count
from governance.models import Person, SavedView

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One view as its owner may see it now.

    ``read`` is None where it can be shown no longer, or could not be read (``is_faulty``: neither could be told).
    """

    view: SavedView
    page: kept.Page | None
    read: kept.Read | None
    count: Count | None
    is_faulty: bool = False
    """Whether its page failed when it was read or counted: how it stands is not known this time."""

    @property
    def is_gone(self) -> bool:
        """Whether its page or something that it narrows by is not there for this person any more."""
        return self.read is None and not self.is_faulty

    @property
    def path(self) -> str:
        return self.read.path if self.read is not None else ""

    @property
    def weekday(self) -> str:
        """The day of the week on which a digest tells of it, where it does so once a week."""
        return str(WEEKDAYS[self.view.weekday])

    @property
    def says(self) -> str:
        """How many, in words; empty where nothing is counted."""
        return self.page.says(self.count) if self.page is not None and self.count is not None else ""


def of_person(person: Person, page: str = "") -> QuerySet[SavedView]:
    """The views that somebody keeps, of one page or of all."""
    found = SavedView.objects.filter(person=person)
    return found.filter(page=page) if page else found


def one(key: int, person: Person) -> SavedView:
    """One of the views that somebody keeps. Raises :class:`Absent`."""
    view = of_person(person).filter(pk=key).first()
    if view is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return view


def told(view: SavedView, viewer: Person, now: datetime) -> Line:
    """A view as ``viewer``, who keeps it, may see it now: its address is read anew, and counted anew.

    What fails is logged, has no count, and takes no other view with it.

    That holds for a statement that its database refuses, too: where nothing can be asked at all, the next one says so.
    """
    found = Line(view, kept.PAGES.get(view.page), None, None)
    try:
        found = _uncounted(view, viewer, now)
        return replace(found, count=found.read.count(viewer, now)) if found.read is not None else found
    except Exception:
        log.exception("views.count_failed", view=view.pk, page=view.page)
        return replace(found, is_faulty=True)


def _uncounted(view: SavedView, viewer: Person, now: datetime) -> Line:
    page = kept.PAGES.get(view.page)
    if page is None:
        return Line(view, None, None, None)
    try:
        return Line(view, page, kept.read(page, view.query, viewer, now), None)
    except Invalid:
        return Line(view, page, None, None)
