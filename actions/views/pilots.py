"""Pages of pilots: the board of where they travelled, the places behind each count, and the story of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from actions.forms import pilots as forms
from actions.forms.kept import PILOT_STATES as STATES
from actions.lifecycle import Verb as ActionVerb
from actions.models import ActionItem, Pilot, PilotState
from actions.piloting import Verb
from actions.queries import items, piloting, roles, sheets
from actions.queries import pilots as queries
from actions.queries.pilots import LABELS, Group, PilotLine
from actions.queries.review import moment
from actions.queries.stories import TOLD
from actions.services import pilots as services
from governance import pages
from governance.errors import Absent, Refused
from governance.models import Person
from governance.pages import Standing, attempt
from governance.queries import helping, journal
from governance.queries.duties import all_moves
from governance.views import asker, moves
from governance.views.taking_away import taken_away

# --- the board -----------------------------------------------------------------------------------------------------


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Where it travelled: a strip for each pilot, the last one first in which something happened."""
    now, viewer = timezone.now(), asker(request)
    state = request.GET.get("state", "")
    if state not in dict(STATES):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    at = moment(now)
    page = pages.paged(request, queries.listed(viewer, now, state))
    context = {
        "page": page,
        "strips": [_strip(line) for line in queries.lines(page.object_list, viewer, now, at)],
        "sums": queries.sums(viewer, now),
        "figures": _figures(queries.tally(queries.places(viewer, now, at=at))),
        "views": [
            {"url": f"?state={key}" if key else "?", "label": label, "current": key == state} for key, label in STATES
        ],
        "state": state,
        "today": at.days[0].day,
    }
    return render(request, "actions/pilots/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The board as a file, a row for each pilot, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    state = request.GET.get("state", "")
    if state not in dict(STATES):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return taken_away(sheets.of_pilots(queries.listed(viewer, now, state), viewer, now), form)


def _figures(counted: dict[str, int]) -> list[dict[str, Any]]:
    """What stands how, of all places, each opening its list."""
    if not counted["all"]:
        return []
    of = _("of %(n)d places") % {"n": counted["all"]}
    return [
        {
            "value": counted[group],
            "label": str(LABELS[group]).capitalize(),
            "of": of,
            "url": f"{reverse('actions:pilot-places')}?{urlencode({'group': str(group)})}",
            "tone": "bad" if group == Group.LATE and counted[group] else "",
        }
        for group in Group
        if counted[group]
    ]


def _strip(line: PilotLine) -> dict[str, Any]:
    """One pilot with its counts, each opening the list of those places."""
    path = reverse("actions:pilot-places")
    counts = [
        {
            "label": _("%(n)d %(standing)s") % {"n": n, "standing": label},
            "url": f"{path}?{urlencode({'pilot': line.pilot.reference, 'group': str(group)})}",
            "tone": {Group.LATE: "bad", Group.VERIFIED: "good"}.get(group, ""),
        }
        for group, label, n in line.counts
    ]
    return {"line": line, "counts": counts}


@login_required
@require_safe
def of_places(request: HttpRequest) -> HttpResponse:
    """The places that a count stands for."""
    now, viewer = timezone.now(), asker(request)
    pilot, group = _places_asked(request, viewer, now)
    at = moment(now)
    page = pages.paged(request, queries.places(viewer, now, pilot, group, at))
    rows = queries.place_lines(page.object_list, viewer, now, at)
    context = {
        "page": page,
        "rows": rows,
        "chips": pages.chips(
            request,
            [
                ("pilot", _("Pilot"), pilot.title if pilot is not None else ""),
                ("group", _("Stands"), LABELS[Group(group)] if group else ""),
            ],
        ),
        "today": at.days[0].day,
    }
    return render(request, "actions/pilots/places.html", context)


def _places_asked(request: HttpRequest, viewer: Person, now: datetime) -> tuple[Pilot | None, str]:
    """What the list of places is narrowed to."""
    named, group = request.GET.get("pilot", ""), request.GET.get("group", "")
    if group and group not in list(Group):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return queries.get(named, viewer, now) if named else None, group


@login_required
@require_safe
def places_sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The places as a file, narrowed as their list is."""
    now, viewer = timezone.now(), asker(request)
    pilot, group = _places_asked(request, viewer, now)
    return taken_away(sheets.of_places(queries.places(viewer, now, pilot, group), viewer, now), form)


# --- declaring -----------------------------------------------------------------------------------------------------


@login_required
def declare(request: HttpRequest) -> HttpResponse:
    """Declare an action (``?action=``) a pilot."""
    now, viewer = timezone.now(), asker(request)
    named = request.POST.get("action") or request.GET.get("action")
    if not named:
        raise Refused(_("An action is declared a pilot from its own page. Open it first."))
    action = items.get(named, viewer, now)
    if ActionVerb.PILOT not in roles.may_say(action, viewer, now):
        raise Refused(
            _("Its owner, the head of its department or its council declares it a pilot, before it is done. Ask them.")
        )
    form = forms.PlanForm(request.POST or None, action=action, viewer=viewer, now=now)
    status = 200
    if request.method == "POST":
        made, status = attempt(
            form,
            lambda said: services.declare(
                action=action, plan=form.plan(), by=viewer, now=now, version=said.get("version")
            ),
            stands=lambda: Standing(items.get(action.reference, viewer, now).version),
        )
        if made is not None:
            messages.success(
                request,
                _("%(pilot)s is tried in %(place)s, and checked on %(day)s.")
                % {"pilot": made.reference, "place": made.place, "day": date_format(made.check_on, "j M Y")},
            )
            return redirect("actions:pilot-detail", made.reference)
    context = {"form": form, "action": action, "today": moment(now).days[0].day}
    return render(request, "actions/pilots/form.html", context, status=status)


@login_required
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Change how it is tried."""
    now, viewer = timezone.now(), asker(request)
    pilot = queries.get(reference, viewer, now)
    if Verb.CHANGE not in piloting.says(pilot, viewer, now):
        raise Refused(
            _("Who plans the action changes this until its check begins; then its council, with a reason. Ask them.")
        )
    holds = services.criteria(pilot)
    form = forms.PlanForm(request.POST or None, action=pilot.action, viewer=viewer, now=now, pilot=pilot, holds=holds)
    status = 200
    if request.method == "POST":
        made, status = attempt(
            form,
            lambda said: services.change(
                pilot=pilot, plan=form.plan(), reason=said.get("reason", ""), by=viewer, now=now,
                version=said.get("version"),
            ),
            stands=lambda: _stands(reference, viewer, now),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Changed. What was written before stays on record."))
            return redirect("actions:pilot-detail", reference)
    context = {"form": form, "pilot": pilot, "action": pilot.action, "today": moment(now).days[0].day}
    return render(request, "actions/pilots/form.html", context, status=status)


# --- one pilot -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do on a pilot's page: its form, the service that does it, and what is said then."""

    verb: Verb
    form: type[forms.DeedForm]
    act: Callable[..., Any]
    says: Any
    label: Any
    button: Any


DEEDS: dict[str, Deed] = {
    "check": Deed(
        Verb.CHECK,
        forms.CheckForm,
        services.check,
        gettext_lazy("Your check stands on record."),
        gettext_lazy("Check it"),
        gettext_lazy("Record the check"),
    ),
    "propose": Deed(
        Verb.PROPOSE,
        forms.ProposeForm,
        services.propose,
        gettext_lazy("It stands on the council’s agenda."),
        gettext_lazy("Ask the council to repeat it"),
        gettext_lazy("Ask the council"),
    ),
    "stop": Deed(
        Verb.STOP,
        forms.StopForm,
        services.stop,
        gettext_lazy("Stopped. What was learnt stays on the board."),
        gettext_lazy("Stop it before its check, with a reason"),
        gettext_lazy("Stop it"),
    ),
}


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole story of a pilot."""
    now, viewer = timezone.now(), asker(request)
    return _page(request, queries.get(reference, viewer, now), viewer, now)


@require_POST
@login_required
def act(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Do one thing; what is refused comes back with the page, the input kept."""
    now, viewer = timezone.now(), asker(request)
    pilot, deed = queries.get(reference, viewer, now), DEEDS[name]
    form = deed.form(request.POST, pilot=pilot, holds=services.criteria(pilot), verb=name)
    done, status = attempt(
        form,
        lambda _said: deed.act(pilot=pilot, **form.said(), by=viewer, now=now),
        stands=lambda: _stands(reference, viewer, now),
    )
    if done is None:
        return _page(request, queries.get(reference, viewer, now), viewer, now, refused=(name, form), status=status)
    messages.success(request, str(deed.says))
    return redirect("actions:pilot-detail", reference)


def _stands(reference: str, viewer: Person, now: datetime) -> Standing:
    pilot = queries.get(reference, viewer, now)
    return Standing(
        pilot.version,
        {},
        [
            (_("State"), "", str(PilotState(pilot.state).label)),
            (_("Checked on"), "", date_format(pilot.check_on, "j M Y")),
        ],
    )


def _page(
    request: HttpRequest,
    pilot: Pilot,
    viewer: Person,
    now: datetime,
    *,
    refused: tuple[str, forms.DeedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = moment(now)
    line = queries.lines([pilot], viewer, now, at)[0]
    may, holds = piloting.says(pilot, viewer, now), queries.history_of(pilot)
    is_due = piloting.today_of(pilot, now) >= pilot.check_on
    deeds = {name: deed for name, deed in DEEDS.items() if deed.verb in may and (name != "check" or is_due)}
    offered = [_offer(name, deed, pilot, holds[0], refused) for name, deed in deeds.items()]
    told = [
        replace(one, text=one.text.replace(f"“{pilot.title}”", pilot.reference))
        for one in journal.sentences(journal.entries(viewer, now, subject=pilot.subject)[:TOLD], viewer, now)
    ]
    is_asked = bool(offered) and offered[0]["name"] == "check"
    context = {
        "pilot": pilot,
        "line": line,
        "strip": _strip(line),
        "today": at.days[0].day,
        "finding": finding(line),
        "moves": moves.lines(all_moves(pilot.pk, now), viewer, "#do" if is_asked else ""),
        "is_running": pilot.state == PilotState.RUNNING,
        "criteria": holds[0],
        "earlier": holds[1],
        "checks": queries.checks_of([pilot])[pilot.pk],
        "before": queries.copies_before(pilot, viewer, now),
        "first": offered[0] if is_asked else None,
        "others": offered[1:] if is_asked else offered,
        "may_change": Verb.CHANGE in may,
        "said_no": refused[1] if refused and refused[0] not in deeds else None,
        "helping": helping.about(pilot.subject, viewer, now),
        "days": journal.timeline(told, ZoneInfo(viewer.zone)),
    }
    return render(request, "actions/pilots/detail.html", context, status=status)


def _offer(
    name: str, deed: Deed, pilot: Pilot, holds: Any, refused: tuple[str, forms.DeedForm] | None
) -> dict[str, Any]:
    is_refused = refused is not None and refused[0] == name
    return {
        "name": name,
        "url": reverse(f"actions:pilot-{name}", args=[pilot.reference]),
        "label": deed.label,
        "button": deed.button,
        "form": refused[1] if refused is not None and is_refused else deed.form(pilot=pilot, holds=holds, verb=name),
        "is_open": is_refused,
        "is_grave": deed.verb == Verb.STOP,
    }


def finding(line: PilotLine) -> str:
    """How it stands, in one sentence."""
    pilot, place = line.pilot, line.pilot.place
    if pilot.state == PilotState.RUNNING:
        who = line.move.who if line.move is not None else line.checker.text
        said = {"place": place, "who": who, "day": date_format(pilot.check_on, "j M Y")}
        if line.move is not None and line.move.is_late:
            return _("Tried in %(place)s. Its check is late: %(who)s owed it on %(day)s.") % said
        return _("Tried in %(place)s; checked by %(who)s on %(day)s.") % said
    if pilot.state == PilotState.STOPPED:
        return _("Tried in %(place)s, and stopped before it passed.") % {"place": place}
    by = line.check.by.name if line.check is not None else ""
    day = date_format(line.check.at, "j M Y") if line.check is not None else ""
    said = {"place": place, "who": by, "day": day, "finding": line.finding}
    if pilot.state == PilotState.PASSED:
        return _("Tried in %(place)s; %(who)s found on %(day)s that it passed: %(finding)s.") % said
    return _("Tried in %(place)s; %(who)s found on %(day)s that it did not pass: %(finding)s.") % said


def declare_url(action: ActionItem) -> str:
    """Where an action is declared a pilot."""
    return f"{reverse('actions:pilot-declare')}?{urlencode({'action': action.reference})}"
