"""Executive sponsors: what they pledge, and what they may grant."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Invalid, Refused
from governance.models import ExecutiveSponsor, Person, Tenure
from governance.money import MOST
from governance.services import checkins, journal, seats

PLEDGED = events.declare("governance.sponsor.pledged", says=gettext_lazy("{by} set what {subject} pledges"))


def _require_raising_authority(sponsor: ExecutiveSponsor, by: Person, now: datetime) -> None:
    """What a sponsor may grant is given by somebody else; a pledge lowers it at most."""
    sits = Tenure.objects.at(now).filter(seat_id=sponsor.pk, person=by).exists()
    if sits or not seats.leads(sponsor.seat.kind, sponsor.seat.department, by, now):
        raise Refused(_("Nobody raises their own funding authority. Ask the CX lead or an administrator to."))


@transaction.atomic
def pledge(
    *,
    sponsor: ExecutiveSponsor,
    by: Person | None,
    now: datetime,
    response_days: int,
    attendance_pledge: int,
    checkins_a_quarter: int,
    funding_authority: int,
) -> ExecutiveSponsor:
    """Set what a sponsor pledges: the sponsor's own word, or the CX lead's at set-up. Check-ins follow at once."""
    if by is not None and not access.holds(by, sponsor.pk, now):
        seats.require_leading(sponsor.seat.kind, sponsor.seat.department, by, now)
    if not 0 <= attendance_pledge <= 100:
        raise Invalid(_("Attendance is a percentage: 0 to 100."), field="attendance_pledge")
    if not 0 <= funding_authority <= MOST:
        raise Invalid(_("An authority lies between nothing and ten billion."), field="funding_authority")
    if by is not None and funding_authority > sponsor.funding_authority:
        _require_raising_authority(sponsor, by, now)
    sponsor.response_days = response_days
    sponsor.attendance_pledge = attendance_pledge
    sponsor.checkins_a_quarter = checkins_a_quarter
    sponsor.funding_authority = funding_authority
    sponsor.save()
    checkins.keep_up(sponsor, now)
    journal.record(PLEDGED, subject=sponsor.seat.subject, by=by, now=now)
    return sponsor
