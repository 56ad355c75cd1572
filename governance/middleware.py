"""In which language pages speak, and errors of the domain as answers on pages; the API has its own handler."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from governance.busy import as_busy
from governance.errors import Absent, DomainError
from governance.languages import spoken
from governance.views.errors import not_found, typed


class Language(LocaleMiddleware):
    """Pages speak the language of whoever is signed in; the door, and the API, the one that the request asks for."""

    def process_request(self, request: HttpRequest) -> None:
        """A language of which there is no catalogue is English, for every reader."""
        request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)  # of a form that is no more: nobody could be rid of it
        language = translation.get_language_from_request(request)
        if not request.path_info.startswith("/api/") and request.user.is_authenticated:
            language = request.user.language
        translation.activate(spoken(language))
        request.LANGUAGE_CODE = translation.get_language()


class Access:
    """A hidden thing answers like an absent one: one static page, whoever asks, and nothing of the request in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages tell times where their reader is; the API tells them in UTC. No address of ours holds a NUL."""
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return not_found(request)
        if request.path_info.startswith("/api/") or not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(ZoneInfo(request.user.zone)):
            response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in ("GET", "HEAD"):
            return redirect(_page_above(request.path_info))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Absent | Http404):
            return not_found(request)
        exception = as_busy(exception) or exception
        if not isinstance(exception, DomainError):
            return None
        # A page has no If-Match to fail: what is stale there is a conflict of two people.
        status = 409 if exception.status == 412 else exception.status
        template = {403: "403.html", 409: "409.html", 503: "503.html"}.get(status, "422.html")
        context = {"error": exception, "typed": typed(request), "back_url": _origin(request)}
        return render(request, template, context, status=status)


def _page_above(path: str) -> str:
    """The page that a deed belongs to: whoever reloads a deed's address, or signs in on the way to it, lands there."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            break
    return path


def _origin(request: HttpRequest) -> str:
    """The page of ours that the request came from: its path, or nothing."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    found = urlsplit(came_from)
    return f"{found.path}?{found.query}" if found.query else found.path
