"""Pages of meetings: called, prepared, live with quorum and votes, closed with what was decided."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils import access as council_access
from councils import sources, standing_points
from councils.forms.closing import CloseForm
from councils.forms.live import PlanForm
from councils.forms.meetings import CallForm, CallOffForm, MarkForm
from councils.models import AgendaItem, ItemState, Meeting, MeetingState
from councils.queries import attending, delegated, pre_reads, sheets
from councils.queries import councils as council_queries
from councils.queries import meetings as queries
from councils.queries.live import Live
from councils.queries.meetings import Standing
from councils.services import agenda, leaving, planning
from councils.services import attending as attending_services
from councils.services import meetings as services
from councils.views import said
from councils.views.room import context_of, settling
from councils.views.settling import Room, room_of
from governance import access, pages, panels
from governance.clauses import Rules
from governance.errors import Invalid
from governance.keys import whole
from governance.models import Person
from governance.queries import charters as version_queries
from governance.queries.calendars import calendar_of_department
from governance.queries.duties import next_moves
from governance.views import asker
from governance.views.taking_away import taken_away

TYPED = "typed in the room"
"""Where a session keeps what was being written about an item while somebody was marked."""


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The meetings of the councils that the viewer may see."""
    now, viewer = timezone.now(), asker(request)
    state, reference = request.GET.get("state", ""), request.GET.get("council", "")
    council = council_queries.get(reference, viewer, now) if reference else None
    page = pages.paged(request, queries.listed(viewer, now, council, state))
    context = {
        "page": page,
        "today": council_queries.today_for(viewer, now),
        "moves": next_moves([meeting.pk for meeting in page], now),
        "council": council,
        "state": state,
        "states": MeetingState.choices,
        "chips": pages.chips(request, [("council", _("Council"), council.name if council else "")]),
    }
    return render(request, "councils/meetings/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    reference = request.GET.get("council", "")
    council = council_queries.get(reference, viewer, now) if reference else None
    found = queries.listed(viewer, now, council, request.GET.get("state", ""))
    return taken_away(sheets.of_meetings(found, viewer, now), form)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One meeting: to prepare it, to hold it, or to see what it decided."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    return show(request, meeting, viewer, now)


def show(
    request: HttpRequest,
    meeting: Meeting,
    viewer: Person,
    now: datetime,
    room: Room | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Draw the meeting: to prepare it or to read it; while it is held, with the room of the item that is on."""
    version = queries.version_of(meeting, now)
    panels.prefetch(request, "meeting.page", [meeting.pk], now)
    without = delegated.since_last_meeting(meeting, viewer, now)
    context = {
        "council": meeting.council,
        "today": council_queries.today_for(viewer, now),
        "moves": next_moves([meeting.pk], now),
        "rules": _rules_of(Rules.from_json(version.rules)),
        "version": version,
        "without": without,
        **context_of(meeting, viewer, now, also={one.about_id for one in without}),
        "minutes": getattr(meeting, "minutes", None),
        "adjourned_at": meeting.adjourned_at if meeting.is_adjourned(now) else None,
    }
    context["vision"] = version_queries.vision_of(version)
    page = "councils/meetings/detail.html"
    if meeting.state == MeetingState.OPEN:
        page = "councils/live/page.html"
        found: Live = context["live"]
        if room is None and context["may_write"]:
            current = _current(found, request.GET.get("item", ""))
            room = _room(request, current, viewer, now, found.standing) if current is not None else None
        context |= settling(room is not None)
    else:
        context["planned"] = said.minutes_of(context["agenda"])
        context["decided"] = meeting.decisions.filter(taken_back_at=None).count()
        context["pre_reads"] = pre_reads.of_items([item.pk for item in context["agenda"]])
        panels.prefetch(request, "meeting.head", [meeting.pk], now)
        panels.prefetch(request, "meeting.papers", [meeting.pk], now)
    return render(request, page, context | {"room": room} | more, status=status)


def _rules_of(rules: Rules) -> list[str]:
    """The sentences by which a meeting decides."""
    represented = [rules.represented.sentence()] if rules.represented.departments else []
    aside = rules.recusal.sentence()
    return [rules.quorum.sentence(), *represented, rules.voting.sentence(), aside, rules.right.sentence()]


def _room(request: HttpRequest, item: AgendaItem, viewer: Person, now: datetime, standing: Standing) -> Room:
    """The room of an item, with what was typed in it when somebody was marked meanwhile."""
    typed = request.session.pop(TYPED, None) or {}
    if typed.get("item") != item.reference:
        typed = {}
    outcome = request.GET.get("outcome") or typed.get("outcome", "")
    kept = {name: value for name, value in typed.items() if name not in ("item", "outcome", "version")}
    return room_of(item, viewer, now, outcome, standing, typed=kept)


def _current(found: Live, reference: str) -> AgendaItem | None:
    """The open item that is settled on the page: the one asked for, else the one that is on."""
    waiting = [item for item in found.agenda if item.state == ItemState.OPEN]
    asked = next((item for item in waiting if item.reference == reference), None)
    return asked or next((item for item in waiting if found.is_current(item)), None)


@login_required
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, reference: str) -> HttpResponse:
    """Call a council's next meeting."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, council, now)
    points = standing_points.of_kind(council.kind)
    form = CallForm(request.POST or None, calendar=calendar_of_department(council.department), now=now, points=points)
    status = 200
    if request.method == "POST":
        meeting, status = pages.attempt(
            form,
            lambda given: services.call(
                council=council,
                starts_at=given["starts_at"],
                lasts=given["lasts"] or 60,
                place=given["place"],
                by=viewer,
                now=now,
            ),
        )
        if meeting is not None and form.cleaned_data["points"]:
            planning.take_on_points(meeting=meeting, by=viewer, now=now)
        if meeting is not None:
            messages.success(request, _("%(meeting)s is called.") % {"meeting": meeting.title})
            return redirect("councils:meeting-detail", meeting.reference)
    context = {
        "council": council,
        "form": form,
        "waiting": queries.backlog(council, viewer, now).count(),
        "may_record": council_access.RECORD in council_queries.rights(viewer, council, now),
    }
    return render(request, "councils/meetings/form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Divide a meeting's time: the order of its agenda, minutes, who introduces, what goes by consent."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, meeting.council, now)
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        items=queries.agenda_of(meeting),
        viewer=viewer,
        now=now,
        initial={"version": meeting.version},
    )
    later, points = request.POST.get("later", ""), "points" in request.POST

    def planned(given: dict[str, Any]) -> list[str]:
        """What was typed is kept with whatever else was pressed: all of it, or nothing."""
        with transaction.atomic():
            planning.arrange(meeting=meeting, rows=form.plan(), by=viewer, now=now, version=given["version"])
            told = [_("The agenda is in order.")]
            if later:
                item = queries.item_of(meeting, later)
                told.append(said.set_back(agenda.set_back(item=item, by=viewer, now=now)))
            if points:
                told.append(said.points(len(planning.take_on_points(meeting=meeting, by=viewer, now=now))))
            return told

    status = 200
    if request.method == "POST":
        done, status = pages.attempt(
            form,
            planned,
            stands=lambda: pages.Standing(queries.get(reference, viewer, now).version),
        )
        if done is not None:
            messages.success(request, " ".join(done))
            over = said.too_long(meeting, queries.agenda_of(meeting))
            if over:
                messages.warning(request, over)
            return redirect("councils:meeting-plan" if later or points else "councils:meeting-detail", reference)
    context = {
        "meeting": meeting,
        "council": meeting.council,
        "form": form,
        "sources": sources.SOURCES.values(),
        "points": standing_points.of_kind(meeting.council.kind) if meeting.state == MeetingState.PLANNED else (),
    }
    return render(request, "councils/meetings/plan.html", context, status=status)


@login_required
@require_POST
def open_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    services.open_meeting(meeting=meeting, by=viewer, now=now, version=_version(request))
    messages.success(request, _("The meeting is open. Mark who is here."))
    return redirect("councils:meeting-detail", reference)


@login_required
@require_POST
def mark(request: HttpRequest, reference: str) -> HttpResponse:
    """Mark one seat as taken, left or absent."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    form = MarkForm(request.GET if "seat" in request.GET else request.POST)

    def marked(given: dict[str, Any]) -> Any:
        guest = attending.guest_of(meeting, now)
        if given["seat"] == guest.seat.reference:
            return attending_services.mark_sponsor(meeting=meeting, presence=given["presence"], by=viewer, now=now)
        sitting = next(
            (row for row in council_queries.sitting_of(meeting.council, now) if row.seat.reference == given["seat"]),
            None,
        )
        if sitting is None:
            raise Invalid(_("This seat does not sit in this council."), field="seat")
        person = next(
            (one for one in (sitting.holder, sitting.deputy) if one is not None and one.pk == given["person"]), None
        )
        return services.mark(
            meeting=meeting,
            membership=sitting.membership,
            presence=given["presence"],
            person=person,
            by=viewer,
            now=now,
        )

    attendance, status = pages.attempt(form, marked)
    if attendance is None:
        return show(request, meeting, viewer, now, status=status, refused=form)
    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    at = ""
    if "item" in typed:
        request.session[TYPED] = typed
        at = f"?{urlencode({'item': typed['item'], 'outcome': typed.get('outcome', '')})}"
    return redirect(f"{request.path.removesuffix('mark/')}{at}#who")


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close a meeting: at once where nothing is asked, else by the form that asks where each matter goes."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    access.require(viewer, council_access.RECORD, meeting.council, now)
    if meeting.state != MeetingState.OPEN and request.method == "GET":
        return redirect("councils:meeting-detail", reference)
    escalated = services.escalated(meeting) if meeting.state == MeetingState.OPEN else []
    is_asked = request.method == "GET" or bool(escalated) or "asked" in request.POST
    if not is_asked:
        services.close(meeting=meeting, by=viewer, now=now, version=_version(request))
        messages.success(request, _("The meeting is closed. What it did not settle goes onto the next one."))
        return redirect("councils:meeting-detail", reference)
    onto = leaving.following(meeting)
    is_sent = "asked" in request.POST or "reason" in request.POST
    form = CloseForm(
        request.POST if is_sent else None,
        escalated=escalated,
        unsettled=leaving.unsettled(meeting),
        onto=onto,
        initial={"version": meeting.version},
    )
    closed, status = None, 200 if request.method == "GET" else 409
    if is_sent:
        closed, status = pages.attempt(
            form,
            lambda given: services.close(
                meeting=meeting,
                by=viewer,
                now=now,
                version=given["version"],
                not_decided=given.get("reason"),
                left=form.left(),
            ),
        )
    if closed is None:
        context = {"meeting": meeting, "form": form, "escalated": escalated, "onto": onto}
        return render(request, "councils/meetings/close.html", context, status=status)
    messages.success(request, _("The meeting is closed, and each matter that it did not settle goes where you said."))
    return redirect("councils:meeting-detail", reference)


@login_required
@require_http_methods(["GET", "POST"])
def call_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Call a meeting off that has not begun, with a reason."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    access.require(viewer, council_access.PREPARE, meeting.council, now)
    form = CallOffForm(request.POST or None, initial={"version": meeting.version})
    status = 200
    if request.method == "POST":
        done, status = pages.attempt(
            form,
            lambda given: services.call_off(
                meeting=meeting, reason=given["reason"], by=viewer, now=now, version=given["version"]
            ),
        )
        if done is not None:
            messages.success(request, _("The meeting is called off. What stood on its agenda is back in the backlog."))
            return redirect("councils:meeting-detail", reference)
    return render(request, "councils/meetings/call_off.html", {"meeting": meeting, "form": form}, status=status)


def _version(request: HttpRequest) -> int | None:
    return whole(request.POST.get("version", ""))
