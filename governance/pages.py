"""What every list and every form on a page does alike: paging, filters in the address, refusing with a remedy."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from governance.errors import Conflict, DomainError, Invalid, Stale

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


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], Made]) -> tuple[Made | None, int]:
    """Carry out a checked form: ``(what came of it, 200)``, or ``(None, status)`` with the errors at their fields.

    A refused form answers 422, one that the state of things forbids 409; both show the same page, the input kept.
    What may not be done, or somebody else changed, is the middleware's to answer.
    """
    if not form.is_valid():
        return None, 422
    try:
        return act(form.cleaned_data), 200
    except Stale:
        raise
    except (Invalid, Conflict) as error:
        put(form, error)
        return None, error.status


def put(form: forms.Form, error: DomainError) -> None:
    """Show a domain's error at the field that it names, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
