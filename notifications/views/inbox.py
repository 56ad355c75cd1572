"""The inbox: what was said to me."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from notifications.queries.inbox import delivered, notes, with_matter
from notifications.services import inbox as service
from notifications.views.people import viewer_of

PAGE = 25


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    viewer = viewer_of(request)
    only_unread = request.GET.get("show") != "all"
    found = with_matter(delivered(viewer, now, unread=only_unread))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "notes": notes(page.object_list),
        "only_unread": only_unread,
        "unread": page.paginator.count if only_unread else delivered(viewer, now, unread=True).count(),
        "now": now,
    }
    return render(request, "notifications/inbox/list.html", context)


@require_POST
@login_required
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one line as read."""
    service.mark_read(by=viewer_of(request), now=timezone.now(), only=[pk])
    return redirect("notifications:inbox")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all lines as read."""
    number = service.mark_read(by=viewer_of(request), now=timezone.now())
    messages.success(
        request, ngettext("%(n)d line marked as read.", "%(n)d lines marked as read.", number) % {"n": number}
    )
    return redirect("notifications:inbox")
