"""How something climbed: the rungs that asked for help, whom, and what was answered. What a council reads of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from councils.models import AgendaItem
from governance import access
from governance.clauses import HELPERS, ONTO_AGENDA
from governance.models import Duty, Firing, HelpRequest, Person
from governance.models.subjects import seen_in_passing
from governance.queries.calendars import local_day


@dataclass(frozen=True, slots=True)
class Step:
    """A rung that fell, or help that a person asked for. ``seat`` is empty where the viewer may not know of it."""

    on: date
    target: str
    seat: str
    asked_by: str
    words: str
    answer: str
    said: str
    answered_by: str


def climbed(items: Iterable[int], viewer: Person, now: datetime) -> dict[int, list[Step]]:
    """For each agenda item what happened to what it is about before it came here, oldest first. Four statements."""
    listed = AgendaItem.objects.visible_to(viewer, now).filter(pk__in=list(items))
    about = {pk: subject for pk, subject in listed.values_list("pk", "about_id") if subject is not None}
    owed = Duty.objects.filter(seen_in_passing(viewer, now), subject_id__in=about.values()).values("pk")
    fallen = list(
        Firing.objects.filter(duty__in=owed, target__in=[*HELPERS, *ONTO_AGENDA])
        .select_related("duty__calendar")
        .order_by("fired_at", "pk")
    )
    asked = list(
        HelpRequest.objects.filter(duty__in=owed)
        .select_related("asked__subject", "by", "answered_by", "duty__calendar")
        .order_by("asked_at", "pk")
    )
    seen = access.visible_ids(viewer, {one.asked_id for one in asked}, now) if asked else set()
    by_rung = {(one.duty_id, one.turn, one.position): one for one in asked if one.position is not None}
    steps: dict[int, list[tuple[datetime, Step]]] = defaultdict(list)
    for rung in fallen:
        request = by_rung.get((rung.duty_id, rung.turn, rung.position))
        day = local_day(rung.duty.calendar, rung.fired_at)
        steps[rung.duty.subject_id].append((rung.fired_at, _step(day, rung.target, request, seen)))
    for request in asked:
        if request.position is None:
            day = local_day(request.duty.calendar, request.asked_at)
            steps[request.duty.subject_id].append((request.asked_at, _step(day, "person", request, seen)))
    return {
        item: [step for _at, step in sorted(steps[subject], key=lambda pair: pair[0])]
        for item, subject in about.items()
        if subject in steps
    }


def _step(day: date, target: str, request: HelpRequest | None, seen: set[int]) -> Step:
    if request is None:
        return Step(day, target, "", "", "", "", "", "")
    return Step(
        on=day,
        target=target,
        seat=request.asked.subject.title if request.asked_id in seen else "",
        asked_by=request.by.name if request.by is not None else "",
        words=request.words,
        answer=str(request.get_answer_display()) if request.answer else "",
        said=request.said,
        answered_by=request.answered_by.name if request.answered_by is not None else "",
    )
