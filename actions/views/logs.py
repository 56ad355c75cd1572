"""Pages of old action logs: paste one, say who is meant, take it over, read the first report of the truth."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.forms import logs as forms
from actions.queries import logs as queries
from actions.queries import sheets
from actions.services import logs as services
from councils.access import PREPARE
from councils.models import Council
from councils.queries import councils as council_queries
from governance import access, pages
from governance.errors import Conflict, Invalid, Refused
from governance.models import Person
from governance.views import asker
from governance.views.taking_away import taken_away

SHOWN = 80
"""Lines that a preview lists; all are counted."""


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """The logs that were taken over."""
    now, viewer = timezone.now(), asker(request)
    page = pages.paged(request, queries.listed(viewer, now))
    context = {"page": page, "may_paste": queries.preparable(viewer, now).exists()}
    return render(request, "actions/logs/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(sheets.of_logs(queries.listed(viewer, now), viewer), form)


@login_required
def paste(request: HttpRequest) -> HttpResponse:
    """Paste a log; then look at what was understood, change it, and take it over. Nothing is kept in between."""
    now, viewer = timezone.now(), asker(request)
    if not queries.preparable(viewer, now).exists():
        raise Refused(_("A council's chair, its secretary and the CX lead bring old logs. Send them yours."))
    posted = request.POST if request.method == "POST" else None
    named = {"council": request.GET["council"]} if request.GET.get("council") else {}
    form = forms.PasteForm(posted, viewer=viewer, now=now, initial=named)
    if posted is None or "again" in posted:
        return render(request, "actions/logs/form.html", {"form": form if posted is None else _unbound(form, posted)})
    if not form.is_valid():
        return render(request, "actions/logs/form.html", {"form": form}, status=422)
    return _planned(request, form, form.cleaned_data["text"], form.cleaned_data["council"], viewer, now)


def _unbound(form: forms.PasteForm, posted: Any) -> forms.PasteForm:
    """The first form again, as it was filled in, without complaints."""
    form.is_bound = False
    form.initial = {"council": posted.get("council", ""), "text": posted.get("text", "")}
    return form


def _planned(
    request: HttpRequest, form: forms.PasteForm, text: str, council: Council, viewer: Person, now: Any
) -> HttpResponse:
    choices = forms.choices_in(request.POST)
    try:
        plan = queries.plan(text, council, viewer, now, choices)
    except (Invalid, Conflict) as error:
        pages.put(form, error)
        return render(request, "actions/logs/form.html", {"form": form}, status=error.status)
    context: dict[str, Any] = {"status": 200}
    seal = forms.seal(plan)
    if "take" in request.POST:
        if request.POST.get("seal") != seal:
            context |= {"is_changed": True, "status": 422}
        else:
            try:
                log = services.take_over(text=text, council=council, by=viewer, now=now, choices=choices)
                return redirect("actions:log-detail", log.pk)
            except (Invalid, Conflict) as error:
                context |= {"refusal": str(error), "status": error.status}
    context |= {
        "council": council,
        "text": text,
        "plan": plan,
        "form": forms.PlanForm(plan=plan, options=queries.all_options(viewer, now), choices=choices),
        "seal": seal,
        "lines": plan.lines[:SHOWN],
        "more": max(0, len(plan.lines) - SHOWN),
    }
    return render(request, "actions/logs/plan.html", context, status=context["status"])


@login_required
def detail(request: HttpRequest, key: int) -> HttpResponse:
    """What the log truly held: each number opens its lines."""
    now, viewer = timezone.now(), asker(request)
    log = queries.get(key, viewer, now)
    today = council_queries.today_of(log.council, now)
    shown = request.GET.get("show", "")
    shown = shown if shown in queries.SHOWN else ""
    report = queries.report(log, today)
    page = pages.paged(request, queries.lines_of(log, shown, today))
    context = {
        "log": log,
        "report": report,
        "figures": [
            {
                "value": report[name],
                "label": queries.SHOWN[name],
                "url": f"?show={name}#lines",
                "of": _("of %(total)d actions") % {"total": report[queries.ACTIONS]},
            }
            for name in (queries.NO_OWNER, queries.NO_DATE, queries.NO_MONEY, queries.OVERDUE)
        ],
        "views": [
            {"url": "?#lines", "label": _("All lines"), "current": not shown},
            *(
                {"url": f"?show={name}#lines", "label": f"{label} {report[name]}", "current": shown == name}
                for name, label in queries.SHOWN.items()
            ),
        ],
        "page": page,
        "seen": access.visible_ids(viewer, [line.action_id for line in page if line.action_id], now),
        "may_withdraw": council_queries.rights(viewer, log.council, now) & {PREPARE},
        "stays": queries.why_it_stays(log),
    }
    return render(request, "actions/logs/detail.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    services.withdraw(log=queries.get(key, viewer, now), by=viewer, now=now)
    messages.success(request, _("The log is withdrawn. Whoever was asked is told that it is off."))
    return redirect("actions:log-detail", key)
