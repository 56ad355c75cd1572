"""Giving what a seat answers for to another seat: journeys, steps of journeys, metrics and goals."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import events
from governance.errors import Conflict
from governance.models import Goal, Journey, JourneyStep, Metric, Person, Seat
from governance.queries.holdings import Holding
from governance.services import journal, subjects

HANDED_ON = events.declare(
    "governance.holding.handed_on", says=gettext_lazy("{by} handed {subject} on from {from} to {to}")
)


@transaction.atomic
def hand_on(*, seat: Seat, to: Mapping[int, Seat], by: Person, now: datetime) -> int:
    """Let other seats answer for things of ``seat``: key of the thing to seat. Returns how many changed hands.

    Whoever calls has judged who may. Raises :class:`Invalid` for a seat that not everybody may know of, and
    :class:`Conflict` where one of them is the seat's no more.
    """
    subjects.require_known_seats(
        to.values(), _("Everybody reads who answers for it. Choose a seat that everybody may know of."), field="to"
    )
    locked: list[Holding] = []
    for kind in (Journey, JourneyStep, Metric, Goal):
        mine = kind.objects.select_for_update(of=("self",)).filter(pk__in=list(to), seat=seat)
        locked += mine.select_related("subject").order_by("pk")
    if len(locked) != len(to):
        raise Conflict(_("Some of it has changed hands meanwhile. Look again what the seat holds."))
    for thing in locked:
        target = to[thing.pk]
        thing.seat = target
        if isinstance(thing, JourneyStep):
            thing.save(update_fields=["seat"])
            Journey.objects.filter(pk=thing.journey_id).update(version=F("version") + 1)
        else:
            thing.keep("seat")
        journal.record(
            HANDED_ON, subject=thing.subject, by=by, now=now, mentions=[("from", seat.pk), ("to", target.pk)]
        )
    return len(locked)
