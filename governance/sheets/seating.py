"""Where a row of people wants somebody to sit: a seat by its reference, or a department and a word for the seat."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from governance.models import SeatKind
from governance.sheets.judging import Change, Line
from governance.sheets.tables import folded

LONGEST_TITLE = 300
OF_COUNCILS = frozenset({SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER})
ONE_A_DEPARTMENT = frozenset({SeatKind.HEAD, SeatKind.CHAMPION})
ONE_OF_ALL = frozenset({SeatKind.CX_LEAD})
OF_TRUST = frozenset({SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR})
WORDS = {
    "head of department": SeatKind.HEAD,
    "department head": SeatKind.HEAD,
    "head": SeatKind.HEAD,
    "champion": SeatKind.CHAMPION,
    "sponsor": SeatKind.CX_SPONSOR,
    "executive sponsor": SeatKind.CX_SPONSOR,
    "finance": SeatKind.FINANCE_PARTNER,
    "admin": SeatKind.ADMINISTRATOR,
}
_REFERENCE = re.compile(r"\s*(SEAT-\d+)\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A department that a row may name."""

    pk: int
    code: str
    name: str
    is_root: bool = False


@dataclass(frozen=True, slots=True)
class SeatFact:
    """A seat as it stands, with its holder."""

    pk: int
    reference: str
    title: str
    kind: str
    department: int
    holder: int | None = None
    holder_name: str = ""


@dataclass(frozen=True, slots=True)
class Seating:
    """One seat that a row takes: one that is there (``seat``), or a new one of this kind and title."""

    seat: int | None
    kind: str
    department: int
    title: str


@dataclass(slots=True)
class Chart:
    """The departments and seats that rows may name. ``asker`` sends the sheet: nobody makes themselves a sponsor."""

    places: Iterable[Place]
    seats: Mapping[int, SeatFact]
    asker: int
    _known: dict[str, Place] = field(default_factory=dict)
    _by_reference: dict[str, SeatFact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = {folded(place.name): place for place in self.places}
        self._known |= {place.code.casefold(): place for place in self.places}
        self._by_reference = {seat.reference: seat for seat in self.seats.values()}

    def place(self, word: str) -> Place | None:
        return self._known.get(word.casefold()) or self._known.get(folded(word))

    def seats_of(self, line: Line, person: int | None) -> list[Seating]:
        """What a row's seat and department ask for beyond what the person has; faults where they cannot be had."""
        word, department = line.said("seat"), line.said("department")
        place = self.place(department) if department else next((one for one in self.places if one.is_root), None)
        if department and place is None:
            line.blame(
                "department",
                _("There is no department “%(name)s”. Add it first, or write its code.") % {"name": department},
            )
            return []
        references = [found.group(1) for part in word.splitlines() if (found := _REFERENCE.match(part))]
        if references:
            wanted = [self._referred(line, reference) for reference in references]
        else:
            wanted = [self._named(line, word, place, person)] if word and place is not None else []
        free = [seat for seat in wanted if seat is not None and not self._is_taken(line, seat, person)]
        return [Seating(seat.pk or None, seat.kind, seat.department, seat.title) for seat in free]

    def change(self, seating: Seating) -> Change:
        return Change("seat", _("Seat"), "", seating.title)

    def settle(self, lines: Iterable[Line]) -> None:
        """Two rows cannot take one seat, nor found the same seat of which there is one."""
        taken: dict[tuple[object, ...], int] = {}
        for line in lines:
            for one in line.wish.seating if line.wish else ():
                key: tuple[object, ...] = ("seat", one.seat)
                if one.seat is None:
                    if one.kind not in ONE_A_DEPARTMENT | ONE_OF_ALL:
                        continue
                    key = (one.kind, one.department if one.kind in ONE_A_DEPARTMENT else None)
                if key in taken:
                    line.blame(
                        "seat",
                        _("Line %(line)d takes this seat already: it has one holder.") % {"line": taken[key]},
                    )
                else:
                    taken[key] = line.number

    def _referred(self, line: Line, reference: str) -> SeatFact | None:
        seat = self._by_reference.get(reference)
        if seat is None:
            line.blame("seat", _("There is no seat %(reference)s.") % {"reference": reference})
        return seat

    def _named(self, line: Line, word: str, place: Place, person: int | None) -> SeatFact | None:
        """The seat of that department that the word means: the person's own, a vacant one, else a new one (key 0)."""
        if len(word) > LONGEST_TITLE or "\n" in word or "\x00" in word:
            line.blame("seat", _("A seat's title is one line of at most %(most)d letters.") % {"most": LONGEST_TITLE})
            return None
        kind = kind_of(word)
        if kind in OF_COUNCILS:
            line.blame("seat", _("A council fills its own seats, on its page. Leave this cell empty."))
            return None
        alike = [
            seat
            for seat in self.seats.values()
            if seat.department == place.pk
            and seat.kind not in OF_COUNCILS
            and (folded(seat.title) == folded(word) or (kind is not None and seat.kind == kind))
        ]
        mine = [seat for seat in alike if person is not None and seat.holder == person]
        vacant = [seat for seat in alike if seat.holder is None]
        single = [seat for seat in alike if seat.kind in ONE_A_DEPARTMENT | ONE_OF_ALL]
        if kind in ONE_OF_ALL and not alike:
            single = [seat for seat in self.seats.values() if seat.kind == kind]
        found = next(iter(mine or vacant or single), None)
        if found is not None:
            return found
        title = f"{kind.label}, {place.name}" if kind is not None else word
        return SeatFact(0, "", title, kind or SeatKind.OTHER, place.pk)

    def _is_taken(self, line: Line, seat: SeatFact, person: int | None) -> bool:
        """Whether there is nothing to do: the person has it, or it cannot be had and the line says so."""
        if person is not None and seat.holder == person:
            return True
        if seat.kind in OF_COUNCILS:
            line.blame("seat", _("A council fills its own seats, on its page. Leave this cell empty."))
        elif seat.holder is not None:
            line.blame(
                "seat",
                _("%(name)s holds “%(title)s”. Leave the cell empty, or seat somebody else on the seat's page.")
                % {"name": seat.holder_name, "title": seat.title},
            )
        elif seat.kind in OF_TRUST and person == self.asker:
            line.blame("seat", _("Nobody seats themselves as a sponsor. Ask another administrator or the CX lead."))
        else:
            return False
        return True


def kind_of(word: str) -> SeatKind | None:
    """The kind of seat that a word names: its value, its label in the reader's language, or a usual short form."""
    said = folded(word)
    for kind in SeatKind:
        if kind != SeatKind.OTHER and said in (folded(kind.value), folded(str(kind.label))):
            return kind
    return WORDS.get(said)
