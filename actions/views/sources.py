"""Pages of feedback sources: how their files are read, what was taken in, and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.queries import feedback as queries
from actions.queries import sheets
from actions.services import feedback as services
from governance import pages
from governance.errors import Refused
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    page = pages.paged(request, queries.sources(viewer, now))
    context = {"page": page, "may_triage": queries.may_triage(viewer, now)}
    return render(request, "actions/sources/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(sheets.of_sources(queries.sources(viewer, now), viewer), form)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    source = queries.source(reference, viewer, now)
    context = {
        "source": source,
        "mapping": queries.mapping_in_words(source),
        "page": pages.paged(request, queries.imports(source)),
        "may_triage": queries.may_triage(viewer, now),
    }
    return render(request, "actions/sources/detail.html", context)


@login_required
def import_detail(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """One import, with what it refused by line. Lines of a file may hold personal data: for who may triage."""
    now, viewer = timezone.now(), asker(request)
    source = queries.source(reference, viewer, now)
    taken = queries.import_of(source, key)
    if not queries.may_triage(viewer, now):
        raise Refused(_("What an import refused is for the CX lead and the core team. Ask one of them."))
    context = {
        "source": source,
        "taken": taken,
        "errors": Paginator(taken.errors, 100).get_page(request.GET.get("page")),
        "stays": "" if taken.withdrawn_at else services.why_it_stays(taken, viewer, now),
    }
    return render(request, "actions/sources/import.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    source = queries.source(reference, viewer, now)
    taken = services.withdraw(feedback_import=queries.import_of(source, key), by=viewer, now=now)
    messages.success(request, _("%(file)s is withdrawn, as a whole.") % {"file": taken.file_name})
    return redirect("actions:source-detail", reference)
