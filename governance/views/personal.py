"""Pages of what is kept about people: in general, and about one: looked at, taken along, redacted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from governance import privacy
from governance.forms.personal import RedactForm
from governance.pages import attempt
from governance.purposes import SECTIONS
from governance.queries import people, personal
from governance.retention import TERMS
from governance.services import leavers, redaction
from governance.views import asker


@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where something stands about a person."""
    now, viewer = timezone.now(), asker(request)
    person = people.one(viewer, now, pk)
    personal.require_reading(person, viewer, now)
    found = personal.places(person, personal.words_of(person), viewer, now)
    still_sits = personal.still_sits(person, now)
    context = {
        "person": person,
        "places": found,
        "total": sum(place.number for place in found),
        "is_me": person.pk == viewer.pk,
        "may_redact": people.may_place(viewer, now),
        "still_sits": still_sits,
        "anonymised_on": None if still_sits else leavers.anonymised_from(person),
    }
    return render(request, "governance/personal/page.html", context)


@login_required
def everything(request: HttpRequest) -> HttpResponse:
    """Which kinds of personal data there are: what for, who reads them, how long they are kept."""
    context = {
        "sections": [(section, list(privacy.rows(section))) for section in SECTIONS],
        "terms": sorted(TERMS.values(), key=lambda term: -term.kept_days),
        "leavers": TERMS["leavers"].kept_days,
        "me": asker(request),
    }
    return render(request, "governance/personal/everything.html", context)


@never_cache
@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, as a file."""
    now, viewer = timezone.now(), asker(request)
    person = people.one(viewer, now, pk)
    personal.require_reading(person, viewer, now)
    answer = HttpResponse(personal.as_json(personal.export(person, viewer, now)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="personal-data-{person.pk}.json"'
    return answer


@login_required
def redact(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then redact."""
    now, viewer = timezone.now(), asker(request)
    person = people.one(viewer, now, pk)
    personal.require_leading(viewer, now)
    form, status = RedactForm(request.POST or None), 200
    if request.method == "POST":
        done, status = attempt(
            form,
            lambda said: redaction.redact(
                person=person, by=viewer, now=now, also=said["also"], own_words=said["own_words"]
            ),
        )
        if done is not None:
            messages.success(request, _("The name, the address and what named this person are redacted."))
            if done.unread:
                messages.warning(
                    request,
                    _("Look into these files yourself, they are no plain text: %(names)s.")
                    % {"names": ", ".join(done.unread[:20])},
                )
            return redirect("governance:person-detail", person.pk)
    context = {"form": form, "person": person, "still_sits": personal.still_sits(person, now)}
    return render(request, "governance/personal/redact.html", context, status=status)
