"""The inbox: what was said to me."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.errors import Absent, Invalid
from notifications.forms import SnoozeForm
from notifications.queries.inbox import delivered, notes, sections, with_matter
from notifications.services import inbox as service
from notifications.views.people import viewer_of

PAGE = 25


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, refused: SnoozeForm | None = None, key: int = 0) -> HttpResponse:
    """The page; with ``refused`` the form of one line says what is wrong with it."""
    now = timezone.now()
    viewer = viewer_of(request)
    show = request.GET.get("show", "")
    only_unread, snoozed = show not in ("all", "snoozed"), show == "snoozed"
    found = with_matter(delivered(viewer, now, unread=only_unread, snoozed=snoozed))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    listed = notes(page.object_list, viewer, now)
    forms = {note.delivery.pk: SnoozeForm(key=note.delivery.pk, zone=viewer.zone, now=now) for note in listed}
    if refused is not None:
        forms[key] = refused
    context = {
        "page": page,
        "sections": [(one, [(note, forms[note.delivery.pk]) for note in one.lines]) for one in sections(listed)],
        "only_unread": only_unread,
        "snoozed": snoozed,
        "unread": page.paginator.count if only_unread else delivered(viewer, now, unread=True).count(),
        "now": now,
    }
    return render(request, "notifications/inbox/list.html", context, status=200 if refused is None else 422)


@login_required
def count(request: HttpRequest) -> HttpResponse:
    """How much lies unread: what the rail asks for again and again. It reads, and writes nothing."""
    unread = delivered(viewer_of(request), timezone.now(), unread=True).count()
    return render(request, "notifications/inbox/_count.html", {"unread": unread})


@require_POST
@login_required
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one line off until a day and an hour."""
    now, viewer = timezone.now(), viewer_of(request)
    form = SnoozeForm(request.POST, key=pk, zone=viewer.zone, now=now)
    if not form.is_valid():
        if not delivered(viewer, now).filter(pk=pk).exists():
            raise Absent(_("There is nothing here, or nothing that you may see."))
        return _page(request, refused=form, key=pk)
    try:
        service.snooze(by=viewer, delivery=pk, until=form.until(), now=now)
    except Invalid as error:
        form.add_error("day", str(error))
        return _page(request, refused=form, key=pk)
    messages.success(request, _("Put off. It comes back by itself."))
    return redirect("notifications:inbox")


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
