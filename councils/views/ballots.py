"""Pages of votes in writing: left undecided, the motion that is put, and each seat's vote."""

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
from councils import matters
from councils.forms.ballots import UndecidedForm, VoteForm
from councils.models import AgendaItem, Ballot, BallotState, MeetingState
from councils.queries import asked as asked_queries
from councils.queries import ballots as queries
from councils.queries import councils as council_queries
from councils.queries import meetings as meeting_queries
from councils.services import ballots as services
from councils.services import chairing
from councils.views.settling import putting_room
from governance import access, pages
from governance.clauses import Rules
from governance.errors import Absent, Refused
from governance.models import Person
from governance.services.duties import rules_in_force
from governance.views import asker


@login_required
@require_http_methods(["GET", "POST"])
def undecided(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that a meeting did not decide what had escalated, and why."""
    now, viewer = timezone.now(), asker(request)
    item = meeting_queries.item(reference, viewer, now)
    access.require(viewer, council_access.RECORD, item.council, now)
    form = UndecidedForm(request.POST or None, initial={"version": item.version})
    status, meeting = 200, item.meeting
    if request.method == "POST":
        stands, status = pages.attempt(
            form,
            lambda given: services.leave_undecided(
                item=item, reason=given["reason"], by=viewer, now=now, version=given["version"]
            ),
        )
        if stands is not None:
            messages.success(request, _("It is recorded as not decided, and goes on from here by itself."))
            if meeting is not None:
                return redirect("councils:meeting-detail", meeting.reference)
            return redirect("councils:item-detail", reference)
    context = {
        "item": item,
        "form": form,
        "is_possible": meeting is not None and meeting.state == MeetingState.OPEN and matters.is_escalated(item),
    }
    return render(request, "councils/ballots/undecided.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def put(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a motion to a vote in writing."""
    now, viewer = timezone.now(), asker(request)
    item = meeting_queries.item(reference, viewer, now)
    access.require(viewer, council_access.RECORD, item.council, now)
    asked = request.POST if request.method == "POST" else None
    outcome = request.POST.get("outcome", "") or request.GET.get("outcome", "")
    room = putting_room(item, viewer, now, outcome, data=asked)
    status = 200
    if asked is not None:
        ballot, status = pages.attempt(
            room.form,
            lambda given: services.put(
                item=item,
                outcome=room.chosen.key,
                motion=given["motion"],
                payload=room.form.payload(),
                risk_note=given.get("risk_note", ""),
                by=viewer,
                now=now,
                version=given["version"],
            ),
        )
        if ballot is not None:
            messages.success(request, _("It is put to a vote in writing. Each seat is asked for its vote."))
            return redirect("councils:ballot-detail", reference)
    context = {"item": item, "room": room, "ballot": queries.of_item(item)}
    return render(request, "councils/ballots/put.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def alone(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide an item alone, as the council's chair."""
    now, viewer = timezone.now(), asker(request)
    item = meeting_queries.item(reference, viewer, now)
    if not chairing.may_act(item, viewer, now):
        raise Refused(_("Only the council's chair decides alone. Ask them, or put it to a vote."))
    asked = request.POST if request.method == "POST" else None
    outcome = request.POST.get("outcome", "") or request.GET.get("outcome", "")
    room = putting_room(item, viewer, now, outcome, data=asked)
    status = 200
    if asked is not None:
        decision, status = pages.attempt(
            room.form,
            lambda given: chairing.act(
                item=item,
                outcome=room.chosen.key,
                motion=given["motion"],
                payload=room.form.payload(),
                risk_note=given.get("risk_note", ""),
                by=viewer,
                now=now,
                version=given["version"],
            ),
        )
        if decision is not None:
            messages.success(request, _("It is decided, and stands on the next meeting's agenda to be ratified."))
            return redirect("councils:decision-detail", decision.reference)
    rule = Rules.from_json(rules_in_force(item.council.charter, now).rules).chair
    return render(request, "councils/ballots/alone.html", {"item": item, "room": room, "rule": rule}, status=status)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One vote in writing: the motion, who has voted, and the reader's own vote."""
    now, viewer = timezone.now(), asker(request)
    item = meeting_queries.item(reference, viewer, now)
    return _show(request, item, _of(item), viewer, now)


@login_required
@require_POST
def cast(request: HttpRequest, reference: str) -> HttpResponse:
    """Vote for one's own seat, or vote otherwise."""
    now, viewer = timezone.now(), asker(request)
    item = meeting_queries.item(reference, viewer, now)
    ballot = _of(item)
    access.require(viewer, council_access.VOTE, item.council, now)
    count = queries.count_of(ballot, item.council, viewer, now)
    form = VoteForm(request.POST, count=count, by_consent=_by_consent(ballot, item, now))

    def vote(given: dict[str, Any]) -> Ballot:
        return services.cast(
            item=item,
            membership=queries.seat_to_vote_for(count, given["seat"]),
            choice=given["choice"],
            reason=given["reason"],
            by=viewer,
            now=now,
        )

    done, status = pages.attempt(form, vote)
    if done is None:
        return _show(request, item, _of(item), viewer, now, form=form, status=status)
    if done.state == BallotState.OPEN:
        messages.success(request, _("Your vote is recorded. You can change it until the vote closes."))
    else:
        messages.success(request, _("Your vote is recorded. It was the last one: the vote is closed."))
    return redirect("councils:ballot-detail", reference)


def _of(item: AgendaItem) -> Ballot:
    ballot = queries.of_item(item)
    if ballot is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return ballot


def _by_consent(ballot: Ballot, item: AgendaItem, now: datetime) -> bool:
    rules = Rules.from_json(queries.version_of(ballot, item.council, now).rules)
    return rules.voting.threshold == "consent"


def _show(
    request: HttpRequest,
    item: AgendaItem,
    ballot: Ballot,
    viewer: Person,
    now: datetime,
    form: VoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    count = queries.count_of(ballot, item.council, viewer, now)
    may_vote = count.is_open and bool(count.mine)
    if form is None and may_vote:
        form = VoteForm(count=count, by_consent=_by_consent(ballot, item, now))
    rights = council_queries.rights(viewer, item.council, now)
    context = {
        "item": item,
        "council": item.council,
        "ballot": ballot,
        "count": count,
        "form": form,
        "outcome": matters.outcomes_of(item).get(ballot.outcome),
        "asked": asked_queries.of_motion(item, ballot.outcome, ballot.payload, viewer, now),
        "may_put": council_access.RECORD in rights and ballot.state == "awaited",
        "visible": access.visible_ids(viewer, [item.council_id], now),
        "today": council_queries.today_for(viewer, now),
    }
    return render(request, "councils/ballots/detail.html", context, status=status)
