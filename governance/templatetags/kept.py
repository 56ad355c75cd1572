"""``{% kept_views "actions" %}``: the folded bar by which a page is kept as it is narrowed."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import RequestContext
from django.utils.http import urlencode

from governance import kept
from governance.forms.views import KeepForm
from governance.models import SavedView
from governance.queries import saved_views
from governance.views import asker

register = template.Library()


@register.inclusion_tag("ui/kept.html", takes_context=True)
def kept_views(context: RequestContext, slug: str) -> dict[str, Any]:
    """Keep this page under a name; my views of it. One statement. What is kept is read when it is sent."""
    request, page = context["request"], kept.PAGES[slug]
    given = {name: value for name, value in request.GET.items() if name != "page"}
    if page.in_path and request.resolver_match is not None:
        given[page.in_path] = request.resolver_match.kwargs["reference"]
    return {
        "slug": slug,
        "form": KeepForm(page=page, initial={"query": urlencode(given)}),
        "views": [(view, page.path(view.query)) for view in _mine(request, slug)],
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def kept_tabs(context: RequestContext, slug: str, address: str) -> list[dict[str, Any]]:
    """My views of a page that shows narrowings as tabs: name, address, whether it is this one (``address``)."""
    page = kept.PAGES[slug]
    return [
        {"name": view.name, "url": page.path(view.query), "current": view.query == address}
        for view in _mine(context["request"], slug)
    ]


def _mine(request: HttpRequest, slug: str) -> list[SavedView]:
    """Asked once for a page, whichever of its parts shows them."""
    known: dict[str, list[SavedView]] = request.__dict__.setdefault("_kept_views", {})
    if slug not in known:
        known[slug] = list(saved_views.of_person(asker(request), slug))
    return known[slug]
