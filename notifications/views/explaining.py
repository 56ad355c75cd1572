"""Why did I get this? And the page behind "no more mail about this"."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from governance.errors import Absent
from governance.languages import spoken
from governance.models import Organisation
from notifications.queries.explaining import why as explained
from notifications.services import mutes
from notifications.views.people import viewer_of


@login_required
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a message reached me."""
    now = timezone.now()
    context = {"found": explained(viewer_of(request), pk, now), "now": now}
    return render(request, "notifications/inbox/why.html", context)


# Mail programs press it by themselves, without having seen the page (RFC 8058): the signed address is the proof, and
# all that it can do is to mute one thing for one person.
@csrf_exempt
@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button, or mute."""
    now = timezone.now()
    try:
        person, subject = mutes.asked(token, now)
    except Absent:
        response = render(request, "governance/buttons/ended.html", status=410)
    else:
        language = spoken(person.language)
        with translation.override(language):
            done = request.method == "POST"
            if done:
                mutes.mute(by=person, subject=subject, now=now)
            context = {"reference": subject.reference, "done": done, "organisation": Organisation.objects.first()}
            response = render(request, "notifications/mute.html", context)
            response["Content-Language"] = language
    # As with buttons: the address is the key, and must not travel on.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
