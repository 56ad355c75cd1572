"""The outbox, for whoever runs the program: numbers and faults, never what was said to whom."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.errors import Refused
from governance.services import addresses
from notifications.queries.outbox import may_look, outbox_state
from notifications.services import capping, holding
from notifications.services import outbox as service
from notifications.views.people import viewer_of


@login_required
def outbox(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if not may_look(viewer_of(request), now):
        raise Refused(_("The outbox is for administrators and the CX lead."))
    return render(request, "notifications/outbox/page.html", {"state": outbox_state(now), "now": now})


@require_POST
@login_required
def retry(request: HttpRequest) -> HttpResponse:
    """Give what failed another eight attempts: all, or one kind."""
    number = service.retry(by=viewer_of(request), now=timezone.now(), kind=request.POST.get("kind", ""))
    messages.success(
        request,
        ngettext("%(n)d message will be tried again.", "%(n)d messages will be tried again.", number) % {"n": number},
    )
    return redirect("notifications:outbox")


@require_POST
@login_required
def hold(request: HttpRequest) -> HttpResponse:
    """Hand nothing over until somebody says what becomes of it."""
    holding.hold(reason=request.POST.get("reason", ""), by=viewer_of(request), now=timezone.now())
    messages.success(request, _("All mail is held. Nothing is lost: it waits here."))
    return redirect("notifications:outbox")


@require_POST
@login_required
def open_addresses(request: HttpRequest) -> HttpResponse:
    """Try every closed address again."""
    number = addresses.open_all(by=viewer_of(request), now=timezone.now())
    messages.success(
        request, ngettext("%(n)d address is tried again.", "%(n)d addresses are tried again.", number) % {"n": number}
    )
    return redirect("notifications:outbox")


@require_POST
@login_required
def resend(request: HttpRequest) -> HttpResponse:
    """Let the held mail go out."""
    number = holding.resend(by=viewer_of(request), now=timezone.now())
    messages.success(
        request,
        ngettext(
            "Mail goes on: %(n)d message that waits goes out within its reader's hours.",
            "Mail goes on: %(n)d messages that wait go out within their readers' hours.",
            number,
        )
        % {"n": number},
    )
    return redirect("notifications:outbox")


@require_POST
@login_required
def skip(request: HttpRequest) -> HttpResponse:
    """Put what was held into the inboxes, and mail none of it."""
    number = holding.skip(by=viewer_of(request), now=timezone.now())
    messages.success(
        request,
        ngettext(
            "%(n)d message went into an inbox and was not mailed.",
            "%(n)d messages went into the inboxes and were not mailed.",
            number,
        )
        % {"n": number},
    )
    return redirect("notifications:outbox")


@require_POST
@login_required
def release(request: HttpRequest) -> HttpResponse:
    """Let go what the cap holds back."""
    number = capping.release(by=viewer_of(request), now=timezone.now())
    messages.success(
        request, ngettext("%(n)d message goes out now.", "%(n)d messages go out now.", number) % {"n": number}
    )
    return redirect("notifications:outbox")


@require_POST
@login_required
def drop(request: HttpRequest) -> HttpResponse:
    """Say none of what the cap holds back."""
    number = capping.drop(by=viewer_of(request), now=timezone.now())
    messages.success(request, ngettext("%(n)d message dropped.", "%(n)d messages dropped.", number) % {"n": number})
    return redirect("notifications:outbox")
