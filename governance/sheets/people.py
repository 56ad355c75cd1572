"""The sheet of people: what each row would do. Known by the key of ours where the sheet has it, else by e-mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.sheets.judging import Line, Plan, repeated
from governance.sheets.seating import Chart, Seating
from governance.sheets.tables import Column, Row, folded

LONGEST_NAME = 150

ID = Column("id", gettext_lazy("Number"), is_placed=False)
NAME = Column("name", gettext_lazy("Name"), ("full name", "person", "姓名", "名字", "名稱", "名称"), is_required=True)
EMAIL = Column(
    "email",
    gettext_lazy("E-mail"),
    ("mail", "email address", "e mail", "电子邮件", "邮箱", "電子郵件", "信箱"),
    is_required=True,
)
DEPARTMENT = Column(
    "department",
    gettext_lazy("Department"),
    ("unit", "team", "部门", "部門"),
    hint=gettext_lazy("its code or name"),
)
SEAT = Column(
    "seat",
    gettext_lazy("Seat"),
    ("title", "role", "position", "职位", "職位", "角色"),
    hint=gettext_lazy("head, champion or any title; a new one is founded, a vacant one is filled"),
)
ZONE = Column(
    "zone", gettext_lazy("Time zone"), ("timezone", "时区", "時區"), hint=gettext_lazy("such as Europe/Berlin")
)
LANGUAGE = Column("language", gettext_lazy("Language"), ("locale", "语言", "語言"), hint=gettext_lazy("such as en"))

COLUMNS = (NAME, EMAIL, DEPARTMENT, SEAT, ZONE, LANGUAGE, ID)


@dataclass(frozen=True, slots=True)
class Known:
    """A person as they stand."""

    pk: int
    name: str
    email: str
    zone: str
    language: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What rows of people are judged by: who is known, where they may sit, and what may be said."""

    people: Mapping[int, Known]
    chart: Chart
    zones: Iterable[str]
    languages: Mapping[str, str]
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row asks for, checked."""

    name: str
    email: str
    zone: str
    language: str
    seating: tuple[Seating, ...] = ()


def plan(rows: Sequence[Row], facts: Facts) -> Plan:
    """Judge every row by the facts; nothing here depends on the order of the rows but who is named first."""
    reader = _Reader(facts)
    lines = [reader.line(row) for row in rows]
    repeated(
        lines,
        "email",
        lambda line: line.said("email").casefold(),
        _("Line {line} has this address already. Leave one of the two out."),
    )
    facts.chart.settle(lines)
    return Plan(lines)


class _Reader:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.by_email = {person.email.casefold(): person for person in facts.people.values()}
        self.zones = {folded(zone): zone for zone in facts.zones}
        self.languages = {folded(word): code for code, word in facts.languages.items()}
        self.languages |= {folded(code): code for code in facts.languages}

    def line(self, row: Row) -> Line:
        line = Line(row)
        if row.fault:
            line.blame("", row.fault)
            return line
        person = self._person(line)
        name, email = self._name(line, person), self._email(line, person)
        zone, language = self._zone(line, person), self._language(line, person)
        seating = self.facts.chart.seats_of(line, person.pk if person else None)
        if person is not None:
            line.key = person.pk
            for column, was, becomes in (
                (NAME, person.name, name),
                (ZONE, person.zone, zone),
                (LANGUAGE, person.language, language),
            ):
                line.differ(column, was, becomes)
            for one in seating:
                line.changes.append(self.facts.chart.change(one))
        line.wish = Wish(name, email, zone, language, tuple(seating))
        return line

    def _person(self, line: Line) -> Known | None:
        said, email = line.said("id"), line.said("email").casefold()
        person = self.by_email.get(email)
        if said:
            person = self.facts.people.get(int(said)) if said.isdecimal() and len(said) < 19 else None
            if person is None:
                line.blame("id", _("Nobody here has this number. Leave the cell empty to add somebody new."))
            elif email and email != person.email.casefold():
                line.blame(
                    "email",
                    _("%(name)s is known as %(email)s. An address opens an account: no sheet changes it.")
                    % {"name": person.name, "email": person.email},
                )
        if person is not None and not person.is_active:
            line.blame("email", _("The access of %(name)s has ended. Leave this row out.") % {"name": person.name})
        return person

    @staticmethod
    def _name(line: Line, person: Known | None) -> str:
        name = line.said("name")
        if not name and person is not None and "name" not in line.row.cells:
            return person.name
        if not name:
            line.blame("name", _("Write the person's name."))
        elif len(name) > LONGEST_NAME:
            line.blame("name", _("A name has at most %(most)d letters.") % {"most": LONGEST_NAME})
        elif "\x00" in name:
            line.blame("name", _("This name holds a sign that cannot be stored. Write it again."))
        return name

    @staticmethod
    def _email(line: Line, person: Known | None) -> str:
        email = line.said("email").lower()
        if not email and person is not None:
            return person.email
        try:
            validate_email(email)
        except ValidationError:
            line.blame("email", _("Write an e-mail address like li@example.org."))
        return email

    def _zone(self, line: Line, person: Known | None) -> str:
        said = line.said("zone")
        if not said:
            return person.zone if person else self.facts.zone
        zone = self.zones.get(folded(said), "")
        if not zone:
            line.blame("zone", _("Write a time zone such as Europe/Berlin, or leave it empty."))
        return zone

    def _language(self, line: Line, person: Known | None) -> str:
        said = line.said("language")
        if not said:
            return person.language if person else self.facts.language
        language = self.languages.get(folded(said), "")
        if not language:
            known = ", ".join(self.facts.languages)
            line.blame("language", _("Write one of %(known)s, or leave it empty.") % {"known": known})
        return language
