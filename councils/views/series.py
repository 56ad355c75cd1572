"""Pages of when councils meet: series begun, changed and ended; one meeting moved, called now, answered."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils import access as council_access
from councils import foreign
from councils.forms.series import (
    BringForm,
    ComingForm,
    EndForm,
    MoveForm,
    SeriesChangeForm,
    SeriesForm,
    initial_of,
    move_initial,
)
from councils.models import Council, MeetingSeries
from councils.queries import councils as council_queries
from councils.queries import meetings as meeting_queries
from councils.queries import series as queries
from councils.services import bringing, moving
from councils.services import coming as coming_services
from councils.services import series as services
from councils.views import meetings
from governance import access, pages, panels
from governance.errors import Invalid
from governance.keys import whole
from governance.queries.calendars import calendar_of_department
from governance.views import asker

PREVIEW = "preview"
"""The button that shows the dates before anything is kept."""


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One series: its rule in words, what is to come of it, and what was moved or called off, with the reason."""
    now, viewer = timezone.now(), asker(request)
    series = queries.get(reference, viewer, now)
    to_come, past = queries.occurrences(series, now)
    panels.prefetch(request, "series.page", [series.pk], now)
    context = {
        "series": series,
        "council": series.council,
        "to_come": to_come,
        "page": pages.paged(request, past),
        "zone": series.zone,
        "may_prepare": access.may(viewer, council_access.PREPARE, series.council, now) and series.ended_at is None,
    }
    return render(request, "councils/series/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a council meet again and again."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, council, now)
    calendar = calendar_of_department(council.department)
    form = SeriesForm(
        request.POST or None, zone=calendar.zone, now=now,
        initial={"starts_on": council_queries.today_of(council, now).isoformat(), "at": "10:00"},
    )  # fmt: skip
    return _form(
        request, council, None, form, lambda _given: services.begin(council=council, **form.given(), by=viewer, now=now)
    )


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Another rule from a day on."""
    now, viewer = timezone.now(), asker(request)
    series = queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, series.council, now)
    zone = calendar_of_department(series.council.department).zone
    form = SeriesChangeForm(
        request.POST or None, zone=zone, now=now,
        initial=initial_of(series, council_queries.today_of(series.council, now)),
    )  # fmt: skip

    def stands() -> pages.Standing:
        fresh = queries.get(reference, viewer, now)
        return pages.Standing(fresh.version, initial_of(fresh, council_queries.today_of(fresh.council, now)))

    return _form(
        request,
        series.council,
        series,
        form,
        lambda given: services.change(series=series, **form.given(), version=given["version"], by=viewer, now=now),
        stands,
    )


def _form(
    request: HttpRequest, council: Council, series: MeetingSeries | None, form: SeriesForm, act: Any, stands: Any = None
) -> HttpResponse:
    """Draw the form; with its preview, the dates that follow from it. Kept by the other button alone."""
    status, dates = 200, None
    if request.method == "POST" and PREVIEW in request.POST:
        dates, status = pages.attempt(form, lambda _given: form.dates())
    elif request.method == "POST":
        made, status = pages.attempt(form, act, stands=stands)
        if made is not None:
            messages.success(request, _("%(series)s: the next meetings are called.") % {"series": made.sentence})
            return redirect("councils:series-detail", made.reference)
    context = {
        "council": council, "series": series, "form": form, "dates": dates, "zone": form.zone.key,
        "said": form.cleaned_data["rule"].sentence(form.cleaned_data["at"]) if dates else "",
    }  # fmt: skip
    return render(request, "councils/series/form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """End a series, with a reason."""
    now, viewer = timezone.now(), asker(request)
    series = queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, series.council, now)
    form = EndForm(request.POST or None, initial={"version": series.version})
    status = 200
    if request.method == "POST":
        done, status = pages.attempt(
            form,
            lambda given: services.end(series=series, **given, by=viewer, now=now),
            stands=lambda: pages.Standing(queries.get(reference, viewer, now).version),
        )
        if done is not None:
            messages.success(request, _("The series has ended. What was planned of it is called off."))
            return redirect("councils:series-detail", reference)
    context = {"series": series, "council": series.council, "form": form}
    return render(request, "councils/series/end.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, reference: str) -> HttpResponse:
    """Put one meeting at another time or place."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, meeting.council, now)
    zone = calendar_of_department(meeting.council.department).zone
    form = MoveForm(request.POST or None, zone=zone, now=now, initial=move_initial(meeting, zone))
    status = 200
    if request.method == "POST":

        def moved(given: dict[str, Any]) -> Any:
            asked = {name: given[name] for name in ("starts_at", "lasts", "place", "reason", "version")}
            return moving.move(meeting=meeting, **asked, by=viewer, now=now)

        def stands() -> pages.Standing:
            fresh = meeting_queries.get(reference, viewer, now)
            return pages.Standing(fresh.version, move_initial(fresh, zone))

        done, status = pages.attempt(form, moved, stands=stands)
        if done is not None:
            messages.success(request, _("The meeting is moved. Whoever is called to it is told, and asked again."))
            return redirect("councils:meeting-detail", reference)
    return render(request, "councils/meetings/move.html", {"meeting": meeting, "form": form}, status=status)


@login_required
@require_POST
def call_now(request: HttpRequest, reference: str) -> HttpResponse:
    """Call a meeting that begins at once."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    meeting = moving.call_now(council=council, by=viewer, now=now)
    messages.success(request, _("The meeting is open. Mark who is here."))
    return redirect("councils:meeting-detail", meeting.reference)


@login_required
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Say whether a seat comes to a meeting."""
    now, viewer = timezone.now(), asker(request)
    meeting = meeting_queries.get(reference, viewer, now)
    form = ComingForm(request.POST)

    def said(given: dict[str, Any]) -> Any:
        rows = council_queries.sitting_of(meeting.council, now)
        sitting = next((row for row in rows if row.seat.reference == given["seat"]), None)
        if sitting is None:
            raise Invalid(_("This seat does not sit in this council."), field="seat")
        return coming_services.say(
            meeting=meeting, membership=sitting.membership, coming=given["coming"], by=viewer, now=now
        )

    done, status = pages.attempt(form, said)
    if done is None:
        return meetings.show(request, meeting, viewer, now, status=status, refused=form)
    messages.success(request, _("Thank you: it is noted."))
    return redirect("councils:meeting-detail", reference)


@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, reference: str) -> HttpResponse:
    """Bring a calendar along: what is taken of it and what is refused, and why, before anything is kept."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, council, now)
    zone = calendar_of_department(council.department).zone
    form = BringForm(request.POST or None, request.FILES or None)
    found: list[foreign.Found] | None = None
    status, words = 200, ""
    if request.method == "POST":

        def looked(given: dict[str, Any]) -> list[foreign.Found]:
            nonlocal words
            words = form.words()
            return foreign.read(words.encode(), now=now, floating=zone if given["on_our_clock"] else "")

        found, status = pages.attempt(form, looked)
        if found is not None and "keep" in request.POST:
            chosen = {place for one in request.POST.getlist("chosen") if (place := whole(one)) is not None}
            taken = [one.taken for place, one in foreign.accepted(found) if place in chosen and one.taken is not None]
            made, status = pages.attempt(
                form, lambda _given: bringing.take_in(council=council, taken=taken, by=viewer, now=now)
            )
            if made is not None:
                messages.success(request, _("Brought along: %(n)d. Whoever sits here is invited.") % {"n": len(made)})
                return redirect("councils:council-detail", council.reference)
    context = {
        "council": council, "form": form, "words": words, "zone": zone, "found": found,
        "accepted": foreign.accepted(found or []), "refused": [one for one in found or [] if one.taken is None],
    }  # fmt: skip
    return render(request, "councils/series/bring.html", context, status=status)
