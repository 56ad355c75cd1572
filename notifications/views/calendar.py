"""My calendar: the page on which its address is made and revoked, and the address itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.models import CalendarFeed
from notifications.queries import feed
from notifications.services import feeds
from notifications.views.people import viewer_of


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Whether I have an address for my calendar, and what it shows."""
    return _show(request)


@login_required
@require_POST
@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """A new address. It is shown this once, so there is nothing to go back to."""
    return _show(request, feeds.make(by=viewer_of(request), now=timezone.now()))


@login_required
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    if feeds.revoke(by=viewer_of(request)):
        messages.success(request, _("The address is revoked. Programs that read it get nothing any more."))
    return redirect("notifications:calendar")


def _show(request: HttpRequest, address: str = "") -> HttpResponse:
    known = CalendarFeed.objects.filter(person=viewer_of(request)).first()
    return render(request, "notifications/calendar/page.html", {"known": known, "address": address})


@login_not_required
@never_cache
@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar, for whoever has its address: programs that read it do not sign in. Reading writes nothing."""
    person = feed.reader_of(token)
    if person is None:
        response = HttpResponse(_("There is nothing here."), status=404, content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(feed.calendar_of(person, timezone.now()), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="keep.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
