"""For what the people at a meeting speak: their council seats' departments, and whatever else they hold."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from councils.queries.councils import Sitting
from governance.models import Person, SeatKind, Tenure


def voices_of(speaking: Collection[tuple[Sitting, Person]], now: datetime) -> list[set[str]]:
    """A voice for each seat that is taken: see :mod:`councils.representation`. One statement."""
    hats = hats_of({person.pk for _sitting, person in speaking}, now)
    return [
        hats[person.pk] | ({sitting.represents.reference} if sitting.represents is not None else set())
        for sitting, person in speaking
    ]


def hats_of(person_ids: Collection[int], now: datetime) -> dict[int, set[str]]:
    """What each person holds or deputises for, as references: seats, their councils, and departments as champion."""
    hats: dict[int, set[str]] = defaultdict(set)
    tenures = Tenure.objects.at(now).filter(person_id__in=person_ids)
    for person, seat, kind, department, council, ended in tenures.values_list(
        "person_id",
        "seat__subject__reference",
        "seat__kind",
        "seat__department__subject__reference",
        "seat__membership__council__subject__reference",
        "seat__membership__ended_at",
    ):
        hats[person].add(seat)
        if kind == SeatKind.CHAMPION:
            hats[person].add(department)
        if council and ended is None:
            hats[person].add(council)
    return hats
