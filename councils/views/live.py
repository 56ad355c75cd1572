"""Pages of a meeting while it is held: for whoever holds the pen, for members who follow, and for the wall."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from councils.forms.live import CaptureForm
from councils.models import Capture, CaptureKind, Meeting, MeetingState
from councils.queries import captures
from councils.queries import live as queries
from councils.queries import meetings as meeting_queries
from councils.services import captures as capture_services
from councils.services import live as services
from councils.views import meetings as meeting_pages
from councils.views.room import context_of, settling
from governance import pages
from governance.keys import whole
from governance.models import Person
from governance.views import asker


@login_required
@require_safe
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """The parts of a live page, or 204 while nothing changed since ``stamp``. Asked every few seconds; never writes."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    if request.GET.get("stamp") == queries.stamp(meeting, now):
        return HttpResponse(status=204)
    if meeting.state != MeetingState.OPEN:
        # What a page of an open meeting showed is over: let the browser fetch the page anew.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = context_of(meeting, viewer, now) | settling(request.GET.get("settling") == "1")
    return render(request, "councils/live/parts.html", context)


@login_required
@require_safe
def wall(request: HttpRequest, reference: str) -> HttpResponse:
    """One item, one clock, one motion, for everybody in the room to read."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    if request.headers.get("HX-Request") and request.GET.get("stamp") == queries.stamp(meeting, now):
        return HttpResponse(status=204)
    context = {
        "meeting": meeting,
        "council": meeting.council,
        "live": queries.live(meeting, now),
        "zone": viewer.zone,
        "now": now,
        "at": request.path,
        "adjourned_at": meeting.adjourned_at if meeting.is_adjourned(now) else None,
    }
    return render(request, "councils/live/wall.html", context)


@login_required
@require_POST
def pen(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    services.take_pen(meeting=meeting, by=viewer, now=now)
    return redirect("councils:meeting-detail", reference)


@login_required
@require_POST
def take_up(request: HttpRequest, reference: str) -> HttpResponse:
    """Turn to another item; everybody's screen follows."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    item = meeting_queries.item_of(meeting, request.POST.get("item", ""))
    services.take_up(meeting=meeting, item=item, by=viewer, now=now)
    return redirect("councils:meeting-detail", reference)


@login_required
@require_POST
def capture(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a line of the record; with htmx the parts that it changes come back, without it the page."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    form = CaptureForm(request.POST)

    def captured(given: dict[str, Any]) -> Any:
        item = meeting_queries.item_of(meeting, given["item"]) if given["item"] else None
        return capture_services.capture(
            meeting=meeting, item=item, kind=given["kind"], text=given["text"], by=viewer, now=now
        )

    line, status = pages.attempt(form, captured)
    kind = form.data.get("kind", CaptureKind.NOTE)
    if not request.headers.get("HX-Request"):
        if line is None:
            return _page(request, meeting, viewer, now, status=status, capture_form=form)
        return redirect(f"{reverse('councils:meeting-detail', args=[reference])}#line-{line.pk}")
    again = CaptureForm(initial={"kind": kind}) if line is not None else form
    meeting = meeting_queries.get(reference, viewer, now)
    context = context_of(meeting, viewer, now) | settling(True) | {"capture_form": again, "captured": True}
    return render(request, "councils/live/parts.html", context, status=status)


@login_required
@require_POST
def rewrite(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Another kind for a line, or other words."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    line = captures.get(pk, meeting)
    form = CaptureForm(request.POST)
    done, status = pages.attempt(
        form,
        lambda given: capture_services.rewrite(
            line=line, kind=given["kind"], text=given["text"], by=viewer, now=now, version=given["version"]
        ),
        stands=lambda: _as_it_stands(captures.get(pk, meeting)),
    )
    if done is None:
        return _page(request, meeting, viewer, now, status=status, edited=line.pk, line_form=form)
    return redirect(f"{reverse('councils:meeting-detail', args=[reference])}#line-{line.pk}")


@login_required
@require_POST
def undo(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    line = captures.get(pk, meeting)
    capture_services.undo(line=line, by=viewer, now=now, version=whole(request.POST.get("version", "")))
    return redirect(f"{reverse('councils:meeting-detail', args=[reference])}#line-{line.pk}")


@login_required
@require_POST
def put_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    line = captures.get(pk, meeting)
    capture_services.put_back(line=line, by=viewer, now=now)
    return redirect(f"{reverse('councils:meeting-detail', args=[reference])}#line-{line.pk}")


def _as_it_stands(line: Capture) -> pages.Standing:
    return pages.Standing(line.version, {"kind": line.kind, "text": line.text})


def _page(
    request: HttpRequest, meeting: Meeting, viewer: Person, now: datetime, status: int, **more: Any
) -> HttpResponse:
    """The meeting's page with what was refused on it."""
    return meeting_pages.show(request, meeting, viewer, now, status=status, **more)
