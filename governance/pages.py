"""What every list and every form on a page does alike: paging, filters in the address, refusing with a remedy."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.errors import Absent, Conflict, DomainError, Invalid, Stale

PER_PAGE = 50
Made = TypeVar("Made")


def paged(request: HttpRequest, rows: "QuerySet[Any] | list[Any]") -> Page[Any]:
    """The page of a list that the address asks for; a page that is not there shows the nearest one."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def chips(request: HttpRequest, active: Iterable[tuple[str, Any, Any]]) -> list[dict[str, str]]:
    """Chips of ui/filters.html for ``(parameter, label, value in words)``; an empty value is not a filter."""
    made = []
    for name, label, value in active:
        if value:
            rest = {key: kept for key, kept in request.GET.items() if key not in (name, "page")}
            made.append({"label": str(label), "value": str(value), "remove_url": f"?{urlencode(rest)}"})
    return made


def require_readable(narrow: forms.Form) -> None:
    """Raises :class:`Absent` for an address that cannot be read: no list, and no sheet, is of everything instead. Where
    nothing is asked, nothing is narrowed."""
    if narrow.is_bound and not narrow.is_valid():
        raise Absent(_("There is nothing here, or nothing that you may see."))


def attempt(
    form: forms.Form, act: Callable[[dict[str, Any]], Made], *, stands: Callable[[], "Standing"] | None = None
) -> tuple[Made | None, int]:
    """Carry out a checked form: ``(what came of it, 200)``, or ``(None, status)`` with the errors at their fields.

    A refused form answers 422, one that the state of things forbids 409; both show the same page, the input kept.
    What somebody else changed meanwhile is shown beside what was typed, where ``stands`` says how it is now. What may
    not be done, and a change that is not typed into a form, is the middleware's to answer.
    """
    if not form.is_valid():
        return None, 422
    try:
        return act(form.cleaned_data), 200
    except Stale as error:
        if stands is None:
            raise
        show_both(form, error, stands())
        return None, 409
    except (Invalid, Conflict) as error:
        put(form, error)
        return None, error.status


def put(form: forms.Form, error: DomainError) -> None:
    """Show a domain's error at the field that it names, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a thing stands now: its ``version``, and what its form would show (or, in words, what differs)."""

    version: int
    initial: Mapping[str, Any] = field(default_factory=dict)
    differs: Sequence[tuple[str, str, str]] = ()


def show_both(form: forms.Form, error: DomainError, stands: Standing) -> None:
    """Show what was typed beside what stands now. Sent again, it is said of the version that is shown."""
    put(form, error)
    form.changes = [*differing(form, stands.initial), *stands.differs]  # type: ignore[attr-defined]
    sent = cast(QueryDict, form.data).copy()
    sent["version"] = str(stands.version)
    form.data = sent


def differing(form: forms.Form, initial: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """``(label, mine, theirs)`` of each visible field that was filled in otherwise than ``initial`` has it."""
    rows = []
    for bound in form.visible_fields():
        if bound.name in initial:
            mine = in_words(bound.field, form.cleaned_data.get(bound.name))
            theirs = in_words(bound.field, initial[bound.name])
            if mine != theirs:
                rows.append((str(bound.label), mine, theirs))
    return rows


def in_words(asked: forms.Field, value: Any) -> str:
    """A field's value as a reader would say it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value == "":
        return ""
    if isinstance(asked, forms.ModelChoiceField):
        found = value if isinstance(value, Model) else asked.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return asked.label_from_instance(found) if found is not None else ""
    if isinstance(asked, forms.ChoiceField):
        if isinstance(value, list | tuple):
            return ", ".join(str(dict(asked.choices).get(one, one)) for one in value)  # type: ignore[arg-type]
        return str(dict(asked.choices).get(value, value))  # type: ignore[arg-type]
    return date_format(value) if isinstance(value, date) else str(value)
