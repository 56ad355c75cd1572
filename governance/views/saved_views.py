"""Pages that one keeps for oneself: kept from the bar of each page, looked over and changed on a page of their own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance import kept
from governance.errors import Absent
from governance.forms.views import KeepForm, NamedForm
from governance.models import SavedView
from governance.pages import Standing, attempt
from governance.queries import saved_views as queries
from governance.services import saved_views as services
from governance.views import asker


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All that I keep: what it shows, how many now, and when the digest tells of it."""
    return _page(request)


def _page(request: HttpRequest, refused: NamedForm | None = None, key: int = 0, status: int = 200) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    context = {
        "rows": [
            (line, refused if line.view.pk == key else _form(line.view))
            for line in (queries.told(view, viewer, now) for view in queries.of_person(viewer))
        ],
        "pages": [(page.label, page.path("")) for page in kept.PAGES.values()],
        "most": services.MOST,
        "today": timezone.localdate(),
    }
    return render(request, "governance/views/list.html", context, status=status)


def _form(view: SavedView, data: Any = None) -> NamedForm | None:
    """The form of a view; none where its page is there no longer: it can only be let go."""
    return NamedForm(data, view=view, page=kept.PAGES[view.page]) if view.page in kept.PAGES else None


@login_required
@require_POST
def keep(request: HttpRequest, page: str) -> HttpResponse:
    """Keep a page as it is narrowed, under a name."""
    now, viewer, found = timezone.now(), asker(request), kept.named(page)
    form = KeepForm(request.POST, page=found)
    view, status = attempt(form, lambda said: services.save(page=page, **said, by=viewer, now=now))
    if view is None:
        context = {"form": form, "kept_page": found, "back": found.path("")}
        return render(request, "governance/views/form.html", context, status=status)
    said = (
        _("Replaced: “%(name)s” shows this from now on. Nobody else sees it.")
        if view.created_at != now  # one of that name was there before
        else _("Kept as “%(name)s”. Nobody else sees it.")
    )
    messages.success(request, said % {"name": view.name})
    return redirect(found.path(view.query))


@login_required
@require_POST
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Call one otherwise, or be told of it otherwise."""
    now, viewer = timezone.now(), asker(request)
    form = _form(queries.one(key, viewer), request.POST)
    if form is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    changed, status = attempt(
        form,
        lambda said: services.change(key=key, **said, by=viewer, now=now),
        stands=lambda: _stands(queries.one(key, viewer)),
    )
    if changed is None:
        return _page(request, form, key, status)
    messages.success(request, _("Saved."))
    return redirect("governance:view-list")


def _stands(view: SavedView) -> Standing:
    return Standing(view.version, NamedForm.of(view))


@login_required
@require_POST
def let_go(request: HttpRequest, key: int) -> HttpResponse:
    """Keep one no longer; back to where that was said."""
    services.let_go(key=key, by=asker(request), now=timezone.now())
    messages.success(request, _("That view is kept no longer."))
    page = kept.PAGES.get(request.POST.get("page", ""))
    return redirect(page.path("") if page is not None else "governance:view-list")
