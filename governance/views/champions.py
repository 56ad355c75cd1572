"""Pages of champions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import access, panels
from governance.errors import Refused
from governance.forms.champions import EndorseForm
from governance.models import Champion, Person
from governance.pages import attempt
from governance.queries import champions as queries
from governance.queries import duties, journal
from governance.queries import seats as seat_queries
from governance.services import champions as services
from governance.views import asker


def _heads(champion: Champion, viewer: Person) -> bool:
    return queries.is_head_of(viewer, champion.seat.department_id, timezone.now())


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champions = list(queries.listed(viewer, now))
    keys = [champion.pk for champion in champions]
    panels.prefetch(request, "champion.row", keys, now)
    standings = seat_queries.standings([champion.seat for champion in champions], now)
    context = {
        "rows": list(zip(champions, standings, strict=True)),
        "vacant": sum(standing.vacant_since is not None for standing in standings),
        "unendorsed": sum(champion.endorsed_at is None for champion in champions),
        "missing": queries.without_champion(viewer, now),
    }
    return render(request, "governance/champions/list.html", context)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    owed = list(duties.open_duties(seat_ids=[champion.pk]))
    seen = access.visible_ids(viewer, {duty.subject_id for duty in owed}, now) if owed else set()
    owed = [duty for duty in owed if duty.subject_id in seen]
    subjects = {duty.subject_id: duty.subject for duty in owed}
    panels.prefetch(request, "champion.page", [champion.pk], now)
    context = {
        "champion": champion,
        "seat": champion.seat,
        "standing": seat_queries.standings([champion.seat], now)[0],
        "owes": [(subjects[move.subject_id], move) for move in duties.moves(owed, now)],
        "history": seat_queries.history(champion.seat),
        "told": journal.of_seat(champion.seat, viewer, now, limit=8),
        "hours": champion.pledged_minutes / 60,
        "may_endorse": _heads(champion, viewer),
        "now": now,
        "today": timezone.localdate(),
    }
    return render(request, "governance/champions/detail.html", context)


@login_required
def endorse(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    champion = queries.one(reference, viewer, now)
    if not _heads(champion, viewer):
        raise Refused(
            _("Only the head of %(department)s endorses its champion.") % {"department": champion.seat.department}
        )
    form = EndorseForm(request.POST or None, initial={"term_ends_on": champion.term_ends_on})
    status = 200
    if request.method == "POST":
        done, status = attempt(form, lambda said: services.endorse(champion=champion, **said, by=viewer, now=now))
        if done is not None:
            messages.success(request, _("You stand behind %(champion)s.") % {"champion": champion.seat.title})
            return redirect("governance:champion-detail", reference)
    context = {
        "form": form,
        "champion": champion,
        "answering": seat_queries.answering([champion.pk], now).get(champion.pk),
    }
    return render(request, "governance/champions/endorse.html", context, status=status)
