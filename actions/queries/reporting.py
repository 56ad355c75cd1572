"""Where somebody may say how work stands: asked for many actions at once, answered by the table of verbs."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet

from actions.lifecycle import RUNNING
from actions.models import ActionItem
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
    return {action.pk for action in running if action.seat_id in mine or action.department_id in reported_for}


def owed_a_word(viewer: Person, now: datetime) -> QuerySet[ActionItem]:
    """Running work that ``viewer`` may report, what was not spoken of for longest first."""
    candidates = list(access.seats_of(viewer, now))
    mine = [seat for seat, who in answering(candidates, now).items() if who.person_id == viewer.pk]
    mine_to_say = Q(seat_id__in=mine) | Q(department_id__in=access.containers_of(viewer, now, access.REPORT))
    found: QuerySet[ActionItem] = ActionItem.objects.visible_to(viewer, now).filter(mine_to_say, state__in=RUNNING)
    return found.select_related("seat__subject").order_by(
        F("last_update_at").asc(nulls_first=True), F("promised").asc(nulls_last=True), "pk"
    )
