"""The consent list of a meeting: settled in one go; an item is taken off it by whoever wants to talk about it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from councils.forms.agenda import ConsentForm
from councils.queries import meetings as queries
from councils.services import consenting
from councils.views import meetings as meeting_pages
from governance import pages
from governance.views import asker


@login_required
@require_POST
def settle(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that nobody objects to what was read out."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    form = ConsentForm(request.POST)
    made, status = pages.attempt(
        form, lambda given: consenting.settle(meeting=meeting, seen=given["items"], by=viewer, now=now)
    )
    if made is None:
        meeting = queries.get(reference, viewer, now)
        return meeting_pages.show(request, meeting, viewer, now, status=status, consent_form=form)
    messages.success(
        request,
        ngettext("%(n)d decision is recorded.", "%(n)d decisions are recorded.", len(made)) % {"n": len(made)},
    )
    return redirect("councils:meeting-detail", reference)


@login_required
@require_POST
def take_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody wants to talk about it."""
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    consenting.take_off(item=item, by=viewer, now=now)
    messages.success(request, _("It is off the consent list, and is talked about in its place."))
    if item.meeting is not None:
        return redirect("councils:meeting-detail", item.meeting.reference)
    return redirect("councils:item-detail", reference)
