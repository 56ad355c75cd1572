"""In which language I am spoken to, and by which clock."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance.forms.places import LanguageForm
from governance.languages import spoken
from governance.models import Person
from governance.pages import Standing, attempt
from governance.queries.people import choice_of
from notifications.services import inbox as service
from notifications.views.people import viewer_of


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    choice = choice_of(viewer)
    form = LanguageForm(request.POST or None, choice=choice, initial=dict(_stands(viewer).initial))
    status = 200
    if request.method == "POST":
        kept, status = attempt(
            form,
            lambda said: service.choose(**said, by=viewer, now=now),
            stands=lambda: _stands(Person.objects.get(pk=viewer.pk)),
        )
        if kept is not None:
            with translation.override(spoken(kept.language)):
                messages.success(request, _("Saved."))
            return redirect("governance:me")
    context = {"form": form, "choice": choice, "now": now}
    return render(request, "notifications/preferences/language.html", context, status=status)


def _stands(person: Person) -> Standing:
    choice = choice_of(person)
    return Standing(choice.version, {"language": choice.language, "zone": choice.zone, "version": choice.version})
