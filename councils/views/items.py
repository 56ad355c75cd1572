"""Pages of agenda items: what is asked, where it stands, and settling it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils import access as council_access
from councils import commissions, matters, referrals, sources
from councils.authority import SHORT
from councils.forms.agenda import PreReadForm
from councils.forms.meetings import PlaceForm, ProposeForm, WithdrawForm
from councils.models import (
    RUNNING,
    AgendaItem,
    Ballot,
    CaptureKind,
    Council,
    DelegatedAllocation,
    ItemState,
    MeetingState,
)
from councils.queries import ballots, books, captures, pre_reads, sheets
from councils.queries import councils as council_queries
from councils.queries import decisions as decision_queries
from councils.queries import meetings as queries
from councils.services import agenda as services
from councils.services import chairing, decisions
from councils.services import pre_reads as pre_read_services
from councils.services.books import EnvelopeShort
from councils.views import meetings as meeting_pages
from councils.views.settling import Room, may_settle, room_of
from governance import access, pages, panels
from governance.clauses import Rules
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Person, Subject
from governance.queries import journal
from governance.queries.duties import all_moves, next_moves
from governance.services.duties import rules_in_force
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Agenda items of the councils that the viewer may see."""
    now, viewer = timezone.now(), asker(request)
    found, state, matter, council, raised_from = _narrowed(request, viewer, now)
    page = pages.paged(request, found)
    known = matters.MATTERS.get(matter)
    context = {
        "page": page,
        "today": council_queries.today_for(viewer, now),
        "moves": next_moves([item.pk for item in page], now),
        "state": state,
        "states": ItemState.choices,
        "matters": matters.MATTERS,
        "chips": pages.chips(
            request,
            [
                ("council", _("Council"), council.name if council else ""),
                ("matter", _("Matter"), known.label if known else ""),
                ("raised_from", _("Raised from"), date_format(raised_from) if raised_from else ""),
            ],
        ),
    }
    return render(request, "councils/items/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(sheets.of_items(_narrowed(request, viewer, now)[0], viewer, now), form)


def _narrowed(
    request: HttpRequest, viewer: Person, now: datetime
) -> tuple[QuerySet[AgendaItem], str, str, Council | None, date | None]:
    """The list, and what it is narrowed to: state, matter, council, and from which day on it was raised."""
    state, reference = request.GET.get("state", ItemState.OPEN), request.GET.get("council", "")
    matter = request.GET.get("matter", "")
    council = council_queries.get(reference, viewer, now) if reference else None
    raised_from = _day(request.GET.get("raised_from", ""))
    return queries.items(viewer, now, council, state, matter, raised_from), state, matter, council, raised_from


def _day(asked: str) -> date | None:
    """A day of the address; what is none answers like what is not there."""
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        raise Absent(_("There is nothing here, or nothing that you may see.")) from None


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One agenda item with what was decided on it, and the form that settles it where the viewer may."""
    now, viewer = timezone.now(), asker(request)
    return show(request, queries.item(reference, viewer, now), viewer, now)


def show(
    request: HttpRequest,
    item: AgendaItem,
    viewer: Person,
    now: datetime,
    room: Room | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Draw the item's page."""
    if room is None and may_settle(item, viewer, now):
        room = room_of(item, viewer, now, request.GET.get("outcome", ""))
    rights = council_queries.rights(viewer, item.council, now)
    ballot = ballots.of_item(item)
    panels.prefetch(request, "agenda_item.page", [item.pk], now)
    proposed = item.proposal if item.matter == referrals.REFERRAL else {}
    linked = [item.about_id, item.council_id] + ([item.referred_from_id] if item.referred_from_id else [])
    told = journal.sentences(journal.entries(viewer, now, subject=item.subject)[:20], viewer, now)
    context = {
        "item": item,
        "council": item.council,
        "matter": matters.MATTERS[item.matter],
        "proposed": _proposed(item, viewer, now) if proposed else [],
        "without": DelegatedAllocation.objects.filter(item=item).select_related("by", "seat__subject").first(),
        "decisions": list(decision_queries.listed(viewer, now).filter(item=item)),
        "today": council_queries.today_for(viewer, now),
        "moves": all_moves(item.pk, now) if item.state == ItemState.OPEN else [],
        "visible": access.visible_ids(viewer, linked, now),
        "referrals": list(queries.items(viewer, now).filter(matter=referrals.REFERRAL, about=item.about_id)),
        "may_prepare": council_access.PREPARE in rights and item.state == ItemState.OPEN,
        "place_form": PlaceForm(meetings=queries.places_for(item.council), initial={"version": item.version}),
        "withdraw_form": WithdrawForm(initial={"version": item.version}),
        "currency": books.currency(),
        "for_sponsor": referrals.is_for_the_sponsor(item),
        "days": journal.timeline(told, ZoneInfo(viewer.zone)),
        "room": room,
        "ballot": ballot,
        "source": sources.SOURCES.get(item.source),
        "pre_reads": pre_reads.of_items([item.pk]).get(item.pk, []),
        "may_attach": item.state == ItemState.OPEN and pre_read_services.may_attach(item, viewer, now),
        "pre_read_form": PreReadForm(),
        **_between(item, ballot, viewer, rights, now),
        **more,
    }
    return render(request, "councils/items/detail.html", context, status=status)


def _between(
    item: AgendaItem, ballot: Ballot | None, viewer: Person, rights: set[str], now: datetime
) -> dict[str, bool]:
    """What may be done with an open item otherwise than by a vote in the room."""
    is_open = item.state == ItemState.OPEN and council_access.RECORD in rights
    is_sitting = item.meeting is not None and item.meeting.state == MeetingState.OPEN
    alone = referrals.is_for_the_sponsor(item)
    rules = Rules.from_json(rules_in_force(item.council.charter, now).rules)
    return {
        "may_leave": is_open and is_sitting and not alone and matters.is_escalated(item),
        "may_act_alone": item.state == ItemState.OPEN
        and not is_sitting
        and (ballot is None or ballot.state not in RUNNING)
        and not alone
        and not matters.MATTERS[item.matter].stays
        and rules.chair.allowed
        and chairing.may_act(item, viewer, now),
        "may_put": is_open and not is_sitting and not alone and bool(rules.written.days),
    }


def _proposed(item: AgendaItem, viewer: Person, now: datetime) -> list[dict[str, Any]]:
    """What was referred, field by field, as the matter's own form would ask for it."""
    outcome = referrals.proposed_outcome(item)
    payload = item.proposal["payload"]
    named = [str(payload[field.name]) for field in outcome.fields if field.kind == "seat" and payload.get(field.name)]
    seats = {
        subject.reference: subject
        for subject in Subject.objects.filter(reference__in=named)
        if subject.pk in access.visible_ids(viewer, [subject.pk], now)
    }
    return [
        {"field": field, "value": payload.get(field.name), "seat": seats.get(str(payload.get(field.name)))}
        for field in outcome.fields
        if payload.get(field.name) not in (None, "", False)
    ]


@login_required
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Raise a question with a council; with ``about`` in the address, about that thing."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    about = _about(request.GET.get("about", ""), viewer, now)
    form = ProposeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        item, status = pages.attempt(
            form,
            lambda given: services.propose(
                council=council, about=about, matter=referrals.GENERAL, ask=given["ask"], by=viewer, now=now
            ),
        )
        if item is not None:
            messages.success(request, _("It stands on the agenda."))
            return redirect("councils:item-detail", item.reference)
    return render(
        request, "councils/items/form.html", {"council": council, "about": about, "form": form}, status=status
    )


def _about(reference: str, viewer: Person, now: datetime) -> Subject | None:
    if not reference:
        return None
    subject = Subject.objects.filter(reference=reference).first()
    if subject is None or not access.may_see(viewer, subject.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return subject


@login_required
@require_POST
def place(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    form = PlaceForm(request.POST, meetings=queries.places_for(item.council))
    placed, status = pages.attempt(form, lambda given: services.place(item=item, **given, by=viewer, now=now))
    if placed is None:
        return show(request, item, viewer, now, status=status, place_form=form)
    messages.success(request, _("It stands on %(meeting)s.") % {"meeting": placed.meeting})
    return redirect("councils:item-detail", reference)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    form = WithdrawForm(request.POST)
    gone, status = pages.attempt(form, lambda given: services.withdraw(item=item, **given, by=viewer, now=now))
    if gone is None:
        return show(request, item, viewer, now, status=status, withdraw_form=form)
    messages.success(request, _("It is withdrawn."))
    return redirect("councils:item-detail", reference)


@login_required
@require_POST
def settle(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what was decided; with ``intent=preview`` only say what it would be worth."""
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    if not may_settle(item, viewer, now):
        _say_why_not(item, viewer, now)
    room = room_of(item, viewer, now, request.POST.get("outcome", ""), data=request.POST)
    if not room.form.is_valid():
        return _again(request, room, viewer, now, 422)
    asked = {
        "item": item,
        "outcome": room.chosen.key,
        "motion": room.form.cleaned_data["motion"],
        "payload": room.form.payload(),
        "votes": room.form.votes(),
        "how": room.form.how,
        "shown": room.form.shown(),
        "reasons": room.form.reasons(),
        "risk_note": room.form.cleaned_data.get("risk_note", ""),
        "lasting": room.form.asked_to_last(),
        "by": viewer,
        "now": now,
    }
    try:
        if room.chosen.takes_actions:
            asked["payload"] |= {commissions.KEY: _commissioned(item, request.POST.getlist("line"))}
        if request.POST.get("intent") == "preview":
            room.preview = decisions.project(**asked)
            if room.preview.verdict == SHORT:
                room.short = {"free": room.preview.facts["free"], "needed": room.preview.facts["amount"]}
            return _again(request, room, viewer, now, 200)
        decision = decisions.settle(**asked, version=room.form.cleaned_data["version"])
    except EnvelopeShort as error:
        room.short = {"free": error.facts["free"], "needed": error.facts["needed"]}
        pages.put(room.form, error)
        return _again(request, room, viewer, now, 409)
    except Stale as error:
        item = queries.item(reference, viewer, now)
        if not may_settle(item, viewer, now):
            _say_why_not(item, viewer, now)
        room = room_of(item, viewer, now, room.chosen.key, data=request.POST)
        room.form.is_valid()
        pages.show_both(room.form, error, pages.Standing(item.version))
        return _again(request, room, viewer, now, 409)
    except (Invalid, Conflict) as error:
        pages.put(room.form, error)
        return _again(request, room, viewer, now, error.status)
    messages.success(request, _("%(decision)s is recorded.") % {"decision": decision.reference})
    if request.POST.get("here") == "meeting" and decision.meeting is not None:
        return redirect("councils:meeting-detail", decision.meeting.reference)
    return redirect("councils:decision-detail", decision.reference)


def _commissioned(item: AgendaItem, seen: list[str]) -> list[dict[str, Any]]:
    """The actions captured under an item, as the page showed them. Raises :class:`Conflict` where others stand now."""
    lines = [line for line in captures.of_item(item.pk) if line.kind == CaptureKind.ACTION]
    if {f"{line.pk}:{line.version}" for line in lines} != set(seen):
        raise Conflict(
            _("The actions that go with this decision were changed meanwhile. They stand beside it as they are now.")
        )
    return [captures.asked_of(line) for line in lines]


@login_required
@require_POST
def refer(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the item upward with everything that was typed, without a verdict."""
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    if not may_settle(item, viewer, now):
        _say_why_not(item, viewer, now)
    room = room_of(item, viewer, now, request.POST.get("outcome", ""), data=request.POST)
    raised, status = pages.attempt(
        room.form,
        lambda given: decisions.refer(
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
    if raised is None:
        return _again(request, room, viewer, now, status)
    messages.success(request, _("It is referred to %(body)s.") % {"body": room.refer_to})
    if access.may_see(viewer, raised.pk, now):
        return redirect("councils:item-detail", raised.reference)
    return redirect("councils:item-detail", item.reference)


def _say_why_not(item: AgendaItem, viewer: Person, now: datetime) -> None:
    """Refuse with the reason: settled already, not yours to record, or not in an open meeting."""
    if item.state != ItemState.OPEN:
        raise Conflict(
            _("This item is %(state)s already. Open it to see what came of it.")
            % {"state": ItemState(item.state).label}
        )
    if referrals.is_for_the_sponsor(item):
        raise Refused(_("No body stands above this council: its sponsor settles this referral alone. Ask them."))
    access.require(viewer, council_access.RECORD, item.council, now)
    raise Conflict(_("A council decides in an open meeting. Place the item on one and open it."))


def _again(request: HttpRequest, room: Room, viewer: Person, now: datetime, status: int) -> HttpResponse:
    """The page on which it was asked, the input kept."""
    meeting = room.item.meeting
    if meeting is None or referrals.is_for_the_sponsor(room.item):
        return show(request, room.item, viewer, now, room=room, status=status)
    full = queries.get(meeting.reference, viewer, now)
    return meeting_pages.show(request, full, viewer, now, room=room, status=status)
