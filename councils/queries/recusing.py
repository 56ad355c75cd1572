"""Which seats of a council have to stand aside from a matter, as its charter says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from councils import matters
from councils.models import AgendaItem, Presence
from councils.queries.councils import Sitting
from councils.queries.meetings import Place
from councils.recusal import Concerned, Taken, must_stand_aside
from governance.clauses import Recusal
from governance.clauses.recusing import NOBODY
from governance.models import Person, Seat, Tenure


def required(
    item: AgendaItem, places: Sequence[Place], rule: Recusal, now: datetime, given: Collection[str] = ()
) -> dict[int, Place]:
    """By membership, the seats of ``places`` that are taken and have to stand aside. One statement beside the matter's.

    ``given`` are the references of the seats to which the motion gives work: it is their own matter, too.
    Whoever answers for a seat is its holder and its deputy: the interest does not go on holiday.
    """
    if rule.must == NOBODY:
        return {}
    concerned = _with(matters.concerned_by(item), given)
    here = {place.sitting.membership.pk: place for place in places if place.is_taken and place.person is not None}
    if not here or not (concerned.seats or concerned.departments):
        return {}
    people = {place.person.pk for place in here.values() if place.person is not None}
    seats: dict[int, set[int]] = defaultdict(set)
    departments: dict[int, set[int]] = defaultdict(set)
    held: Iterable[tuple[int, int, int, int | None]] = (
        Tenure.objects.at(now)
        .filter(person_id__in=people)
        .values_list("person_id", "seat_id", "seat__department_id", "seat__membership__council_id")
    )
    for person, seat, department, council in held:
        seats[person].add(seat)
        if council is None:  # a seat of a council speaks for whom it represents, not for where its calendar is kept
            departments[person].add(department)
    taken = [
        Taken(
            membership=key,
            answers_for=frozenset(seats[place.person.pk]),
            of_departments=frozenset({*departments[place.person.pk], *_spoken_for(place.sitting)}),
        )
        for key, place in here.items()
        if place.person is not None
    ]
    return {key: here[key] for key in sorted(must_stand_aside(taken, concerned, rule))}


def is_required(
    item: AgendaItem, sitting: Sitting, by: Person, rule: Recusal, now: datetime, given: Collection[str] = ()
) -> bool:
    """Whether somebody who takes a seat has to stand aside."""
    return bool(required(item, [Place(sitting, Presence.PRESENT, by, is_taken=True)], rule, now, given))


def _with(concerned: Concerned, given: Collection[str]) -> Concerned:
    """Whose matter it is with those to whom work is given."""
    if not given:
        return concerned
    pairs = list(Seat.objects.filter(subject__reference__in=given).values_list("pk", "department_id"))
    return Concerned(
        concerned.seats | {seat for seat, _unit in pairs}, concerned.departments | {unit for _seat, unit in pairs}
    )


def _spoken_for(sitting: Sitting) -> list[int]:
    return [sitting.membership.represents_id] if sitting.membership.represents_id is not None else []
