"""What a page answers when there is nothing, or nothing that may be seen."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation


@cache
def _page(language: str) -> str:
    with translation.override(language):
        return render_to_string("404.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One static answer in the reader's language, the same for what is hidden and for what does not exist."""
    return HttpResponse(_page(translation.get_language() or "en"), status=404)
