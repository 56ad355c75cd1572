"""Files that show what was done, given out to whoever may see the action; and slips of the hand, taken back."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions import shown_files
from actions.models import ActionItem, Evidence, Update
from actions.queries import items as queries
from actions.services import parts, slips
from governance.errors import Absent, Conflict
from governance.models import Person
from governance.views import asker


@login_required
def file(request: HttpRequest, key: int) -> HttpResponse:
    """The file, to be saved: never shown in place, under a type of ours, to whoever sees its action now."""
    now, viewer = timezone.now(), asker(request)
    return given_out(found(key, viewer, now))


def found(key: int, viewer: Person, now: datetime) -> Evidence:
    """Evidence with a file, of an action that ``viewer`` may see. Raises :class:`Absent`."""
    seen = ActionItem.objects.visible_to(viewer, now).values("pk")
    evidence: Evidence | None = (
        Evidence.objects.filter(pk=key, action__in=seen, taken_back_at=None).exclude(file_key="").first()
    )
    if evidence is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return evidence


def given_out(evidence: Evidence) -> HttpResponse:
    try:
        content = shown_files.path_of(evidence.file_key).read_bytes()
    except FileNotFoundError as error:
        raise Absent(_("There is nothing here, or nothing that you may see.")) from error
    answer = HttpResponse(content, content_type=shown_files.type_of(evidence.file_name))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = str(content_disposition_header(True, evidence.file_name))
    return answer


@require_POST
@login_required
def take_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back an update or a piece of evidence that one just gave."""
    now, viewer = timezone.now(), asker(request)
    action = queries.get(reference, viewer, now)
    what, key = request.POST.get("what", ""), request.POST.get("key", "")
    try:
        _take_back(action, what, int(key) if key.isdecimal() and len(key) < 19 else 0, viewer, now)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. The history keeps both."))
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("actions:item-detail", reference)


def _take_back(action: ActionItem, what: str, key: int, viewer: Person, now: datetime) -> None:
    if what == "update" and (update := Update.objects.filter(pk=key, action=action).first()):
        slips.take_back_update(update=update, by=viewer, now=now)
    elif what == "evidence" and (evidence := Evidence.objects.filter(pk=key, action=action).first()):
        slips.take_back_evidence(evidence=evidence, by=viewer, now=now)
    elif what == "milestone":
        parts.take_back_milestone(action=action, milestone=key, by=viewer, now=now)
    else:
        raise Absent(_("There is nothing here, or nothing that you may see."))
