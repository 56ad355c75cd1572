"""Journeys, their steps in order, and who answers for each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from governance.errors import Absent
from governance.models import Journey, JourneyStep, Person, Seat
from governance.queries.seats import Standing, standings


@dataclass(frozen=True, slots=True)
class StepStanding:
    """One step, and how the seat that answers for it stands; without a seat nobody was ever named."""

    step: JourneyStep
    standing: Standing | None

    @property
    def is_unnamed(self) -> bool:
        return self.standing is None

    @property
    def is_hole(self) -> bool:
        return self.standing is None or self.standing.vacant_since is not None

    @property
    def is_deputised(self) -> bool:
        return self.standing is not None and self.standing.vacant_since is None and not self.standing.holder


@dataclass(frozen=True, slots=True)
class Path:
    """A journey with its steps in order, and how the seat that answers for the whole stands."""

    journey: Journey
    owner: Standing | None
    steps: Sequence[StepStanding]

    @property
    def holes(self) -> int:
        return sum(step.is_hole for step in self.steps)


def listed(viewer: Person, now: datetime) -> QuerySet[Journey]:
    """The journeys that ``viewer`` may see, by name."""
    found: QuerySet[Journey] = (
        Journey.objects.visible_to(viewer, now)
        .filter(subject__archived_at=None)
        .select_related("seat__subject")
        .order_by("subject__title", "pk")
    )
    return found


def one(reference: str, viewer: Person, now: datetime) -> Journey:
    """A journey by its reference. Raises :class:`Absent`."""
    found = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def steps_listed(viewer: Person, now: datetime) -> QuerySet[JourneyStep]:
    """The steps of all journeys, each journey's in order."""
    found: QuerySet[JourneyStep] = (
        JourneyStep.objects.visible_to(viewer, now)
        .filter(position__isnull=False)
        .select_related("journey__subject", "journey__seat", "seat__subject", "seat__department__subject")
        .order_by("journey_id", "position")
    )
    return found


def step(reference: str, viewer: Person, now: datetime) -> JourneyStep:
    """A step by its reference. Raises :class:`Absent`."""
    found = steps_listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def paths(journeys: Iterable[Journey], viewer: Person, now: datetime) -> list[Path]:
    """These journeys with their steps. Four statements, whatever their number."""
    wanted = list(journeys)
    steps = list(steps_listed(viewer, now).filter(journey__in=[journey.pk for journey in wanted]))
    seats = {step.seat_id: step.seat for step in steps if step.seat is not None}
    seats |= {journey.seat_id: journey.seat for journey in wanted if journey.seat is not None}
    stand = {one.seat.pk: one for one in standings(seats.values(), now)}
    of: dict[int, list[StepStanding]] = defaultdict(list)
    for step in steps:
        of[step.journey_id].append(StepStanding(step, stand.get(step.seat_id) if step.seat_id else None))
    return [
        Path(journey, stand.get(journey.seat_id) if journey.seat_id else None, of[journey.pk]) for journey in wanted
    ]


def seats_in(found: Iterable[Path]) -> list[Seat]:
    """The seats that answer for steps of these journeys."""
    return [step.standing.seat for path in found for step in path.steps if step.standing is not None]
