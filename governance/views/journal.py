"""The journal's page."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from governance import access
from governance.events import EVENTS
from governance.models import Subject
from governance.pages import chips, paged
from governance.queries import journal as queries
from governance.views import asker


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """What happened to things that the viewer may see now, newest first."""
    now, viewer = timezone.now(), asker(request)
    reference = request.GET.get("subject", "").strip().upper()
    subject = Subject.objects.filter(reference=reference).first() if reference else None
    if subject is not None and not access.may_see(viewer, subject.pk, now):
        subject = None
    events = [one for one in request.GET.get("event", "").split(",") if one in EVENTS]
    since = queries.moment_of(request.GET.get("since", ""))
    entries = queries.entries(viewer, now, subject=subject)
    if events:
        entries = entries.filter(event__in=events)
    if since is not None:
        entries = entries.filter(at__gt=since)
    if reference and subject is None:
        entries = entries.none()
    page = paged(request, entries)
    told = queries.sentences(page, viewer, now)
    context = {
        "page": page,
        "days": queries.timeline(told, ZoneInfo(viewer.zone)),
        "subject": subject,
        "reference": reference,
        "is_narrowed": bool(reference or events or since),
        "chips": chips(
            request,
            [
                ("subject", _("About"), str(subject) if subject else reference),
                ("event", _("What happened"), "; ".join(map(queries.in_general, events))),
                (
                    "since",
                    _("Since"),
                    localtime(since, ZoneInfo(viewer.zone)).strftime("%Y-%m-%d %H:%M") if since else "",
                ),
            ],
        ),
    }
    return render(request, "governance/journal/list.html", context)
