"""Keeping a page as one narrowed it, for oneself, and saying whether the digest tells of it.

It says nothing about anybody's work, so no journal tells of it; what it shows is asked anew each time, as whoever looks
may see it then.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance import kept
from governance.errors import Absent, Conflict, Invalid, Stale
from governance.models import Person, SavedView, ViewCadence

MOST = 30
"""Views of one person: a digest counts each that it tells of."""
LONGEST_NAME = 60
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a view is to be, checked and counted before anything is locked."""

    name: str
    read: kept.Read | None
    """None: its address stays as it is."""
    cadence: str
    weekday: int
    counted: int | None = None


def save(
    *,
    page: str,
    name: str,
    query: str,
    by: Person,
    now: datetime,
    cadence: str = ViewCadence.NEVER,
    weekday: int = 0,
) -> SavedView:
    """Keep the address of a page under a name; one of that name on that page then shows this.

    Without a ``cadence`` one that was there goes on being told of as it was.

    Raises :class:`Invalid` at the field at fault, and :class:`Conflict` when there are enough.
    """
    if page not in kept.PAGES:
        raise Invalid(_("There is no page of this name to keep."), field="page")
    found = kept.read(kept.PAGES[page], query, by, now)
    wanted = _wanted(found.page, name, found, cadence, weekday, by, now)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)
        known = SavedView.objects.filter(person=by, page=page, name=wanted.name).first()
        if known is None:
            if SavedView.objects.filter(person=by).count() >= MOST:
                raise Conflict(_("You keep %(n)d views already. Let one go first.") % {"n": MOST})
            known = SavedView(person=by, page=page, created_at=now)
        elif cadence == ViewCadence.NEVER:  # what is kept anew is told of as it was
            wanted = replace(wanted, cadence=known.cadence, weekday=known.weekday, counted=_counted(found, by, now))
        return _put(known, wanted, now)


def change(
    *,
    key: int,
    by: Person,
    now: datetime,
    name: str | None = None,
    query: str | None = None,
    cadence: str | None = None,
    weekday: int | None = None,
    version: int | None = None,
) -> SavedView:
    """Call a view otherwise, let it show something else, or say when the digest tells of it. None leaves what is.

    Raises :class:`Absent` for one that is not ``by``'s, :class:`Stale` when ``version`` is not the current one,
    :class:`Invalid` as ``save`` does, and :class:`Conflict` where another view of that page is called so.
    """
    view = _own(key, by)
    _same_version(view, version)
    page = kept.named(view.page)
    if query is None:
        found = None
        try:
            again = kept.read(page, view.query, by, now)
        except Invalid:
            again = None  # it may be called otherwise, or told of no longer, all the same
    else:
        again = found = kept.read(page, query, by, now)
    wanted = _wanted(
        page,
        view.name if name is None else name,
        again,
        view.cadence if cadence is None else cadence,
        view.weekday if weekday is None else weekday,
        by,
        now,
    )
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)
        view = _own(key, by)
        _same_version(view, version)
        others = SavedView.objects.filter(person=by, page=view.page, name=wanted.name).exclude(pk=view.pk)
        if others.exists():
            raise Conflict(_("You have a view of this page that is called so already."), field="name")
        return _put(view, wanted if found is not None else _staying(wanted), now)


@transaction.atomic
def let_go(*, key: int, by: Person, now: datetime, version: int | None = None) -> None:
    """Keep a view no longer.

    Raises :class:`Absent` for one that is not ``by``'s, and :class:`Stale` when ``version`` is not the current one.
    """
    Person.objects.select_for_update().get(pk=by.pk)
    view = _own(key, by)
    _same_version(view, version)
    view.delete()


def tell(*, key: int, query: str, count: int | None, is_gone: bool, now: datetime) -> None:
    """Keep what was told of a view as it was then (``query``), in the transaction in which that is done.

    Who let it go meanwhile, let it go; what shows something else meanwhile is told of anew.
    """
    SavedView.objects.filter(pk=key, query=query).update(told_count=count, told_gone=is_gone, told_at=now)


def look_again(*, key: int, at: datetime) -> None:
    """A mail could not count it: a digest looks at it anew, so that what is told once a week is not lost for a week."""
    SavedView.objects.filter(pk=key, looks_at__gt=at).update(looks_at=at)


def replan(*, people: Collection[int]) -> None:
    """Their hours, or their clock, are others: when a digest looks at their views next is found anew."""
    SavedView.objects.filter(person__in=people, looks_at__isnull=False).update(looks_at=None)


def _own(key: int, by: Person) -> SavedView:
    view = SavedView.objects.filter(person=by, pk=key).first()
    if view is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return view


def _same_version(view: SavedView, version: int | None) -> None:
    """Pass when the current version was seen (or it is not said which). One person may have it open twice."""
    if version is not None and version != view.version:
        raise Stale(
            _("This view was changed meanwhile, on another page or by a program. Look at it as it stands now."),
            version=view.version,
        )


def _wanted(
    page: kept.Page, name: str, found: kept.Read | None, cadence: str, weekday: int, by: Person, now: datetime
) -> _Wanted:
    # Neither control signs nor marks that turn the direction or are not seen at all: a view is a link in a mail.
    name = " ".join("".join(sign for sign in name if unicodedata.category(sign) not in UNSEEN).split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Name the view, in at most %(n)d characters.") % {"n": LONGEST_NAME}, field="name")
    if cadence not in ViewCadence.values:
        raise Invalid(_("There is no such rhythm."), field="cadence")
    if cadence == ViewCadence.CHANGED and page.count is None:
        raise Invalid(
            _("This page counts nothing that could change. Hear of it once a week, or never."), field="cadence"
        )
    if weekday not in range(7):
        raise Invalid(_("A week has seven days: 0 is Monday."), field="weekday")
    counted = _counted(found, by, now) if cadence != ViewCadence.NEVER and found is not None else None
    return _Wanted(name, found, cadence, weekday, counted)


def _counted(found: kept.Read, by: Person, now: datetime) -> int | None:
    count = found.count(by, now)
    return count.value if count is not None else None


def _staying(wanted: _Wanted) -> _Wanted:
    return _Wanted(wanted.name, None, wanted.cadence, wanted.weekday, wanted.counted)


def _put(view: SavedView, wanted: _Wanted, now: datetime) -> SavedView:
    """Write it. Who subscribes to what it shows has just seen how many it counts: that is what was told last."""
    is_other = wanted.read is not None and wanted.read.address != view.query
    begins = wanted.cadence != ViewCadence.NEVER and (is_other or view.told_at is None)
    begins = begins or (wanted.cadence != ViewCadence.NEVER and view.cadence == ViewCadence.NEVER)
    if wanted.cadence == ViewCadence.NEVER or begins:
        view.told_count, view.told_at, view.told_gone = None, None, False
    if begins:
        view.told_count, view.told_at = wanted.counted, now
    view.name, view.cadence, view.weekday = wanted.name, wanted.cadence, wanted.weekday
    if wanted.read is not None:
        view.query = wanted.read.address
    view.looks_at = None
    if view.pk is not None:
        view.version += 1
    view.save()
    return view
