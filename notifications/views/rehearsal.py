"""A charter version rehearsed: what it would have said to whom, and made of which decisions. Changes nothing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.errors import Invalid
from governance.queries import charters
from notifications.forms import RehearsalForm
from notifications.queries import rehearsal as queries
from notifications.views.people import viewer_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rehearsal(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Posting tries what was pasted; it stores nothing, it is only too long for an address."""
    now, viewer = timezone.now(), viewer_of(request)
    charter = charters.one(reference, viewer, now)
    version = charters.version(charter, number)
    form = RehearsalForm(request.POST if request.method == "POST" else None)
    text = form.cleaned_data["decisions"] if form.is_bound and form.is_valid() else ""
    try:
        found = queries.rehearse(charter, version, viewer, now, text=text)
    except Invalid as error:
        form.add_error("decisions", str(error))
        found = queries.rehearse(charter, version, viewer, now)
    context = {"charter": charter, "version": version, "found": found, "form": form, "today": now.date()}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "notifications/rehearsal/page.html", context, status=status)
