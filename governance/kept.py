"""The registry of pages that may be kept as a view: lists and figures, declared by the app where each page stands.

A kept view is the address of a page and nothing more: it carries no permission. What it shows, and how many, is asked
anew each time as whoever reads it, by the page's own form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from governance.errors import Absent, Invalid
from governance.models import Person
from governance.pages import in_words

LONGEST = 1000
"""Characters of an address that is kept."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a page counts for one reader; ``of`` is the whole that it is a part of, where the page shows one."""

    value: int
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page draws first, for a mail: its finding, the drawing (SVG by itself), and the drawing in words."""

    finding: str
    svg: str
    says: str


Said = Sequence[tuple[str, str]]
"""What an address narrows by: label and value in words."""


def spoken(words: Any) -> Callable[[Count], str]:
    """Puts a count into words that were marked for translation: with ``n``, and ``of`` where it has one."""
    return lambda count: str(words % {"n": count.value, "of": count.of})


_lines = spoken(ngettext_lazy("%(n)d line", "%(n)d lines", "n"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page that may be kept: its route, the form that reads its address, and what it counts, where it counts.

    ``form`` takes the address's parameters, the viewer and the moment. ``words`` says what a checked form narrows by;
    without one its fields do. ``says`` puts a count into words. ``picture`` is what a mail shows of a page that draws.

    A page of one thing has it in its path: ``in_path`` is the form's field that names it, by its reference, and
    ``chosen_at`` the route of the page on which one chooses it.
    """

    slug: str
    label: Any
    route: str
    form: Callable[[QueryDict, Person, datetime], forms.Form]
    count: Callable[[forms.Form, Person, datetime], Count] | None = None
    words: Callable[[forms.Form], Said] | None = None
    says: Callable[[Count], str] = _lines
    picture: Callable[[Person, datetime], Picture | None] | None = None
    in_path: str = ""
    chosen_at: str = ""

    def path(self, address: str) -> str:
        """The page as it is narrowed; of a page of one thing, without that, where one chooses it."""
        given = QueryDict(address, mutable=True)
        named = given.pop(self.in_path)[-1] if self.in_path in given else ""
        if not self.in_path:
            path = reverse(self.route)
        elif not named:
            path = reverse(self.chosen_at)
        else:
            path = reverse(self.route, kwargs={"reference": named})
        return f"{path}?{given.urlencode()}" if given else path


PAGES: dict[str, Page] = {}


def declare(page: Page) -> None:
    """Offer a page to be kept."""
    if page.slug in PAGES:
        raise ValueError(f"two pages may be kept as “{page.slug}”")
    PAGES[page.slug] = page


def named(slug: str) -> Page:
    """The page of this name. Raises :class:`Absent`."""
    if slug not in PAGES:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return PAGES[slug]


def by(form: Any) -> Callable[[QueryDict, Person, datetime], forms.Form]:
    """Reads an address by the form of its page, which asks who looks, and when."""

    def reading(data: QueryDict, viewer: Person, now: datetime) -> forms.Form:
        made: forms.Form = form(data, viewer=viewer, now=now)
        return made

    return reading


class NothingForm(forms.Form):
    """Of a page that is narrowed by nothing."""


def nothing(_data: QueryDict, _viewer: Person, _now: datetime) -> forms.Form:
    return NothingForm({})


@dataclass(frozen=True, slots=True)
class Read:
    """An address as its page's form read it: in its one spelling, and in words."""

    page: Page
    form: forms.Form
    address: str
    words: Said

    @property
    def path(self) -> str:
        return self.page.path(self.address)

    def count(self, viewer: Person, now: datetime) -> Count | None:
        """How many the page counts; None where it counts nothing. Whatever it counts, the statements do not grow."""
        return self.page.count(self.form, viewer, now) if self.page.count is not None else None


def read(page: Page, address: str, viewer: Person, now: datetime) -> Read:
    """What ``viewer`` may see of an address: its known parameters alone, spelled in one way.

    Raises :class:`Invalid` at ``query`` where it names what is not there, or may not be seen.
    """
    if len(address) > LONGEST:
        raise Invalid(_("This address is too long to keep."), field="query")
    given = QueryDict(address)
    try:
        form = page.form(given, viewer, now)
    except Absent:
        raise Invalid(_refused(), field="query") from None
    # Postgres has no text with a NUL in it, and no form field of ours means one.
    if "\0" in "".join(map(str, given.values())) or not form.is_valid():
        raise Invalid(_refused(), field="query")
    spelled = urlencode(parameters(form))
    if len(spelled) > LONGEST:
        raise Invalid(_("This address is too long to keep."), field="query")
    return Read(page, form, spelled, page.words(form) if page.words is not None else _words(form))


def unknown(page: Page, address: str, viewer: Person, now: datetime) -> list[str]:
    """The parameters of an address that its page does not know: on a page they narrow nothing, and are no fault."""
    return sorted(set(QueryDict(address)) - set(page.form(QueryDict(), viewer, now).fields))


def _refused() -> str:
    return _("This page cannot be shown any more as it was narrowed. Narrow it again, then keep it.")


def parameters(form: forms.Form) -> dict[str, str]:
    """The address of a checked form: what was given and is known, in the order of its fields."""
    told: dict[str, str] = {}
    for name in form.fields:
        if form.data.get(name):
            value = form.cleaned_data.get(name)
            if isinstance(value, Model):
                told[name] = value.subject.reference  # type: ignore[attr-defined]
            elif value is True:
                told[name] = "on"
            elif isinstance(value, date):
                told[name] = value.isoformat()
            elif value:
                told[name] = str(value)
    return told


def _words(form: forms.Form) -> Said:
    return [(str(form[name].label), in_words(form.fields[name], form.cleaned_data[name])) for name in parameters(form)]
