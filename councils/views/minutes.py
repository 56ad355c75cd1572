"""Pages of minutes: the paper itself, its prose, comments, approval and corrections; and the PDF."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils import access as council_access
from councils.forms.minutes import AnswerForm, CommentForm, CorrectForm, ProseForm
from councils.models import Minutes, MinutesItem, MinutesState
from councils.queries import councils as council_queries
from councils.queries import meetings as meeting_queries
from councils.queries import minutes as queries
from councils.services import minutes as services
from governance import access, pages
from governance.errors import Absent
from governance.keys import whole
from governance.models import Person
from governance.queries.duties import next_moves
from governance.views import asker


@login_required
@require_safe
def by_reference(request: HttpRequest, reference: str) -> HttpResponse:
    """Minutes are read where their meeting is."""
    minutes = queries.get(reference, asker(request), timezone.now())
    return redirect("councils:minutes-detail", minutes.meeting.reference)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    return show(request, _minutes(reference, viewer, now), viewer, now)


def show(
    request: HttpRequest, minutes: Minutes, viewer: Person, now: datetime, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Draw the minutes: the version that is asked for, or the latest as it stands."""
    council = minutes.meeting.council
    version = queries.version_of(minutes, whole(request.GET.get("version", "")))
    number = version.approved.number if version.approved is not None else minutes.number
    is_latest = number == minutes.number
    today = council_queries.today_of(council, now)
    rows = _rows(minutes)
    may_record = access.may(viewer, council_access.RECORD, council, now)
    comments = queries.comments_of(minutes, number)
    may_comment = is_latest and minutes.is_open_for_comments(today) and viewer.pk in queries.attended(minutes.meeting)
    answering = more.pop("answering", {})
    context = {
        "minutes": minutes,
        "meeting": minutes.meeting,
        "council": council,
        "version": version,
        "record": version.record,
        "approval": queries.approval_said(version, minutes),
        "number": number,
        "is_latest": is_latest,
        "others": [one for one in minutes.approved.order_by("number") if one.number != number],
        "rule": queries.how_kept(minutes),
        "moves": next_moves([minutes.pk], now),
        "today": today,
        "is_open": minutes.is_open_for_comments(today),
        "rewritten": queries.written_since_sent(minutes),
        "is_note": minutes.state == MinutesState.NOTE,
        "may_write": may_record and is_latest and minutes.state != MinutesState.APPROVED,
        "may_correct": may_record and is_latest and minutes.state == MinutesState.APPROVED,
        "may_send": may_record and is_latest and minutes.state == MinutesState.DRAFT,
        "may_approve": is_latest and services.is_for(minutes, viewer, now) and services.is_ripe(minutes, now),
        "comments": [(one, answering.get(one.pk) or AnswerForm(auto_id=f"a{one.pk}_%s")) for one in comments],
        "comment_form": (more.pop("comment_form", None) or CommentForm(rows=rows)) if may_comment else None,
        **more,
    }
    return render(request, "councils/minutes/detail.html", context, status=status)


@login_required
@require_POST
def begin(request: HttpRequest, reference: str) -> HttpResponse:
    """Have minutes composed of a meeting that was closed before minutes were kept."""
    now, viewer = timezone.now(), asker(request)
    services.write_up(meeting=meeting_queries.get(reference, viewer, now), by=viewer, now=now)
    messages.success(request, _("The minutes are composed from what is recorded of this meeting."))
    return redirect("councils:minutes-detail", reference)


@login_required
@require_safe
def running(request: HttpRequest, reference: str) -> HttpResponse:
    """The running note of a council that works lightly: what each of its meetings recorded, the latest first."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    notes = queries.listed(viewer, now, council, MinutesState.NOTE)
    context = {"council": council, "page": pages.paged(request, notes)}
    return render(request, "councils/minutes/running.html", context)


@login_required
@require_safe
def printed(request: HttpRequest, reference: str) -> HttpResponse:
    """The same words as PDF."""
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    version = queries.version_of(minutes, whole(request.GET.get("version", "")))
    name = f"{minutes.reference}-{minutes.meeting.reference}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(queries.printed(minutes, version, now), content_type="application/pdf", headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """The secretary's prose: an introduction, and a note for each matter."""
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    access.require(viewer, council_access.RECORD, minutes.meeting.council, now)
    rows = _rows(minutes)
    form = ProseForm(request.POST or None, rows=rows, initial=_prose(minutes, rows))
    status = 200
    if request.method == "POST":
        made, status = pages.attempt(
            form,
            lambda given: services.write(
                minutes=minutes,
                introduction=given["introduction"],
                notes=form.notes,
                by=viewer,
                now=now,
                version=given["version"],
            ),
            stands=lambda: _stands(minutes),
        )
        if made is not None:
            messages.success(request, _("What you wrote is kept."))
            return redirect("councils:minutes-detail", reference)
    context = {"minutes": minutes, "meeting": minutes.meeting, "form": form}
    return render(request, "councils/minutes/form.html", context, status=status)


@login_required
@require_POST
def send_out(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    services.send_out(minutes=minutes, by=viewer, now=now, version=_version(request))
    messages.success(request, _("The minutes are out for comment. Whoever was there is told."))
    return redirect("councils:minutes-detail", reference)


@login_required
@require_POST
def comment(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    form = CommentForm(request.POST, rows=_rows(minutes))
    made, status = pages.attempt(form, lambda given: services.comment(minutes=minutes, **given, by=viewer, now=now))
    if made is None:
        return show(request, minutes, viewer, now, status=status, comment_form=form)
    messages.success(request, _("Your comment is kept. The secretary answers it."))
    return redirect("councils:minutes-detail", reference)


@login_required
@require_POST
def answer(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    said = minutes.comments.filter(pk=key).select_related("minutes__meeting__council").first()
    if said is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    form = AnswerForm(request.POST, auto_id=f"a{key}_%s")
    made, status = pages.attempt(
        form, lambda given: services.answer(comment=said, text=given["answer"], by=viewer, now=now)
    )
    if made is None:
        return show(request, minutes, viewer, now, status=status, answering={key: form})
    messages.success(request, _("Your answer is kept."))
    return redirect("councils:minutes-detail", reference)


@login_required
@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    services.approve(minutes=minutes, by=viewer, now=now, version=_version(request))
    messages.success(request, _("The minutes are approved. From now on they never change."))
    return redirect("councils:minutes-detail", reference)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a new version of approved minutes, with a reason."""
    now, viewer = timezone.now(), asker(request)
    minutes = _minutes(reference, viewer, now)
    access.require(viewer, council_access.RECORD, minutes.meeting.council, now)
    form = CorrectForm(request.POST or None, initial={"version": minutes.version})
    status = 200
    if request.method == "POST":
        made, status = pages.attempt(form, lambda given: services.correct(minutes=minutes, **given, by=viewer, now=now))
        if made is not None:
            messages.success(request, _("A new version is begun. Write what has to be different."))
            return redirect("councils:minutes-write", reference)
    context = {"minutes": minutes, "meeting": minutes.meeting, "form": form}
    return render(request, "councils/minutes/correct.html", context, status=status)


def _minutes(reference: str, viewer: Person, now: datetime) -> Minutes:
    """The minutes of a meeting that ``viewer`` may see; a meeting that is not closed has none."""
    meeting_queries.get(reference, viewer, now)
    return queries.get(reference, viewer, now)


def _rows(minutes: Minutes) -> list[MinutesItem]:
    return list(minutes.items.select_related("item__subject").order_by("position"))


def _prose(minutes: Minutes, rows: list[MinutesItem]) -> dict[str, Any]:
    notes = {f"note_{row.item.reference}": row.note for row in rows}
    return {"introduction": minutes.introduction, "version": minutes.version, **notes}


def _stands(minutes: Minutes) -> pages.Standing:
    now_there = Minutes.objects.get(pk=minutes.pk)
    return pages.Standing(now_there.version, _prose(now_there, _rows(now_there)))


def _version(request: HttpRequest) -> int | None:
    return whole(request.POST.get("version", ""))
