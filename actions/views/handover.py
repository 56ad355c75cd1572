"""Pages of handing over: all that a seat holds, and the dates that a successor takes over."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from actions.forms.handover import SplitForm, TakeOverForm, WholeForm
from actions.queries import handover as queries
from actions.services import handover as services
from governance.models import Person, Seat
from governance.pages import attempt
from governance.queries import holdings
from governance.queries import seats as seat_queries
from governance.queries.calendars import calendar_of_seat, local_day
from governance.views import asker


@login_required
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """All that a seat holds; posted, it goes over whole to one person."""
    now, viewer = timezone.now(), asker(request)
    seat = seat_queries.one(reference, viewer, now)
    queries.require_handing_over(seat, viewer, now)
    form = WholeForm(request.POST or None, viewer=viewer, now=now)
    status = 200
    if request.method == "POST":
        tenure, status = attempt(
            form, lambda said: services.hand_over(seat=seat, person=said["person"], by=viewer, now=now)
        )
        if tenure is not None:
            messages.success(
                request,
                _("%(person)s has all of it from now on. Next they say which of the dates they keep.")
                % {"person": tenure.person},
            )
            return redirect("governance:seat-detail", reference)
    return _shown(request, seat, whole=form, status=status)


@login_required
@require_POST
def split(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand what was ticked to another seat."""
    now, viewer = timezone.now(), asker(request)
    seat = seat_queries.one(reference, viewer, now)
    queries.require_splitting(seat, viewer, now)
    form = _split_form(request.POST, seat, viewer, now)
    moved, status = attempt(
        form, lambda _said: services.split(seat=seat, to=form.moves(), owed=form.duties(), by=viewer, now=now)
    )
    if moved is None:
        return _shown(request, seat, split=form, status=status)
    messages.success(
        request,
        ngettext("%(n)d thing goes to %(seat)s.", "%(n)d things go to %(seat)s.", moved)
        % {"n": moved, "seat": form.cleaned_data["to"].title},
    )
    return redirect("actions:handover", reference)


def _split_form(data: Any, seat: Seat, viewer: Person, now: datetime) -> SplitForm:
    return SplitForm(
        data,
        seat=seat,
        held=list(queries.movable(seat, viewer, now)),
        things=holdings.of_seat(seat, viewer, now),
        owed=list(queries.movable_duties(seat, viewer, now)),
        viewer=viewer,
        now=now,
    )


def _shown(
    request: HttpRequest,
    seat: Seat,
    *,
    whole: WholeForm | None = None,
    split: SplitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    held = queries.held(seat, viewer, now)
    split = split or (_split_form(None, seat, viewer, now) if queries.splits(seat, now) else None)
    context: dict[str, Any] = {
        "seat": seat,
        "held": held,
        "whole": whole or WholeForm(viewer=viewer, now=now),
        "split": split,
        "may_move": {name: _values(split, name) for name in ("actions", "things", "owed")},
        "chosen": {one for name in ("actions", "things", "owed") for one in request.POST.getlist(name)},
        "today": local_day(calendar_of_seat(seat), now),
    }
    return render(request, "actions/handover/page.html", context, status=status)


def _values(split: SplitForm | None, name: str) -> set[str]:
    """What of a list may be ticked."""
    return {str(value) for value, _label in split.fields[name].choices} if split is not None else set()  # type: ignore[attr-defined]


@login_required
def take_over(request: HttpRequest, reference: str) -> HttpResponse:
    """The dates that the seat took over: accept each as it stands, or restate it."""
    now, viewer = timezone.now(), asker(request)
    seat = seat_queries.one(reference, viewer, now)
    services.require_answering(seat, viewer, now)
    form = TakeOverForm(request.POST if request.method == "POST" else None, inherited=queries.inherited(seat, now))
    status = 200
    if request.method == "POST":
        made, status = attempt(
            form, lambda _said: services.take_over(seat=seat, restated=form.days(), by=viewer, now=now)
        )
        if made is not None:
            said = ngettext(
                "The dates are yours now; %(n)d is restated.", "The dates are yours now; %(n)d are restated.", len(made)
            )
            messages.success(request, said % {"n": len(made)})
            return redirect("governance:seat-detail", reference)
    context = {
        "seat": seat,
        "form": form,
        "duty": queries.taking_over(seat),
        "today": local_day(calendar_of_seat(seat), now),
    }
    return render(request, "actions/handover/take_over.html", context, status=status)
