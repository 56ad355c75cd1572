"""What a page answers when there is nothing, or nothing that may be seen."""

from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from governance.errors import Refused
from governance.sight import PUBLIC_ROUTES


@cache
def _page(language: str) -> str:
    with translation.override(language):
        return render_to_string("404.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One static answer in the reader's language, the same for what is hidden and for what does not exist."""
    return HttpResponse(_page(translation.get_language() or "en"), status=404)


def not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or from one that was open for too long. Says what helps.

    Gives back what was typed; whoever is signed in no more is led to sign in, and from there to the same page.
    """
    error = Refused(
        _("The form was not accepted: it was open for too long, or cookies are off. Load the page again and send it.")
    )
    sign_in_url = ""
    is_public = request.resolver_match is not None and request.resolver_match.view_name in PUBLIC_ROUTES
    if not request.user.is_authenticated and not is_public:
        error = Refused(
            _("The form was not accepted: you are signed in no more, or cookies are off. Sign in and send it again.")
        )
        sign_in_url = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
    context = {"error": error, "typed": typed(request), "back_url": request.path, "sign_in_url": sign_in_url}
    return render(request, "409.html", context, status=403)


def typed(request: HttpRequest) -> list[str]:
    """The sentences that were sent, so that somebody who is refused need not write them again."""
    sent = [value for name in request.POST for value in request.POST.getlist(name) if "password" not in name]
    return [value for value in sent if len(value.split()) > 1]
