"""Can it get stuck? The charters of councils tried against today's seats, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from councils.models import Council
from councils.queries import books
from councils.queries.councils import Sitting, sittings
from councils.queries.representing import hats_of
from governance.clauses import Rules
from governance.clauses.stuck import COMPOSE, PLEDGE, SEAT, Bench, Place, Problem, stuck
from governance.models import CharterVersion, Department, ExecutiveSponsor, Seat, SeatKind, Tenure, TenureRole
from governance.services.duties import default_rules


@dataclass(frozen=True, slots=True)
class Found:
    """One problem of one council, with the page on which it is mended."""

    problem: Problem
    url: str

    @property
    def clause(self) -> str:
        return self.problem.clause

    @property
    def key(self) -> str:
        return self.problem.key

    @property
    def sentence(self) -> str:
        return self.problem.sentence

    @property
    def remedy(self) -> str:
        return self.problem.remedy


@dataclass(frozen=True, slots=True)
class Tried:
    """A council whose rules were tried, and what was found."""

    council: Council
    version: CharterVersion
    problems: list[Found]


def tried(councils: Iterable[Council], now: datetime, version: CharterVersion | None = None) -> list[Tried]:
    """Each council's rules in force (or ``version``, which is to be) against its seats today."""
    listed = list(councils)
    found = benches(listed, now)
    rules = _in_force({council.charter_id for council in listed}, now) if version is None else {None: version}
    read: dict[int, Rules] = {}
    answers = []
    for council in listed:
        wording = version or rules.get(council.charter_id) or rules[None]
        if wording.pk not in read:
            read[wording.pk] = Rules.from_json(wording.rules)
        problems = stuck(read[wording.pk], found[council.pk])
        answers.append(
            Tried(
                council, wording, [Found(one, _mended_at(one, council, wording, found[council.pk])) for one in problems]
            )
        )
    return answers


def benches(councils: Collection[Council], now: datetime) -> dict[int, Bench]:
    """The seats around each council today."""
    sitting = sittings([council.pk for council in councils], now)
    sponsors = {
        one.pk: one
        for one in ExecutiveSponsor.objects.filter(pk__in={council.sponsor_id for council in councils}).select_related(
            "seat__subject"
        )
    }
    roots = Department.objects.filter(parent=None)
    officers = list(
        Seat.objects.filter(kind=SeatKind.CX_LEAD).select_related("subject")
        | Seat.objects.filter(kind=SeatKind.HEAD, department__in=roots).select_related("subject")
    )
    people = _people([*sponsors, *(seat.pk for seat in officers)], now)
    lead = next((_place(seat, people) for seat in officers if seat.kind == SeatKind.CX_LEAD), Place("", ""))
    head = next((_place(seat, people) for seat in officers if seat.kind == SeatKind.HEAD), None)
    seated = {
        person.pk
        for rows in sitting.values()
        for row in rows
        for person in (row.holder, row.deputy)
        if person is not None
    }
    hats = hats_of(seated, now)
    names: dict[int, str] = dict(Council.objects.values_list("pk", "name"))
    champions = dict(
        Seat.objects.filter(kind=SeatKind.CHAMPION).values_list("department__subject__reference", "subject__reference")
    )
    currency = books.currency()
    return {
        council.pk: Bench(
            reference=council.reference,
            name=council.name,
            places=tuple(_sat(row, hats) for row in sitting.get(council.pk, [])),
            sponsor=_place(sponsors[council.sponsor_id].seat, people),
            lead=lead,
            head=head,
            above="" if council.is_confidential or council.parent_id is None else names[council.parent_id],
            funding_authority=sponsors[council.sponsor_id].funding_authority,
            currency=currency,
            champions=champions,
        )
        for council in councils
    }


def _in_force(charters: Collection[int], now: datetime) -> dict[int | None, CharterVersion]:
    """The version in force of each charter; under None the programme's, which holds where there is none."""
    held: dict[int | None, CharterVersion] = {
        version.charter_id: version
        for version in CharterVersion.objects.filter(charter_id__in=charters, state="in_force").select_related(
            "charter__subject"
        )
        if not version.has_lapsed(now)
    }
    return {None: default_rules(), **held}


def _people(seats: Collection[int], now: datetime) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    tenures = Tenure.objects.at(now).filter(seat_id__in=seats, person__is_active=True)
    for seat, role, person in tenures.values_list("seat_id", "role", "person_id"):
        found[seat][role] = person
    return found


def _place(seat: Seat, people: dict[int, dict[str, int]]) -> Place:
    who = people.get(seat.pk, {})
    return Place(
        seat.reference,
        seat.title,
        kind=seat.kind,
        holder=who.get(TenureRole.HOLDER),
        deputy=who.get(TenureRole.DEPUTY),
    )


def _sat(row: Sitting, hats: dict[int, set[str]]) -> Place:
    people = [person for person in (row.holder, row.deputy) if person is not None]
    spoken = {reference for person in people for reference in hats.get(person.pk, set())}
    if row.represents is not None:
        spoken.add(row.represents.reference)
    return Place(
        row.seat.reference,
        row.seat.title,
        kind=row.seat.kind,
        votes=row.membership.votes,
        holder=row.holder.pk if row.holder else None,
        deputy=row.deputy.pk if row.deputy else None,
        speaks_for=frozenset(spoken),
    )


def _mended_at(problem: Problem, council: Council, version: CharterVersion, bench: Bench) -> str:
    """The page on which a problem is mended."""
    if problem.mend == COMPOSE:
        return reverse("councils:membership-add", args=[council.reference])
    if problem.mend == SEAT:
        if any(place.reference == problem.reference for place in bench.places):
            return reverse("councils:membership-seat", args=[council.reference, problem.reference])
        return reverse("governance:seat-detail", args=[problem.reference])
    if problem.mend == PLEDGE:
        return reverse("governance:sponsor-detail", args=[problem.reference])
    return reverse("governance:charter-version", args=[version.charter.reference, version.number])
