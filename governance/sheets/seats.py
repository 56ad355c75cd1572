"""The sheet of seats: where each is, what is expected of it, who holds it and who stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import SeatKind
from governance.sheets import seating
from governance.sheets.judging import Line, Plan, repeated
from governance.sheets.seating import Place, kind_of
from governance.sheets.tables import Column, Row, folded

MOST_MINUTES = 10_080

DEPARTMENT = Column(
    "department", gettext_lazy("Department"), ("部门", "部門"), is_required=True, hint=gettext_lazy("its code or name")
)
KIND = Column(
    "kind", gettext_lazy("Kind"), ("type", "类型", "類型"), hint=gettext_lazy("head, champion, finance partner, other…")
)
TITLE = Column("title", gettext_lazy("Title"), ("seat", "role", "position", "职位", "職位"))
HOLDER = Column("holder", gettext_lazy("Holder"), ("held by", "person"), hint=gettext_lazy("an e-mail address"))
DEPUTY = Column("deputy", gettext_lazy("Deputy"), hint=gettext_lazy("an e-mail address"))
CAPACITY = Column(
    "capacity_minutes", gettext_lazy("Minutes a week"), ("capacity", "capacity minutes", "minutes a week")
)
EXPECTATIONS = Column("expectations", gettext_lazy("What is expected of it"), ("expectation", "description"))
FILLED_BY = Column("filled_by", gettext_lazy("Filled by"), is_placed=False)
REFERENCE = Column("reference", gettext_lazy("Reference"), is_placed=False)

COLUMNS = (DEPARTMENT, KIND, TITLE, HOLDER, DEPUTY, CAPACITY, EXPECTATIONS, FILLED_BY, REFERENCE)


@dataclass(frozen=True, slots=True)
class Known:
    """A seat as it stands; people by their e-mail, "" for nobody."""

    pk: int
    reference: str
    title: str
    kind: str
    department: int
    capacity: int
    expectations: str
    filled_by: str = ""
    holder: str = ""
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What rows of seats are judged by. ``people`` are active, key by e-mail; ``asker`` is the e-mail of who sends."""

    seats: Mapping[int, Known]
    places: Sequence[Place]
    people: Mapping[str, int]
    asker: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row asks for, checked. ``None`` for a role leaves it as it is, "" empties it."""

    department: int
    kind: str
    title: str
    capacity: int
    expectations: str
    filled_by: str
    holder: str | None
    deputy: str | None


def plan(rows: Sequence[Row], facts: Facts) -> Plan:
    """Judge every row by the facts."""
    reader = _Reader(facts)
    lines = [reader.line(row) for row in rows]
    repeated(lines, "title", lambda line: line.key, _("Line {line} is about this seat already."))
    repeated(lines, "title", reader.new_key, _("Line {line} founds this seat already."))
    return Plan(lines)


class _Reader:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.by_reference = {seat.reference: seat for seat in facts.seats.values()}
        self.places = {place.pk: place for place in facts.places}
        self.by_word = {folded(place.name): place for place in facts.places}
        self.by_word |= {place.code.casefold(): place for place in facts.places}

    def line(self, row: Row) -> Line:
        line = Line(row)
        if row.fault:
            line.blame("", row.fault)
            return line
        reference = line.said("reference")
        seat = self.by_reference.get(reference)
        if reference and seat is None:
            says = _("There is no seat %(name)s. Leave the cell empty to found one.")
            line.blame("reference", says % {"name": reference})
            return line
        place = self._place(line, seat)
        if place is None:
            return line
        kind = self._kind(line, seat)
        seat = seat or self._alike(line, kind, place)
        self._stays(line, seat, kind, place)
        self._wish(line, seat, kind if seat is None else seat.kind, place)
        return line

    def new_key(self, line: Line) -> object:
        """What makes a new seat one of its kind: two rows cannot found it both."""
        if line.key is not None or line.wish is None:
            return None
        single = line.wish.kind in seating.ONE_A_DEPARTMENT | seating.ONE_OF_ALL
        return (line.wish.department, line.wish.kind, "" if single else folded(line.wish.title))

    def _place(self, line: Line, seat: Known | None) -> Place | None:
        said = line.said("department")
        if not said and seat is not None:
            return self.places.get(seat.department)
        place = self.by_word.get(said.casefold()) or self.by_word.get(folded(said))
        if place is None:
            line.blame("department", _("There is no department “%(name)s”. Add it first.") % {"name": said})
        return place

    @staticmethod
    def _kind(line: Line, seat: Known | None) -> str:
        said = line.said("kind")
        if not said:
            return seat.kind if seat is not None else SeatKind.OTHER
        kind = SeatKind.OTHER if said.casefold() in ("other", str(SeatKind.OTHER.label)) else kind_of(said)
        if kind is None:
            line.blame("kind", _("Write a kind such as head, champion or finance partner; else “other” with a title."))
        return kind or ""

    def _alike(self, line: Line, kind: str, place: Place) -> Known | None:
        """The seat that a row without a reference means."""
        title = folded(line.said("title"))
        for seat in self.facts.seats.values():
            if kind in seating.ONE_OF_ALL and seat.kind == kind:
                return seat
            if seat.department != place.pk or seat.kind in seating.OF_COUNCILS:
                continue
            if seat.kind == kind and (kind in seating.ONE_A_DEPARTMENT or not title or folded(seat.title) == title):
                return seat
            if title and folded(seat.title) == title and not line.said("kind"):
                return seat
        return None

    @staticmethod
    def _stays(line: Line, seat: Known | None, kind: str, place: Place) -> None:
        if seat is None and kind in seating.OF_COUNCILS:
            line.blame("kind", _("A council makes its own seats, on its page. Leave this row out."))
        if seat is not None and seat.department != place.pk:
            line.blame("department", _("A seat stays in its department. Found another one there."))
        if seat is not None and kind and seat.kind != kind:
            line.blame("kind", _("A seat stays of its kind. Found another one."))

    def _wish(self, line: Line, seat: Known | None, kind: str, place: Place) -> None:
        title, capacity = self._title(line, seat, kind, place), self._capacity(line, seat)
        expectations = line.said("expectations")
        filled_by = line.said("filled_by")
        if filled_by and filled_by not in self.by_reference:
            line.blame("filled_by", _("There is no seat %(name)s.") % {"name": filled_by})
        if seat is not None:
            line.key = seat.pk
            if "expectations" not in line.row.cells:
                expectations = seat.expectations
            if "filled_by" not in line.row.cells:
                filled_by = seat.filled_by
            for column, was, becomes in (
                (TITLE, seat.title, title),
                (CAPACITY, str(seat.capacity or ""), str(capacity or "")),
                (EXPECTATIONS, seat.expectations, expectations),
                (FILLED_BY, seat.filled_by, filled_by),
            ):
                line.differ(column, was, becomes)
        holder, deputy = self._roles(line, seat, kind)
        line.wish = Wish(place.pk, kind, title, capacity, expectations, filled_by, holder, deputy)
        if seat is not None and seat.kind in seating.OF_COUNCILS and line.changes:
            line.blame("title", _("A council keeps its own seats, on its page. Leave this row as it was."))

    @staticmethod
    def _title(line: Line, seat: Known | None, kind: str, place: Place) -> str:
        title = line.said("title")
        if len(title) > seating.LONGEST_TITLE or "\x00" in title:
            line.blame("title", _("A title has at most %(most)d letters.") % {"most": seating.LONGEST_TITLE})
        if title or seat is not None:
            return title or (seat.title if seat is not None else "")
        if kind == SeatKind.OTHER:
            line.blame("title", _("Write what this seat is called."))
        return f"{SeatKind(kind).label}, {place.name}" if kind else ""

    @staticmethod
    def _capacity(line: Line, seat: Known | None) -> int:
        said = line.said("capacity_minutes")
        if not said:
            return seat.capacity if seat is not None and "capacity_minutes" not in line.row.cells else 0
        if not said.isdecimal() or len(said) > 5 or int(said) > MOST_MINUTES:
            line.blame("capacity_minutes", _("Write whole minutes a week: 240 is half a day. A week has 10080."))
            return 0
        return int(said)

    def _roles(self, line: Line, seat: Known | None, kind: str) -> tuple[str | None, str | None]:
        """Who is to hold it and who to stand in, as far as that differs from what is."""
        stands = (seat.holder, seat.deputy) if seat is not None else ("", "")
        wanted: list[str | None] = []
        for column, was in zip((HOLDER, DEPUTY), stands, strict=True):
            email = line.said(column.name).casefold()
            if column.name not in line.row.cells or email == was.casefold():
                wanted.append(None)
                continue
            if email and email not in self.facts.people:
                line.blame(column.name, _("Nobody here has this address. Add them first, or leave the cell empty."))
            if seat is not None:
                line.differ(column, was, email)
            wanted.append(email)
        holder, deputy = ((new if new is not None else was.casefold()) for new, was in zip(wanted, stands, strict=True))
        if holder and holder == deputy:
            line.blame("deputy", _("Nobody deputises for themselves. Name somebody else, or nobody."))
        if kind in seating.OF_TRUST:
            self._trust(line, stands[0].casefold(), wanted)
        return wanted[0], wanted[1]

    def _trust(self, line: Line, holds: str, wanted: Sequence[str | None]) -> None:
        """A sponsor's seat opens what even administrators may not see."""
        if wanted[0] == self.facts.asker:
            line.blame("holder", _("Nobody seats themselves as a sponsor. Ask another administrator or the CX lead."))
        if wanted[1] is not None and (wanted[0] or (wanted[0] is None and holds not in ("", self.facts.asker))):
            line.blame("deputy", _("Sponsors name their own deputy. Leave this cell as it was."))
