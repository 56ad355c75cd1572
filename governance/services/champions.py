"""Champions: endorsed by the head of their department."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import events
from governance.errors import Refused
from governance.models import Champion, Person, SeatKind, Tenure
from governance.services import journal

ENDORSED = events.declare("governance.champion.endorsed", says=gettext_lazy("{by} endorsed {subject}"))


@transaction.atomic
def endorse(*, champion: Champion, by: Person, now: datetime, term_ends_on: date | None = None) -> Champion:
    """The department head stands behind the champion. Raises :class:`Refused` for anybody else."""
    seat = champion.seat
    heads = Tenure.objects.at(now).filter(seat__kind=SeatKind.HEAD, seat__department_id=seat.department_id, person=by)
    if not heads.exists():
        raise Refused(_("Only the head of %(department)s endorses its champion.") % {"department": seat.department})
    champion.endorsed_by, champion.endorsed_at, champion.term_ends_on = by, now, term_ends_on
    champion.save(update_fields=["endorsed_by", "endorsed_at", "term_ends_on"])
    journal.record(ENDORSED, subject=seat.subject, by=by, now=now)
    return champion
