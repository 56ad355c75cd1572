"""The page on which a sponsor writes down a check-in with a council."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.forms.checkins import CheckInForm
from governance.links import path_of
from governance.pages import attempt
from governance.queries import checkins as queries
from governance.services import checkins as services
from governance.views import asker


@login_required
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """``reference`` is the council's."""
    now, viewer = timezone.now(), asker(request)
    subject = queries.council(reference, viewer, now)
    services.require_sponsoring(subject, viewer, now)
    form = CheckInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.check_in(subject=subject, **said, by=viewer, now=now))
        if made is not None:
            messages.success(request, _("Written down. The council reads it; the next check-in is planned."))
            return redirect(path_of(subject))
    context = {"form": form, "subject": subject, "back": path_of(subject)}
    return render(request, "governance/checkins/form.html", context, status=status)
