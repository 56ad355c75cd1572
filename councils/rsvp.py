"""Whether a seat comes to a meeting, answered from the invitation: one look, one press, and another mind afterwards."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.models import Coming, Meeting, MeetingState, Membership
from councils.services import coming
from governance import buttons
from governance.errors import Absent
from governance.models import Button

COMES, STAYS_AWAY = "comes", "stays_away"
PAGE = "councils/meetings/answer_by_mail.html"


def _asked(button: Button) -> tuple[Meeting, Membership]:
    """The planned meeting and the seat that answers. Raises :class:`Absent` where that is no longer wanted."""
    planned = Meeting.objects.filter(pk=button.subject_id, state=MeetingState.PLANNED)
    meeting = planned.select_related("subject", "council__subject").first()
    sits = Membership.objects.filter(seat_id=button.seat_id, ended_at=None).select_related("seat__subject")
    membership = sits.filter(council_id=meeting.council_id).first() if meeting is not None else None
    if meeting is None or membership is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return meeting, membership


def _shows(button: Button, _now: datetime) -> dict[str, Any]:
    meeting, membership = _asked(button)
    return {"meeting": meeting, "seat": membership.seat, "zone": button.person.zone}


def _comes(button: Button, _said: dict[str, Any], now: datetime) -> str:
    meeting, membership = _asked(button)
    coming.say(meeting=meeting, membership=membership, coming=Coming.YES, by=button.person, now=now)
    return _("You come to %(meeting)s.") % {"meeting": meeting.title}


def _stays_away(button: Button, _said: dict[str, Any], now: datetime) -> str:
    meeting, membership = _asked(button)
    coming.say(meeting=meeting, membership=membership, coming=Coming.NO, by=button.person, now=now)
    return _("You do not come to %(meeting)s. Nobody asks why.") % {"meeting": meeting.title}


buttons.declare(COMES, call=gettext_lazy("I come"), template=PAGE, shows=_shows, presses=_comes)
buttons.declare(STAYS_AWAY, call=gettext_lazy("I do not come"), template=PAGE, shows=_shows, presses=_stays_away)
