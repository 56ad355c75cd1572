"""Pages of what was spent on actions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.forms.spending import ReverseForm
from actions.queries import spending as queries
from actions.services import spending as services
from governance import pages
from governance.views import asker


@login_required
@require_http_methods(["GET", "POST"])
def reverse(request: HttpRequest, key: int) -> HttpResponse:
    """Take back what was posted, by a posting against it."""
    now, viewer = timezone.now(), asker(request)
    spending = queries.get(key, viewer, now)
    services.require_reversing(spending, viewer, now)
    form, status = ReverseForm(request.POST or None), 200
    if request.method == "POST":
        against, status = pages.attempt(
            form, lambda said: services.reverse(spending=spending, reason=said["reason"], by=viewer, now=now)
        )
        if against is not None:
            messages.success(request, _("Reversed. Both stand in the ledger."))
            return redirect("actions:item-detail", spending.subject.reference)
    return render(request, "actions/spending/reverse.html", {"spending": spending, "form": form}, status=status)
