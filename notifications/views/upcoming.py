"""What happens next: each rung that will fall if nothing is done."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notifications.forms import AHEAD
from notifications.queries.outbox import may_look
from notifications.queries.upcoming import narrowing, what_happens_next
from notifications.views.people import viewer_of

PAGE = 50


@login_required
def upcoming(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    viewer = viewer_of(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, AHEAD) else 14
    only_help = request.GET.get("who") == "help"
    named = {name: request.GET.get(name, "") for name in ("about", "council", "person")}
    only = narrowing(viewer, now, **named)
    outlook = what_happens_next(viewer, now, days=days, only=only)
    rungs = [rung for rung in outlook.rungs if not (only_help and rung.is_for_owner)]
    context = {
        "outlook": outlook,
        "page": Paginator(rungs, PAGE).get_page(request.GET.get("page")),
        "days": days,
        "choices": AHEAD,
        "only_help": only_help,
        "only": only,
        "today": now.date(),
        "may_rehearse": may_look(viewer, now),
        "at": outlook.until,
    }
    return render(request, "notifications/upcoming/list.html", context)
