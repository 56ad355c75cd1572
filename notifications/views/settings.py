"""Settings of the organisation, and how its mail is sent. For the CX lead and administrators."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance import post
from governance.errors import Conflict
from governance.forms.entry import WEEK, OrganisationForm
from governance.models import Organisation
from governance.pages import Standing, attempt
from governance.queries.sheets import require_placing
from governance.services import organisation as services
from notifications.services import trial
from notifications.views.people import viewer_of


@login_required
def page(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), viewer_of(request)
    organisation = require_placing(viewer, now)
    form = OrganisationForm(request.POST or None, initial=dict(_stands(organisation).initial))
    status = 200
    if request.method == "POST":
        kept, status = attempt(
            form,
            lambda said: services.amend(**said, by=viewer, now=now),
            stands=lambda: _stands(Organisation.objects.get()),
        )
        if kept is not None:
            messages.success(request, _("The settings are kept."))
            return redirect("notifications:settings")
    calendar = organisation.calendar
    context = {
        "form": form,
        "organisation": organisation,
        "calendar": calendar,
        "days": [label for day, label in WEEK if calendar.working_week[day] == "1"],
        "has_server": post.has_server(),
        "server": ":".join(str(part) for part in (settings.EMAIL_HOST, settings.EMAIL_PORT) if part)
        or _("this machine's own server"),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "public_url": settings.PUBLIC_URL,
        "viewer": viewer,
    }
    return render(request, "notifications/settings/page.html", context, status=status)


@login_required
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    """Mail a test; what the server says stands on the settings page."""
    try:
        address = trial.send(by=viewer_of(request), now=timezone.now())
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The mail server took a test mail to %(address)s.") % {"address": address})
    return redirect("notifications:settings")


def _stands(organisation: Organisation) -> Standing:
    initial = {"name": organisation.name, "language": organisation.language, "version": organisation.version}
    return Standing(organisation.version, initial)
