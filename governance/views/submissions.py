"""A charter's way into force, by page: submitted, withdrawn, signed or refused, held provisionally, reviewed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.forms.mandates import RefuseForm, ReviewForm, SubmitForm
from governance.keys import whole
from governance.models import CharterVersion, SeatKind
from governance.pages import attempt
from governance.queries import charters as queries
from governance.services import charters as charter_services
from governance.services import submissions as services
from governance.views import asker
from governance.views.charters import shown_page


@login_required
def submit(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Name the sponsors who have to ratify a draft."""
    now, viewer = timezone.now(), asker(request)
    wording = _wording(request, reference, number)
    charter_services.require_drafting(viewer, now)
    charter_services.require_draft(wording)
    seats = charter_services.sponsor_seats()
    usual = [seat.pk for seat in seats if seat.kind == SeatKind.CX_SPONSOR]
    form = SubmitForm(request.POST or None, seats=seats, initial={"version": wording.version, "sponsors": usual})
    status = 200
    if request.method == "POST":
        made, status = attempt(
            form,
            lambda said: services.submit(
                version=wording, sponsors=said["sponsors"], expected=said["version"], by=viewer, now=now
            ),
        )
        if made is not None:
            messages.success(
                request, _("Version %(number)d is submitted. Its sponsors are asked now.") % {"number": number}
            )
            return redirect("governance:charter-version", reference, number)
    context = {"form": form, "charter": wording.charter, "wording": wording, "has_sponsors": bool(seats)}
    return render(request, "governance/charters/submit.html", context, status=status)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    wording = _wording(request, reference, number)
    services.withdraw(version=wording, by=asker(request), now=timezone.now(), expected=_read(request))
    messages.success(request, _("Version %(number)d is a draft again.") % {"number": number})
    return redirect("governance:charter-version", reference, number)


@login_required
@require_POST
def ratify(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    wording = _wording(request, reference, number)
    signed = services.ratify(version=wording, by=asker(request), now=timezone.now(), expected=_read(request))
    messages.success(request, services.came_of(signed))
    return redirect("governance:charter-version", reference, number)


@login_required
@require_POST
def refuse(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    wording = _wording(request, reference, number)
    form = RefuseForm(request.POST)
    draft, status = attempt(
        form,
        lambda said: services.refuse(
            version=wording, reason=said["reason"], expected=said["version"], by=viewer, now=now
        ),
    )
    if draft is None:
        return shown_page(request, wording.charter, wording, refusal=form, status=status)
    messages.success(request, _("Version %(number)d went back to draft, with your reason.") % {"number": number})
    return redirect("governance:charter-version", reference, draft.number)


@login_required
@require_POST
def hold(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Put a first charter into force for a time."""
    wording = _wording(request, reference, number)
    services.put_into_force_provisionally(
        version=wording, by=asker(request), now=timezone.now(), expected=_read(request)
    )
    messages.success(
        request, _("Version %(number)d holds provisionally. Its sponsors are still asked.") % {"number": number}
    )
    return redirect("governance:charter-version", reference, number)


@login_required
@require_POST
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that a charter was reviewed and stays as it is."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    form = ReviewForm(request.POST)
    done, status = attempt(form, lambda said: services.review(charter=charter, note=said["note"], by=viewer, now=now))
    if done is None:
        return shown_page(request, charter, None, reviewing=form, status=status)
    messages.success(request, _("Reviewed: it stays as it is."))
    return redirect("governance:charter-detail", reference)


def _wording(request: HttpRequest, reference: str, number: int) -> CharterVersion:
    charter = queries.one(reference, asker(request), timezone.now())
    return queries.version(charter, number)


def _read(request: HttpRequest) -> int | None:
    """The count of changes that the page showed: what was read is what is signed."""
    return whole(request.POST.get("version", ""))
