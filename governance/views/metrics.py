"""Pages of metrics and goals."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance import panels
from governance.errors import Refused
from governance.forms.metrics import GoalForm, MetricForm, ObserveForm
from governance.models import Organisation
from governance.numbers import plain
from governance.pages import attempt, paged
from governance.queries import departments, journal, tables
from governance.queries import metrics as queries
from governance.services import metrics as services
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    context = {
        "page": paged(request, queries.listed(viewer, now)),
        "may_define": departments.led_by(viewer, now).exists(),
        "currency": Organisation.objects.get().currency,
    }
    return render(request, "governance/metrics/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(tables.of_metrics(queries.listed(viewer, now)), form)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One metric: its line, the same in a table, its goals."""
    now, viewer = timezone.now(), asker(request)
    metric = queries.one(reference, viewer, now)
    observed = list(queries.observations(metric)[: queries.SHOWN])
    goals = list(queries.goals_listed(viewer, now, metric=metric))
    today = timezone.localdate()
    panels.prefetch(request, "metric.page", [metric.pk], now)
    context = {
        "metric": metric,
        "observed": observed,
        "line": queries.line(metric, observed, goals),
        "goals": [queries.stands(goal, today) for goal in goals],
        "told": journal.sentences(journal.entries(viewer, now, subject=metric.subject)[:10], viewer, now),
        "may_keep": services.may_keep(metric, viewer, now),
        "currency": Organisation.objects.get().currency,
        "today": today,
    }
    return render(request, "governance/metrics/detail.html", context)


@login_required
def define(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    if not departments.led_by(viewer, now).exists():
        raise Refused(_("Whoever leads a department defines its metrics; the CX lead defines any. Ask them."))
    form = MetricForm(request.POST or None, viewer=viewer, now=now)
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.define(**said, by=viewer, now=now))
        if made is not None:
            messages.success(request, _("The metric is defined. Next: write down what was seen."))
            return redirect("governance:metric-detail", made.reference)
    return render(request, "governance/metrics/form.html", {"form": form}, status=status)


@login_required
def observe(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down what the metric was on a day, or correct it."""
    now, viewer = timezone.now(), asker(request)
    metric = queries.one(reference, viewer, now)
    services.require_keeping(metric, viewer, now)
    form = ObserveForm(request.POST or None, metric=metric, initial={"on": timezone.localdate()})
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.observe(metric=metric, **said, by=viewer, now=now))
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect("governance:metric-detail", reference)
    return render(request, "governance/metrics/observe.html", {"form": form, "metric": metric}, status=status)


@login_required
@require_safe
def goal_listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    page = paged(request, queries.goals_listed(viewer, now))
    today = timezone.localdate()
    context = {
        "page": page,
        "goals": [queries.stands(goal, today) for goal in page],
        "currency": Organisation.objects.get().currency,
        "today": today,
    }
    return render(request, "governance/goals/list.html", context)


@login_required
@require_safe
def goal_sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The goals as a file."""
    found = queries.goals_listed(asker(request), timezone.now())
    return taken_away(tables.of_goals(found, timezone.localdate()), form)


@login_required
@require_safe
def goal_detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    goal = queries.goal(reference, viewer, now)
    metric = queries.one(goal.metric.reference, viewer, now)
    observed = list(queries.observations(metric)[: queries.SHOWN])
    today = timezone.localdate()
    context = {
        "goal": goal,
        "standing": queries.stands(goal, today),
        "metric": metric,
        "observed": observed,
        "line": queries.line(metric, observed, [goal]),
        "told": journal.sentences(journal.entries(viewer, now, subject=goal.subject)[:10], viewer, now),
        "currency": Organisation.objects.get().currency,
        "today": today,
    }
    return render(request, "governance/goals/detail.html", context)


@login_required
def set_goal(request: HttpRequest) -> HttpResponse:
    """A goal needs its metric, baseline, target and day; the metric's last value is offered as the baseline."""
    now, viewer = timezone.now(), asker(request)
    metric = queries.listed(viewer, now).filter(subject__reference=request.GET.get("metric", "")).first()
    initial = {}
    if metric is not None:
        last = getattr(metric, "last_value", None)
        initial = {"metric": metric.pk, "baseline": plain(last, metric.scale) if last is not None else ""}
    form = GoalForm(request.POST or None, viewer=viewer, now=now, initial=initial)
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.set_goal(**said, by=viewer, now=now))
        if made is not None:
            messages.success(request, _("The goal is set."))
            return redirect("governance:goal-detail", made.reference)
    return render(request, "governance/goals/form.html", {"form": form}, status=status)
