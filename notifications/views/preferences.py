"""Whether and when I am mailed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.errors import Invalid
from notifications.forms import PreferenceForm
from notifications.models import Preference
from notifications.services import inbox as service
from notifications.views.people import viewer_of


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    stored = Preference.objects.filter(person=viewer).first() or Preference(person=viewer)
    initial = {name: getattr(stored, name) for name in ("wants_mail", "from_hour", "until_hour")}
    form = PreferenceForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                service.prefer(by=viewer, **form.cleaned_data)
            except Invalid as error:
                form.add_error(error.field or None, str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("notifications:preferences")
    context = {"form": form, "stored": stored, "viewer": viewer}
    return render(request, "notifications/preferences/form.html", context, status=status)
