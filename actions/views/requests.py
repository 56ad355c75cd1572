"""Pages of requests between departments: the list that every debt opens, the story of one, and asking."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
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

from actions.debts import LABELS, MEANINGS, Figure
from actions.forms import requests as forms
from actions.lifecycle import Verb as ActionVerb
from actions.models import ActionItem, Request, RequestState
from actions.queries import items as item_queries
from actions.queries import requests as queries
from actions.queries import roles, sheets
from actions.queries.requests import Narrowed
from actions.queries.review import moment
from actions.queries.stories import TOLD
from actions.requesting import OPEN, Verb, verbs
from actions.services import request_days, request_help
from actions.services import requests as services
from governance import pages
from governance.errors import Refused
from governance.models import Person
from governance.pages import Standing, attempt
from governance.queries import helping, journal
from governance.queries.duties import all_moves
from governance.views import asker, moves
from governance.views.taking_away import taken_away

# --- the list ------------------------------------------------------------------------------------------------------


def _narrowed(request: HttpRequest, viewer: Person, now: datetime) -> tuple[forms.NarrowForm, Narrowed]:
    narrow = forms.NarrowForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(narrow)
    return narrow, Narrowed(**narrow.cleaned_data) if narrow.is_bound else Narrowed()


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    _narrow, chosen = _narrowed(request, viewer, now)
    return taken_away(sheets.of_requests(queries.listed(viewer, now, chosen), viewer, now), form)


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Requests, narrowed by the address."""
    now, viewer = timezone.now(), asker(request)
    narrow, chosen = _narrowed(request, viewer, now)
    at = moment(now)
    found = queries.listed(viewer, now, chosen, at)
    page = pages.paged(request, found)
    context = {
        "narrow": narrow,
        "chips": pages.chips(request, queries.words(chosen)),
        "meaning": MEANINGS[Figure(chosen.figure)] if chosen.figure else "",
        "sums": queries.sums(found, at),
        "page": page,
        "lines": queries.lines(page.object_list, viewer, now, at.days[0].day),
        "today": at.days[0].day,
        "views": _views(request, chosen),
        "may_ask": queries.asking_seats(viewer, now).exists(),
    }
    return render(request, "actions/requests/list.html", context)


def _views(request: HttpRequest, chosen: Narrowed) -> list[dict[str, Any]]:
    """The narrowings that people come back to, as tabs; they keep whose debts are looked at."""
    narrowing = ("department", "direction", "owing", "owed", "below")
    kept = {name: request.GET[name] for name in narrowing if request.GET.get(name)}
    tabs: list[tuple[str, str, Any]] = [("", "", _("All"))]
    tabs += [("figure", str(key), label) for key, label in LABELS.items()]
    current = ("figure", chosen.figure) if chosen.figure else ("", "") if not chosen.state else None
    return [
        {
            "url": f"?{urlencode({**kept, **({name: value} if name else {})})}",
            "label": label,
            "current": (name, value) == current,
        }
        for name, value, label in tabs
    ]


# --- asking --------------------------------------------------------------------------------------------------------


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Ask another department: for an action (``?action=``), or for a seat of one's own."""
    now, viewer = timezone.now(), asker(request)
    named = request.POST.get("action") or request.GET.get("action")
    action = _asking_action(named, viewer, now) if named else None
    form = forms.AskForm(request.POST or None, viewer=viewer, now=now, action=action)
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.ask(**said, action=action, by=viewer, now=now))
        if made is not None:
            messages.success(
                request,
                _("%(reference)s is asked of %(seat)s, who answers by %(day)s.")
                % {"reference": made.reference, "seat": made.to_seat.title, "day": _day(made.due_on)},
            )
            return redirect("actions:request-detail", made.reference)
    may_ask = action is not None or form.has_seats
    context = {"form": form, "action": action, "may_ask": may_ask, "today": moment(now).days[0].day}
    return render(request, "actions/requests/form.html", context, status=status)


def _asking_action(reference: str, viewer: Person, now: datetime) -> ActionItem:
    """The action that it is asked for; whoever may not ask for it is told so before they write."""
    action = item_queries.get(reference, viewer, now)
    if ActionVerb.ASK_DEPARTMENT not in roles.may_say(action, viewer, now):
        raise Refused(_("Whoever answers for the action asks other departments for it, while it runs. Ask them."))
    return action


# --- one request ---------------------------------------------------------------------------------------------------

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do on a request's page: its form, the service that does it, and what is said then."""

    verb: Verb
    form: type[forms.DeedForm]
    act: Callable[..., Any]
    says: Any
    label: Any
    button: Any


DEEDS: dict[str, Deed] = {
    "agree": Deed(
        Verb.AGREE,
        forms.AgreeForm,
        services.agree,
        gettext_lazy("Agreed. That is a promise to the other department."),
        gettext_lazy("Agree, and promise a day"),
        gettext_lazy("Agree"),
    ),
    "counter": Deed(
        Verb.COUNTER,
        forms.CounterForm,
        services.counter,
        gettext_lazy("Proposed. They accept it, or withdraw."),
        gettext_lazy("Propose another day or scope"),
        gettext_lazy("Propose it"),
    ),
    "refuse": Deed(
        Verb.REFUSE,
        forms.RefuseForm,
        services.refuse,
        gettext_lazy("Refused. Whoever asked is told why."),
        gettext_lazy("Refuse, with a reason"),
        gettext_lazy("Refuse"),
    ),
    "accept": Deed(
        Verb.ACCEPT,
        forms.AcceptForm,
        services.accept,
        gettext_lazy("Accepted. They owe it by that day."),
        gettext_lazy("Accept what is proposed"),
        gettext_lazy("Accept it"),
    ),
    "deliver": Deed(
        Verb.DELIVER,
        forms.DeliverForm,
        services.deliver,
        gettext_lazy("Said to be delivered. Whoever asked looks at it now."),
        gettext_lazy("Say that it is delivered"),
        gettext_lazy("It is delivered"),
    ),
    "confirm": Deed(
        Verb.CONFIRM,
        forms.ConfirmForm,
        services.confirm,
        gettext_lazy("Confirmed and closed."),
        gettext_lazy("Confirm the delivery"),
        gettext_lazy("It is what we needed"),
    ),
    "answer-day": Deed(
        Verb.ANSWER_DAY,
        forms.AnswerDayForm,
        request_days.answer,
        gettext_lazy("Answered. It stands with the days below."),
        gettext_lazy("Agree to another day, or keep the one that holds"),
        gettext_lazy("Save our answer"),
    ),
    "propose-day": Deed(
        Verb.PROPOSE_DAY,
        forms.ProposeDayForm,
        request_days.propose,
        gettext_lazy("Proposed. Until they answer, the day stays."),
        gettext_lazy("Propose another day, with a reason"),
        gettext_lazy("Propose it to them"),
    ),
    "ask-help": Deed(
        Verb.ASK_HELP,
        forms.HelpForm,
        request_help.ask,
        gettext_lazy("Asked. The answer will stand here."),
        gettext_lazy("Ask for help now"),
        gettext_lazy("Ask"),
    ),
    "send-back": Deed(
        Verb.SEND_BACK,
        forms.SendBackForm,
        services.send_back,
        gettext_lazy("Sent back. They owe it again."),
        gettext_lazy("Send it back"),
        gettext_lazy("Send it back"),
    ),
    "withdraw": Deed(
        Verb.WITHDRAW,
        forms.WithdrawForm,
        services.withdraw,
        gettext_lazy("Withdrawn."),
        gettext_lazy("Withdraw it, with a reason"),
        gettext_lazy("Withdraw"),
    ),
}


BESIDES = frozenset({Verb.PROPOSE_DAY, Verb.ASK_HELP, Verb.WITHDRAW})
"""What either side may say at any time, and nobody owes."""


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole story of a request."""
    now, viewer = timezone.now(), asker(request)
    return _page(request, queries.get(reference, viewer, now), viewer, now)


@require_POST
@login_required
def act(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Do one thing; what is refused comes back with the page, the input kept."""
    now, viewer = timezone.now(), asker(request)
    found, deed = queries.get(reference, viewer, now), DEEDS[name]
    form = deed.form(request.POST, request=found, verb=name)
    done, status = attempt(
        form,
        lambda said: deed.act(request=found, **said, by=viewer, now=now),
        stands=lambda: _stands(queries.get(reference, viewer, now)),
    )
    if done is None:
        return _page(request, queries.get(reference, viewer, now), viewer, now, refused=(name, form), status=status)
    messages.success(request, str(deed.says))
    return redirect("actions:request-detail", reference)


def _stands(found: Request) -> Standing:
    differs = [(_("State"), "", str(RequestState(found.state).label))]
    if found.promised:
        differs.append((_("Promised"), "", _day(found.promised)))
    return Standing(found.version, {}, differs)


def _page(
    request: HttpRequest,
    found: Request,
    viewer: Person,
    now: datetime,
    *,
    refused: tuple[str, forms.DeedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = moment(now).days[0].day
    line = queries.lines([found], viewer, now, today)[0]
    may = verbs(queries.sides(found, viewer, now), found.state)
    days = queries.days_of(found)
    waits = any(not one.answer for one in days)
    # One proposal at a time: while it waits, no other is offered.
    may -= {Verb.PROPOSE_DAY} if waits else set()
    offered = [_offer(name, deed, found, refused) for name, deed in DEEDS.items() if deed.verb in may]
    # What is owed next stands open; what may be said besides is folded.
    first = next((offer for offer in offered if DEEDS[offer["name"]].verb not in BESIDES), None)
    told = [
        # On its own page its reference says enough; the title stands above.
        replace(one, text=one.text.replace(f"“{found.title}”", found.reference))
        for one in journal.sentences(journal.entries(viewer, now, subject=found.subject)[:TOLD], viewer, now)
    ]
    context = {
        "found": found,
        "line": line,
        "today": today,
        "finding": finding(found, line),
        "moves": moves.lines(all_moves(found.pk, now), viewer, "#do" if first is not None else ""),
        "is_open": found.state in OPEN,
        "first": first,
        "others": [offer for offer in offered if offer is not first],
        "said_no": refused[1] if refused and all(offer["name"] != refused[0] for offer in offered) else None,
        "helping": helping.about(found.subject, viewer, now),
        "days": journal.timeline(told, ZoneInfo(viewer.zone)),
        "other_days": days,
        "slipped": queries.slipped(found),
        "stops": queries.stops(found) if line.serves else None,
    }
    return render(request, "actions/requests/detail.html", context, status=status)


def _offer(name: str, deed: Deed, found: Request, refused: tuple[str, forms.DeedForm] | None) -> dict[str, Any]:
    is_refused = refused is not None and refused[0] == name
    return {
        "name": name,
        "url": reverse(f"actions:request-{name}", args=[found.reference]),
        "label": deed.label,
        "button": deed.button,
        "form": refused[1] if refused is not None and is_refused else deed.form(request=found, verb=name),
        "is_open": is_refused,
        "is_grave": deed.verb in (Verb.REFUSE, Verb.WITHDRAW, Verb.SEND_BACK),
    }


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day is not None else ""


def finding(found: Request, line: queries.Line) -> str:
    """How it stands, in one sentence."""
    who, day = (line.move.who if line.move else ""), _day
    if line.is_late and line.move is not None and line.move.by is not None:
        return _("Overdue: %(who)s owed the next move by %(day)s.") % {"who": who, "day": day(line.move.by)}
    return {
        RequestState.ASKED: _("Asked for %(day)s; %(who)s agrees, proposes otherwise or refuses.")
        % {"day": day(found.asked_for), "who": who},
        RequestState.COUNTERED: _("Something else is proposed; %(who)s accepts it, or withdraws.") % {"who": who},
        RequestState.AGREED: _("Agreed by both sides; %(who)s owes it by %(day)s.")
        % {"who": who, "day": day(found.promised)},
        RequestState.DELIVERED: _("Delivered; %(who)s confirms it, or sends it back.") % {"who": who},
        RequestState.CONFIRMED: _("Delivered, and confirmed by whoever asked."),
        RequestState.REFUSED: _("Refused; the reason stands below."),
        RequestState.WITHDRAWN: _("Withdrawn; the record of it stays."),
    }[RequestState(found.state)]
