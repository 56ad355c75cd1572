"""What a page answers when there is nothing, or nothing that may be seen."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from governance.errors import Refused


@cache
def _page(language: str) -> str:
    with translation.override(language):
        return render_to_string("404.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One static answer in the reader's language, the same for what is hidden and for what does not exist."""
    return HttpResponse(_page(translation.get_language() or "en"), status=404)


def not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or from one that was open for too long. Says what helps."""
    error = Refused(
        _("The form was not accepted: it was open for too long, or cookies are off. Load the page again and send it.")
    )
    return render(request, "409.html", {"error": error, "back_url": request.path}, status=403)
