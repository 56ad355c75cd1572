"""A calendar from elsewhere becomes the council's own: its events as meetings and series."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from councils import access as council_access
from councils.foreign import Taken
from councils.models import Council, Meeting, MeetingSeries, MeetingState
from councils.services import meetings, moving, series
from governance import access
from governance.errors import Invalid
from governance.models import Person


@transaction.atomic
def take_in(*, council: Council, taken: Sequence[Taken], by: Person, now: datetime) -> list[Meeting | MeetingSeries]:
    """Call each meeting and begin each series, with what was moved or called off of it. All or nothing.

    What was changed of a series further ahead than its meetings are called is not taken over.
    """
    access.require(by, council_access.PREPARE, council, now)
    if not taken:
        raise Invalid(_("Choose at least one of them."), field="chosen")
    made: list[Meeting | MeetingSeries] = []
    for one in taken:
        if one.rule is None:
            made.append(
                meetings.call(
                    council=council, starts_at=one.starts_at, lasts=one.lasts, place=one.place, by=by, now=now
                )
            )
            continue
        begun = series.begin(
            council=council, rule=one.rule, starts_on=one.starts_on, at=one.at, lasts=one.lasts, place=one.place,
            zone=one.zone, by=by, now=now,
        )  # fmt: skip
        _change(begun, one, by, now)
        made.append(begun)
    return made


def _change(begun: MeetingSeries, one: Taken, by: Person, now: datetime) -> None:
    why = _("So it stands in the calendar that was brought along.")
    planned = {meeting.slot: meeting for meeting in begun.meetings.filter(state=MeetingState.PLANNED)}
    for slot in one.without:
        if slot in planned:
            meetings.call_off(meeting=planned.pop(slot), reason=why, by=by, now=now)
    for slot, to in one.moved:
        if slot in planned and to != slot:
            moving.move(meeting=planned[slot], starts_at=to, reason=why, by=by, now=now)
