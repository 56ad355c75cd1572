"""Pages of champions: nominated, endorsed, accepted; and a term that is renewed or ends."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance import access, panels
from governance.errors import Refused
from governance.forms.champions import AcceptForm, EndorseForm, NominateForm, RefuseForm, RenewForm
from governance.models import Champion, DutyKind, Nomination, NominationState, Person
from governance.pages import attempt
from governance.queries import champions as queries
from governance.queries import duties, journal, tables
from governance.queries import seats as seat_queries
from governance.queries.calendars import calendar_of_seat, local_day
from governance.services import champions as services
from governance.views import asker
from governance.views.taking_away import taken_away

A_YEAR = timedelta(days=365)

OF_THE_WAY = (DutyKind.ENDORSE, DutyKind.JOIN, DutyKind.RENEW)
"""What is owed for somebody to become champion and to stay."""


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champions = list(queries.listed(viewer, now))
    keys = [champion.pk for champion in champions]
    panels.prefetch(request, "champion.row", keys, now)
    standings = seat_queries.standings([champion.seat for champion in champions], now)
    nominated = queries.open_nominations(keys)
    context = {
        "rows": [
            (champion, standing, nominated.get(champion.pk))
            for champion, standing in zip(champions, standings, strict=True)
        ],
        "vacant": sum(standing.vacant_since is not None for standing in standings),
        "unendorsed": sum(champion.endorsed_at is None for champion in champions),
        "missing": queries.without_champion(viewer, now),
    }
    return render(request, "governance/champions/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(tables.of_champions(queries.listed(viewer, now), viewer, now), form)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    owed = list(duties.open_duties(seat_ids=[champion.pk]))
    seen = access.visible_ids(viewer, {duty.subject_id for duty in owed}, now) if owed else set()
    owed = [duty for duty in owed if duty.subject_id in seen]
    subjects = {duty.subject_id: duty.subject for duty in owed}
    panels.prefetch(request, "champion.page", [champion.pk], now)
    nomination = queries.open_nomination(champion)
    context = {
        "champion": champion,
        "seat": champion.seat,
        "standing": seat_queries.standings([champion.seat], now)[0],
        "nomination": nomination,
        "steps": queries.steps(champion, nomination, now),
        "about": [move for move in duties.all_moves(champion.pk, now) if move.kind in OF_THE_WAY],
        "past": queries.closed_nominations(champion),
        "owes": [(subjects[move.subject_id], move) for move in duties.moves(owed, now) if move.kind != "join"],
        "history": seat_queries.history(champion.seat),
        "told": journal.of_seat(champion.seat, viewer, now, limit=8),
        "hours": champion.pledged_minutes / 60,
        "may": _deeds(champion, nomination, viewer, now),
        "now": now,
        "today": timezone.localdate(),
    }
    return render(request, "governance/champions/detail.html", context)


def _deeds(champion: Champion, nomination: Nomination | None, viewer: Person, now: datetime) -> dict[str, bool]:
    """What the viewer may do here now: the next deed of the process first."""
    waits = nomination is not None and nomination.state == NominationState.NOMINATED
    heads = queries.may_endorse(champion, nomination, viewer, now)
    leads = access.may(viewer, access.LEAD, champion.seat.department, now)
    return {
        "answer": nomination is not None
        and nomination.state == NominationState.ENDORSED
        and nomination.person_id == viewer.pk,
        "endorse": heads and (waits or (nomination is None and champion.endorsed_at is None)),
        "refuse": heads and waits,
        "renew": heads and nomination is None and champion.endorsed_at is not None,
        "withdraw": leads and nomination is not None,
        "nominate": leads and nomination is None,
    }


@login_required
def nominate(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    access.require(viewer, access.LEAD, champion.seat.department, now)
    today = local_day(calendar_of_seat(champion.seat), now)
    initial = {"pledged_minutes": champion.pledged_minutes, "term_ends_on": today + A_YEAR}
    form = NominateForm(request.POST or None, viewer=viewer, now=now, initial=initial)
    words = {
        "title": _("Nominate a champion"),
        "lede": _("The head of the department endorses them, then they accept. They begin when they have accepted."),
        "submit": _("Nominate"),
        "thanks": _("Nominated. Next the head of the department is asked."),
    }
    return _deed(
        request, champion, form, lambda said: services.nominate(champion=champion, **said, by=viewer, now=now), words
    )


@login_required
def endorse(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    nomination = queries.open_nomination(champion)
    queries.require_endorsing(champion, nomination, viewer, now)
    ends = nomination.term_ends_on if nomination else champion.term_ends_on
    form = EndorseForm(request.POST or None, initial={"term_ends_on": ends})
    answering = seat_queries.answering([champion.pk], now).get(champion.pk)
    who = nomination.person.name if nomination else answering.name if answering else ""
    backing = _("%(who)s then speaks with your backing, and has the pledged hours for it.") % {"who": who}
    words = {
        "title": _("Stand behind %(who)s?") % {"who": who or champion.seat.title},
        "lede": backing if who else _("The seat is vacant now; the endorsement holds for whoever is seated."),
        "submit": _("Endorse"),
        "thanks": _("You stand behind %(champion)s.") % {"champion": champion.seat.title},
    }
    return _deed(
        request, champion, form, lambda said: services.endorse(champion=champion, **said, by=viewer, now=now), words
    )


@login_required
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    nomination = queries.open_nomination(champion)
    queries.require_endorsing(champion, nomination, viewer, now)
    words = {
        "title": _("Not endorse %(who)s?") % {"who": nomination.person.name if nomination else champion.seat.title},
        "lede": _("A no with its reason helps: another one is looked for."),
        "submit": _("Do not endorse"),
        "thanks": _("Said, with your reason. Whoever fills the seat looks for somebody else."),
    }
    form = RefuseForm(request.POST or None)
    return _deed(
        request, champion, form, lambda said: services.refuse(champion=champion, **said, by=viewer, now=now), words
    )


@login_required
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    nomination = _own(champion, viewer)
    form = AcceptForm(request.POST or None, initial={"pledged_minutes": nomination.pledged_minutes})
    words = {
        "title": _("Will you be %(seat)s?") % {"seat": champion.seat.title},
        "lede": champion.seat.expectations
        or _("You answer for what customers say about %(department)s, and report for its owners.")
        % {"department": champion.seat.department.name},
        "submit": _("Accept"),
        "thanks": _("Thank you. The seat is yours."),
    }
    return _deed(
        request, champion, form, lambda said: services.accept(champion=champion, **said, by=viewer, now=now), words
    )


@login_required
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    _own(champion, viewer)
    words = {
        "title": _("Not be %(seat)s?") % {"seat": champion.seat.title},
        "lede": _("A no is fine. With its reason, the next one can be asked better."),
        "submit": _("Decline"),
        "thanks": _("Said, with your reason."),
    }
    form = RefuseForm(request.POST or None)
    return _deed(
        request, champion, form, lambda said: services.decline(champion=champion, **said, by=viewer, now=now), words
    )


@login_required
def renew(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    queries.require_endorsing(champion, None, viewer, now)
    later: date | None = champion.term_ends_on + A_YEAR if champion.term_ends_on else None
    form = RenewForm(request.POST or None, initial={"term_ends_on": later})
    words = {
        "title": _("Another term for %(seat)s?") % {"seat": champion.seat.title},
        "lede": _("Or let this one end on its day: then the seat is vacant the next morning, and a new one is sought."),
        "submit": _("Renew the term"),
        "thanks": _("The term is renewed."),
    }
    return _deed(
        request, champion, form, lambda said: services.renew(champion=champion, **said, by=viewer, now=now), words
    )


@login_required
@require_POST
def let_end(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    services.let_end(champion=queries.one(reference, viewer, now), by=viewer, now=now)
    messages.success(request, _("The term ends on its day."))
    return redirect("governance:champion-detail", reference)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    services.withdraw(champion=queries.one(reference, viewer, now), by=viewer, now=now)
    messages.success(request, _("The nomination is withdrawn."))
    return redirect("governance:champion-detail", reference)


def _own(champion: Champion, viewer: Person) -> Nomination:
    nomination = queries.open_nomination(champion)
    if nomination is not None and nomination.person_id != viewer.pk:
        raise Refused(_("Only %(person)s answers this nomination.") % {"person": nomination.person})
    if nomination is None:
        raise Refused(_("Nobody is nominated now, so nobody is asked."))
    return nomination


def _deed(
    request: HttpRequest,
    champion: Champion,
    form: Form,
    act: Callable[[dict[str, Any]], Any],
    words: dict[str, str],
) -> HttpResponse:
    """A page with one form: what it says, and where it leads once it is done."""
    status = 200
    if request.method == "POST":
        done, status = attempt(form, act)
        if done is not None:
            messages.success(request, words["thanks"])
            return redirect("governance:champion-detail", champion.seat.reference)
    context = {"form": form, "champion": champion, **words}
    return render(request, "governance/champions/form.html", context, status=status)
