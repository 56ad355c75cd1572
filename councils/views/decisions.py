"""Pages of decisions: the register, and one decision with its reckoning and what came of it."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from councils import access as council_access
from councils import authority, matters
from councils.forms.decisions import VERDICTS, RegisterForm, ReviewForm, TakeBackForm
from councils.models import Council, Decision, MeetingState, Posting
from councils.queries import councils as council_queries
from councils.queries import decisions as queries
from councils.queries import lasting as lasting_queries
from councils.queries import meetings as meeting_queries
from councils.services import lasting, taking_back
from governance import access, pages, panels
from governance.models import Person
from governance.queries import journal
from governance.sheets.workbooks import Table
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The decision register: what was decided, and how far what came of it is."""
    now, viewer = timezone.now(), asker(request)
    council = _council(request, viewer, now)
    form = RegisterForm(request.GET)
    zone, every = ZoneInfo(viewer.zone), queries.listed(viewer, now, council)
    rows = queries.narrowed(every, form.wanted, zone, now)
    page = pages.paged(request, rows)
    far = queries.how_far(list(page), viewer, now)
    visible = access.visible_ids(viewer, [row.result_id for row in page if row.result_id], now)
    marks = lasting_queries.marks([row.pk for row in page], now.astimezone(ZoneInfo(viewer.zone)).date())
    grounds = lasting_queries.grounds([row.pk for row in page], viewer, now)
    panels.prefetch(request, "decision.row", [row.pk for row in page], now)
    counts, total = queries.by_verdict(queries.narrowed(every, replace(form.wanted, verdict=""), zone, now))
    chips = [("council", _("Council"), council.name if council else ""), *form.chips()]
    context = {
        "page": page,
        "rows": [
            (row, authority.counted_words(row.facts), *far[row.pk], marks.get(row.pk), grounds.get(row.pk, ""))
            for row in page
        ],
        "visible": visible,
        "verdicts": [(key, label, counts.get(key, 0)) for key, label in VERDICTS],
        "total": total,
        "verdict": form.wanted.verdict,
        "follow": queries.follow_through(rows),
        "form": form,
        "council": council,
        "councils": council_queries.listed(viewer, now),
        "chips": pages.chips(request, chips),
    }
    return render(request, "councils/decisions/list.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The register as a file, narrowed as it is, read in batches."""
    now, viewer = timezone.now(), asker(request)
    found = queries.listed(viewer, now, _council(request, viewer, now))
    narrow = RegisterForm(request.GET)
    pages.require_readable(narrow)
    rows = queries.narrowed(found, narrow.wanted, ZoneInfo(viewer.zone), now)
    table = Table(
        "decisions", _("Decisions"), queries.COLUMNS, queries.sheet(rows, viewer, now), frozenset({"commits"})
    )
    return taken_away(table, form)


def _council(request: HttpRequest, viewer: Person, now: datetime) -> Council | None:
    reference = request.GET.get("council", "")
    return council_queries.get(reference, viewer, now) if reference else None


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One decision: the motion, the verdict with the facts counted, the votes, and what came of it."""
    now, viewer = timezone.now(), asker(request)
    return _show(request, queries.get(reference, viewer, now), viewer, now)


def _show(
    request: HttpRequest,
    decision: Decision,
    viewer: Person,
    now: datetime,
    status: int = 200,
    take_back_form: TakeBackForm | None = None,
    review_form: ReviewForm | None = None,
) -> HttpResponse:
    """Draw a decision's page."""
    item, lasts = decision.item, lasting_queries.of(decision, viewer, now)
    may_take_back = taking_back.is_fresh(decision, viewer, now) and not lasts.is_superseded
    may_record = access.may(viewer, council_access.RECORD, decision.council, now)
    linked = [item.about_id, item.pk, decision.council_id, decision.charter_version.charter_id]
    linked += [key for key in (decision.result_id, decision.meeting_id, item.referred_from_id) if key]
    told = journal.sentences(journal.entries(viewer, now, subject=decision.subject)[:20], viewer, now)
    panels.prefetch(request, "decision.page", [decision.pk], now)
    panels.prefetch(request, "decision.came", [decision.pk], now)
    matter = matters.MATTERS.get(item.matter)
    referrals = list(meeting_queries.items(viewer, now).filter(referred_from=decision))
    linked += [referral.council_id for referral in referrals]
    meeting = decision.meeting
    context = {
        "decision": decision,
        "council": decision.council,
        "item": item,
        "reason": authority.reason(decision.verdict, decision.facts),
        "why": authority.why(decision.verdict, decision.facts, queries.undone(decision)),
        "votes": queries.votes_of(decision),
        "matter": matter.label if matter else item.matter,
        "visible": access.visible_ids(viewer, linked, now),
        "referrals": referrals,
        "back_to": meeting if meeting is not None and meeting.state == MeetingState.OPEN else None,
        "lasts": lasts,
        "today": council_queries.today_for(viewer, now),
        "review_form": (review_form or ReviewForm(initial={"owed": lasts.owed.pk}))
        if lasts.owed is not None and may_record
        else None,
        "slip": (take_back_form or TakeBackForm()) if may_take_back else None,
        "later": list(queries.listed(viewer, now).filter(item=item).exclude(pk=decision.pk)),
        "postings": Posting.objects.filter(decision=decision).select_related(
            "source__envelope__subject", "target__subject"
        ),
        "days": journal.timeline(told, ZoneInfo(viewer.zone)),
    }
    return render(request, "councils/decisions/detail.html", context, status=status)


@login_required
@require_POST
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """Record another look at a standing decision."""
    now, viewer = timezone.now(), asker(request)
    decision = queries.get(reference, viewer, now)
    form = ReviewForm(request.POST)
    looked, status = pages.attempt(form, lambda given: lasting.review(decision=decision, **given, by=viewer, now=now))
    if looked is None:
        return _show(request, decision, viewer, now, status, review_form=form)
    messages.success(request, _("The review is recorded."))
    return redirect("councils:decision-detail", reference)


@login_required
@require_POST
def take_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back what was recorded by a slip."""
    now, viewer = timezone.now(), asker(request)
    decision = queries.get(reference, viewer, now)
    form = TakeBackForm(request.POST)
    taken, status = pages.attempt(
        form, lambda given: taking_back.take_back(decision=decision, **given, by=viewer, now=now)
    )
    if taken is None:
        return _show(request, queries.get(reference, viewer, now), viewer, now, status, form)
    messages.success(request, _("%(decision)s is taken back. Its item is to be settled again.") % {"decision": taken})
    return redirect("councils:item-detail", taken.item.reference)
