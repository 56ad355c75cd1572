"""Muting a thing, from its page, from the inbox or from the list of what is muted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.errors import Absent
from notifications import links
from notifications.queries.mutes import seen_by_reference
from notifications.services import mutes as service
from notifications.views.people import viewer_of

BACK = {"inbox": "notifications:inbox", "preferences": "notifications:preferences"}


@require_POST
@login_required
def mute(request: HttpRequest, reference: str) -> HttpResponse:
    """Hear no more news of a thing, or (``muted=no``) hear of it again."""
    now, viewer = timezone.now(), viewer_of(request)
    subject = seen_by_reference(viewer, reference, now)
    if subject is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if request.POST.get("muted") == "no":
        service.unmute(by=viewer, subject=subject)
        messages.success(request, _("You hear of it again: %(title)s.") % {"title": subject.title})
    else:
        service.mute(by=viewer, subject=subject, now=now)
        messages.success(request, _("Muted: %(title)s.") % {"title": subject.title})
    back = BACK.get(request.POST.get("back", ""))
    return redirect(back or links.path_of(subject.kind, subject.reference) or "notifications:preferences")
