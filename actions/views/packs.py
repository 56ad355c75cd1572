"""Pages of packs: which there are, made and scheduled; one of them to read, to show on a wall, and as files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import packed
from actions.forms.packs import MakeForm, ScheduleForm
from actions.models import Pack
from actions.queries import packs as queries
from actions.queries.sheets import of_packs
from actions.services import packs as services
from councils.queries import councils as council_queries
from governance import pages
from governance.models import Person
from governance.sheets.workbooks import MEDIA_TYPE
from governance.views import asker
from governance.views.taking_away import taken_away

ON_A_WALL = 110
"""Room for rows that can be read from the back of a room; the page and the files have all."""
ROW, LINE = 4, 6
"""What a row takes of it, and each of its lines."""
QUOTES_ON_A_WALL = 3
SHORT = 12
"""Signs of a cell that is not broken into lines: references and days."""


@login_required
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The packs that one may read, a form to make one, and what is scheduled."""
    now, viewer = timezone.now(), asker(request)
    if request.method != "POST":
        chosen = {"audience": request.GET.get("for", "")}
        return _listed(request, viewer, now, make=MakeForm(initial=chosen, viewer=viewer, now=now))
    form = MakeForm(request.POST, viewer=viewer, now=now)
    made, status = pages.attempt(
        form,
        lambda given: services.make(wanted=form.wanted, by=viewer, now=now, since=given["since"], until=given["until"]),
    )
    if made is None:
        return _listed(request, viewer, now, make=form, status=status)
    messages.success(request, _("%(pack)s is made. It never changes.") % {"pack": made.reference})
    return redirect("actions:pack-detail", made.reference)


def _listed(
    request: HttpRequest,
    viewer: Person,
    now: datetime,
    *,
    make: MakeForm,
    schedule: ScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = pages.paged(request, queries.listed(viewer, now))
    may_schedule = set(queries.councils_to_make_for(viewer, now).values_list("pk", flat=True))
    context = {
        "page": page,
        "total": page.paginator.count,
        "make": make if make.offered else None,
        "schedule": (schedule or ScheduleForm(viewer=viewer, now=now)) if may_schedule else None,
        "schedules": [(one, one.council_id in may_schedule) for one in queries.schedules(viewer, now)],
        "today": council_queries.today_for(viewer, now),
    }
    return render(request, "actions/packs/list.html", context, status=status)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """Which packs there are, as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(of_packs(queries.listed(viewer, now), viewer), form)


@login_required
@require_POST
def schedule(request: HttpRequest) -> HttpResponse:
    """Have packs made for a council's meetings; ``end`` ends that."""
    now, viewer = timezone.now(), asker(request)
    is_over = "end" in request.POST
    given = {**request.POST.dict(), "days_before": "1"} if is_over else request.POST
    form = ScheduleForm(given, viewer=viewer, now=now)
    done, status = pages.attempt(
        form,
        lambda given: (
            services.schedule(
                council=given["council"], days_before=None if is_over else given["days_before"], by=viewer, now=now
            )
            or given["council"]
        ),
    )
    if done is None:
        return _listed(request, viewer, now, make=MakeForm(viewer=viewer, now=now), schedule=form, status=status)
    days = form.cleaned_data["days_before"]
    said = ngettext(
        "A pack is made %(n)d day before each of its meetings.",
        "A pack is made %(n)d days before each of its meetings.",
        days,
    ) % {"n": days}
    messages.success(request, _("No pack is made before its meetings any more.") if is_over else said)
    return redirect("actions:pack-list")


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One pack to read: the words of its PDF, each row leading to the thing or list as it is now."""
    now, viewer = timezone.now(), asker(request)
    pack = queries.get(reference, viewer, now)
    return render(request, "actions/packs/detail.html", _drawn(pack))


@login_required
@require_safe
def wall(request: HttpRequest, reference: str) -> HttpResponse:
    """The same sections a screen each, for the back of the room."""
    now, viewer = timezone.now(), asker(request)
    pack = queries.get(reference, viewer, now)
    drawn = _drawn(pack, is_wall=True)
    return render(request, "actions/packs/show.html", drawn | {"slides": [*drawn["summary"], *drawn["parts"]]})


def _drawn(pack: Pack, *, is_wall: bool = False) -> dict[str, Any]:
    def sections(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [_section(section, is_wall=is_wall) for section in of]

    return {
        "pack": pack,
        "record": pack.record,
        "summary": sections(pack.record["summary"]),
        "parts": sections(pack.record["parts"]),
        "said_once": packed.said_once(pack.record),
        "digest": queries.digest_said(pack),
        "is_whole": queries.is_whole(pack),
        "language": queries.language_of(pack),
    }


def _section(section: dict[str, Any], *, is_wall: bool) -> dict[str, Any]:
    """A section as a template draws it: cells know their column, and where they lead; ``more`` are not shown.

    On a wall a drawing has the screen for itself, and a table as many rows as fit, with those that add up the others.
    """
    numbers, paths = set(section["numbers"]), section["paths"]
    rows = [
        [
            {
                "text": cell,
                "label": section["head"][place],
                "kind": "num" if place in numbers else "nb" if len(cell) <= SHORT else "",
                "path": paths[number] if place == section["leads"] and number < len(paths) else "",
            }
            for place, cell in enumerate(row)
        ]
        for number, row in enumerate(section["rows"])
    ]
    ends = len(rows) - packed.sums_of(section) if rows else 0
    shown = ends
    said = section["quotes"]
    if is_wall:
        shown = 0 if section["svg"] else _fitting(section["rows"], ends)
        said = said[:QUOTES_ON_A_WALL]
    return {
        **section,
        "head": [{"text": name, "is_number": place in numbers} for place, name in enumerate(section["head"])],
        "rows": rows[:shown],
        "sums": rows[ends:] if shown else [],
        "quotes": said,
        "more": 0 if section["svg"] else ends - shown + len(section["quotes"]) - len(said),
    }


def _fitting(rows: Sequence[Sequence[str]], ends: int) -> int:
    """How many of the first ``ends`` rows fit on a wall with the sums below them: a long one takes more lines."""
    room = [ROW + LINE * -(-_signs(row) // max(40, 120 - 10 * len(row))) for row in rows]
    left = ON_A_WALL - sum(room[ends:])
    for number, taken in enumerate(room[:ends]):
        left -= taken
        if left < 0:
            return max(1, number)
    return ends


def _signs(row: Sequence[str]) -> int:
    """How wide the words of a row are; Chinese signs take two. Numbers stand in columns of their own."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for cell in row if len(cell) > SHORT for sign in cell) or 1


@login_required
@require_safe
def printed(request: HttpRequest, reference: str) -> HttpResponse:
    pack = queries.get(reference, asker(request), timezone.now())
    return file_of(queries.printed(pack), f"{pack.reference}.pdf", "application/pdf")


@login_required
@require_safe
def sheets(request: HttpRequest, reference: str) -> HttpResponse:
    pack = queries.get(reference, asker(request), timezone.now())
    return file_of(queries.sheets(pack), f"{pack.reference}.xlsx", MEDIA_TYPE)


@login_required
@require_safe
def record(request: HttpRequest, reference: str) -> HttpResponse:
    """The frozen record itself, so that anybody can take its hash: it is the file's own."""
    pack = queries.get(reference, asker(request), timezone.now())
    return file_of(packed.written(pack.record).encode(), f"{pack.reference}.json", "application/json")


def file_of(content: bytes, name: str, kind: str) -> HttpResponse:
    """A paper for whoever may read it now: kept by nobody between, since access ends."""
    way = "inline" if kind == "application/pdf" else "attachment"
    headers = {"Content-Disposition": f'{way}; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
