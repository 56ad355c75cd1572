"""Where somebody may say how work stands: asked for many actions at once, answered by the table of verbs."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet

from actions.lifecycle import RUNNING
from actions.models import ActionItem, Doer
from governance import access
from governance.models import Person
from governance.queries.seats import answering


def reportable(actions: Iterable[ActionItem], viewer: Person, now: datetime) -> set[int]:
    """Ids of those of these actions whose health ``viewer`` may report. Statements do not grow with their number."""
    running = [action for action in actions if action.state in RUNNING]
    if not running:
        return set()
    standing = answering({action.seat_id for action in running}, now)
    mine = {seat for seat, who in standing.items() if who.person_id == viewer.pk}
    reported_for = access.containers_of(viewer, now, access.REPORT)
    done = worked_on(viewer, now, among=[action.pk for action in running])
    return {
        action.pk
        for action in running
        if action.seat_id in mine or action.department_id in reported_for or action.pk in done
    }


def worked_on(viewer: Person, now: datetime, among: Iterable[int] | None = None) -> set[int]:
    """Ids of the actions on which ``viewer`` works, as a person or for a seat."""
    doers = Doer.objects.filter(ended_at=None)
    if among is not None:
        doers = doers.filter(action_id__in=list(among))
    rows = list(
        doers.filter(Q(person=viewer) | Q(seat_id__in=access.seats_of(viewer, now))).values_list(
            "action_id", "seat_id", "person_id"
        )
    )
    standing = answering({seat for _action, seat, _person in rows if seat}, now)
    mine = {seat for seat, who in standing.items() if who.person_id == viewer.pk}
    return {action for action, seat, person in rows if person == viewer.pk or seat in mine}


def owed_a_word(viewer: Person, now: datetime) -> QuerySet[ActionItem]:
    """Running work that ``viewer`` may report, what was not spoken of for longest first."""
    candidates = list(access.seats_of(viewer, now))
    mine = [seat for seat, who in answering(candidates, now).items() if who.person_id == viewer.pk]
    mine_to_say = Q(seat_id__in=mine) | Q(department_id__in=access.containers_of(viewer, now, access.REPORT))
    mine_to_say |= Q(pk__in=worked_on(viewer, now))
    found: QuerySet[ActionItem] = ActionItem.objects.visible_to(viewer, now).filter(mine_to_say, state__in=RUNNING)
    return found.select_related("seat__subject").order_by(
        F("last_update_at").asc(nulls_first=True), F("promised").asc(nulls_last=True), "pk"
    )
