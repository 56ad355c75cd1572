"""Whether, how often, when and of what I am mailed, and what I muted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.errors import Invalid
from notifications.forms import WEEKDAYS, PreferenceForm
from notifications.queries.choices import choice_of
from notifications.queries.mutes import mutes_of
from notifications.reach import next_digest
from notifications.services import inbox as service
from notifications.views.people import viewer_of

OWN = ("wants_mail", "cadence", "digest_hour", "weekday", "from_hour", "until_hour")


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    choice = choice_of(viewer, now)
    form = PreferenceForm(request.POST or None, choice=choice)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            own = {name: form.cleaned_data[name] for name in OWN}
            try:
                service.prefer(by=viewer, now=now, families=form.families(), **own)
            except Invalid as error:
                form.add_error(error.field or None, str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("notifications:preferences")
    context = {
        "form": form,
        "choice": choice,
        "weekday": dict(WEEKDAYS)[choice.hours.weekday],
        "next_digest": next_digest(now, choice.hours, choice.works),
        "mutes": mutes_of(viewer, now),
        "viewer": viewer,
        "now": now,
    }
    return render(request, "notifications/preferences/form.html", context, status=status)
