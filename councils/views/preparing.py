"""Preparing a meeting: its agenda is built, published and begun with standing points; what is read beforehand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from councils.forms.agenda import PreReadForm
from councils.queries import meetings as queries
from councils.queries import pre_reads
from councils.services import agenda, gathering, planning, publishing
from councils.services import pre_reads as pre_read_services
from councils.views import items, said
from governance import pages
from governance.keys import whole
from governance.views import asker


@login_required
@require_POST
def bring_up_to_date(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask every source what belongs onto the agenda, and what has left it."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    gathered = gathering.bring_up_to_date(meeting=meeting, by=viewer, now=now)
    came, left, alone = len(gathered.came), len(gathered.left), len(gathered.alone)
    if not came and not left:
        told = [_("Nothing came and nothing left: the agenda is up to date.")]
    else:
        told = [
            ngettext("%(n)d matter came.", "%(n)d matters came.", came) % {"n": came},
            ngettext("%(n)d left: it is settled elsewhere.", "%(n)d left: they are settled elsewhere.", left)
            % {"n": left},
        ]
    if alone:
        told.append(
            ngettext(
                "%(n)d waits for somebody who may settle it without the council.",
                "%(n)d wait for somebody who may settle them without the council.",
                alone,
            )
            % {"n": alone}
        )
    messages.success(request, " ".join(told))
    return redirect("councils:meeting-detail", reference)


@login_required
@require_POST
def publish(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    publishing.publish(meeting=meeting, by=viewer, now=now, version=whole(request.POST.get("version", "")))
    messages.success(request, _("The agenda is published. Whoever is invited is told; what changes now is shown."))
    over = said.too_long(meeting, queries.agenda_of(meeting))
    if over:
        messages.warning(request, over)
    return redirect("councils:meeting-detail", reference)


@login_required
@require_POST
def standing_points(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the standing points of this kind of council onto the agenda."""
    now, viewer = timezone.now(), asker(request)
    meeting = queries.get(reference, viewer, now)
    made = planning.take_on_points(meeting=meeting, by=viewer, now=now)
    messages.success(request, said.points(len(made)))
    return redirect("councils:meeting-plan", reference)


@login_required
@require_POST
def set_back(request: HttpRequest, reference: str) -> HttpResponse:
    """What does not fit goes back to the backlog, and onto the meeting after."""
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    done = agenda.set_back(item=item, by=viewer, now=now, version=whole(request.POST.get("version", "")))
    messages.success(request, said.set_back(done))
    return redirect("councils:item-detail", reference)


@login_required
@require_POST
def attach(request: HttpRequest, reference: str) -> HttpResponse:
    """Attach what is to be read beforehand."""
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    form = PreReadForm(request.POST)

    def attached(given: dict[str, Any]) -> Any:
        return pre_read_services.attach(item=item, **given, by=viewer, now=now)

    made, status = pages.attempt(form, attached)
    if made is None:
        return items.show(request, item, viewer, now, status=status, pre_read_form=form)
    messages.success(request, _("It is attached."))
    return redirect("councils:item-detail", reference)


@login_required
@require_POST
def take_off(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take off what was to be read beforehand."""
    now, viewer = timezone.now(), asker(request)
    item = queries.item(reference, viewer, now)
    pre_read_services.take_off(pre_read=pre_reads.get(pk, item), by=viewer, now=now)
    return redirect("councils:item-detail", reference)
