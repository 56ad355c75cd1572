"""The sheet of departments: the tree as rows, each below the one that it names, wherever in the sheet that stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import DepartmentKind
from governance.sheets.judging import Line, Plan, repeated
from governance.sheets.tables import Column, Row, folded

LONGEST_CODE = 40
LONGEST_NAME = 150

CODE = Column(
    "code",
    gettext_lazy("Code"),
    ("short", "abbreviation", "代码", "代碼", "编号"),
    hint=gettext_lazy("short, as files of feedback write it; without one it is made of the name"),
)
NAME = Column("name", gettext_lazy("Name"), ("department", "unit", "名称", "名稱", "部门", "部門"), is_required=True)
PARENT = Column(
    "parent",
    gettext_lazy("Below"),
    ("parent department", "reports to", "上级", "上級"),
    hint=gettext_lazy("the code or name of the department above it; empty: the organisation itself"),
)
KIND = Column(
    "kind", gettext_lazy("Kind"), ("type", "类型", "類型"), hint=gettext_lazy("function, country, brand or site")
)
REFERENCE = Column("reference", gettext_lazy("Reference"), is_placed=False)

COLUMNS = (CODE, NAME, PARENT, KIND, REFERENCE)


_Node = tuple[str, int | None]
"""A department that is there, by its key, or one that a row brings, by its line."""


@dataclass(frozen=True, slots=True)
class Known:
    """A department as it stands."""

    pk: int
    reference: str
    code: str
    name: str
    kind: str
    parent: int | None


@dataclass(slots=True)
class Wish:
    """What a row asks for. It lies below ``parent``, or below what the row on line ``parent_line`` brings."""

    code: str
    name: str
    kind: str
    parent: int | None = None
    parent_line: int | None = None


def plan(rows: Sequence[Row], known: Mapping[int, Known], root: int) -> Plan:
    """Judge every row: rows may name each other in any order, but nothing may come to lie below itself."""
    reader = _Reader(known, root)
    lines = [reader.line(row) for row in rows]
    repeated(
        lines, "code", lambda line: line.wish and line.wish.code.casefold(), _("Line {line} has this code already.")
    )
    repeated(lines, "name", lambda line: line.key, _("Line {line} is about this department already."))
    reader.place(lines)
    return Plan(lines)


class _Reader:
    def __init__(self, known: Mapping[int, Known], root: int) -> None:
        self.known, self.root = known, root
        self.by_reference = {one.reference: one for one in known.values()}
        self.by_code = {one.code.casefold(): one for one in known.values()}
        self.by_name = {folded(one.name): one for one in known.values()}
        self.codes = set(self.by_code)
        self.kinds = {folded(word): kind.value for kind in DepartmentKind for word in (kind.value, str(kind.label))}

    def line(self, row: Row) -> Line:
        line = Line(row)
        if row.fault:
            line.blame("", row.fault)
            return line
        one = self._department(line)
        name, kind = self._name(line, one), self._kind(line, one)
        code = self._code(line, one, name)
        if one is not None:
            line.key = one.pk
            for column, was, becomes in ((CODE, one.code, code), (NAME, one.name, name), (KIND, one.kind, kind)):
                line.differ(column, was, becomes)
        line.wish = Wish(code, name, kind)
        return line

    def place(self, lines: Sequence[Line]) -> None:
        """Find what each row lies below, among what there is and among the rows themselves."""
        usable = [line for line in lines if line.wish is not None]
        by_word = {folded(line.wish.name): line for line in reversed(usable)}
        by_word |= {line.wish.code.casefold(): line for line in reversed(usable)}
        for line in usable:
            self._below(line, by_word)
        above = {one.pk: one.parent for one in self.known.values()}
        nodes: dict[_Node, _Node] = {("key", key): ("key", parent) for key, parent in above.items()}
        for line in usable:
            wish = line.wish
            parent = ("line", wish.parent_line) if wish.parent_line is not None else ("key", wish.parent)
            nodes[_node(line)] = parent
        for line in usable:
            if _circles(_node(line), nodes):
                line.blame("parent", _("It would come to lie below itself. Name another department, or none."))

    def _below(self, line: Line, by_word: Mapping[str, Line]) -> None:
        said, wish = line.said("parent"), line.wish
        one = self.known.get(line.key or 0)
        is_root = line.key == self.root
        if "parent" not in line.row.cells and one is not None:
            wish.parent = one.parent
            return
        if is_root:
            if said:
                line.blame("parent", _("The organisation itself lies below nothing. Leave this cell empty."))
            return
        other = by_word.get(said.casefold()) or by_word.get(folded(said)) if said else None
        found = self._found(said)
        if not said:
            wish.parent = self.root
        elif other is not None and other.key is None:
            wish.parent_line = other.number
        elif other is not None:
            wish.parent = other.key
        elif found is not None:
            wish.parent = found.pk
        else:
            line.blame(
                "parent",
                _("There is no department “%(name)s”, neither here nor in this sheet. Add a row for it.")
                % {"name": said},
            )
            return
        if one is not None:
            above = self.known.get(one.parent or 0)
            was = above.code if above is not None else ""
            becomes = other.wish.code if wish.parent_line is not None and other else self.known[wish.parent or 0].code
            line.differ(PARENT, was, becomes)

    def _department(self, line: Line) -> Known | None:
        reference, code, name = line.said("reference"), line.said("code"), line.said("name")
        if reference:
            found = self.by_reference.get(reference)
            if found is None:
                line.blame(
                    "reference",
                    _("There is no department %(name)s. Leave the cell empty to add one.") % {"name": reference},
                )
            return found
        return self.by_code.get(code.casefold()) if code else self._named(name, line.said("parent"))

    def _named(self, name: str, parent: str) -> Known | None:
        """The department of that name below that parent: two may have one name in two places."""
        alike = [one for one in self.known.values() if folded(one.name) == folded(name)]
        above = self._found(parent) if parent else None
        if parent:
            return next((one for one in alike if above is not None and one.parent == above.pk), None)
        return next((one for one in alike if one.parent == self.root or len(alike) == 1), None)

    def _found(self, word: str) -> Known | None:
        return self.by_code.get(word.casefold()) or self.by_name.get(folded(word))

    @staticmethod
    def _name(line: Line, one: Known | None) -> str:
        name = line.said("name")
        if not name and one is not None and "name" not in line.row.cells:
            return one.name
        if not name or "\x00" in name:
            line.blame("name", _("Write the department's name."))
        elif len(name) > LONGEST_NAME:
            line.blame("name", _("A name has at most %(most)d letters.") % {"most": LONGEST_NAME})
        return name

    def _code(self, line: Line, one: Known | None, name: str) -> str:
        code = line.said("code")
        if not code:
            code = one.code if one is not None else self._made_code(name)
        if len(code) > LONGEST_CODE or "\x00" in code:
            line.blame("code", _("A code has at most %(most)d letters.") % {"most": LONGEST_CODE})
        taken = self.by_code.get(code.casefold())
        if one is not None and taken is not None and taken.pk != one.pk:
            line.blame("code", _("%(name)s has this code. Choose another.") % {"name": taken.name})
        return code

    def _made_code(self, name: str) -> str:
        """A code of a name: its first letters in capitals, with a number where that is taken."""
        words = re.findall(r"\w+", name)
        base = ("".join(word[0] for word in words) if len(words) > 2 else "".join(words)[:4]).upper()[:8] or "D"
        code, number = base, 2
        while code.casefold() in self.codes:
            code, number = f"{base}{number}", number + 1
        self.codes.add(code.casefold())
        return code

    def _kind(self, line: Line, one: Known | None) -> str:
        said = line.said("kind")
        if not said:
            return one.kind if one is not None else DepartmentKind.FUNCTION
        kind = self.kinds.get(folded(said), "")
        if not kind:
            known = ", ".join(str(kind.label) for kind in DepartmentKind)
            line.blame("kind", _("Write one of %(known)s, or leave it empty.") % {"known": known})
        return kind


def _node(line: Line) -> _Node:
    return ("key", line.key) if line.key is not None else ("line", line.number)


def _circles(start: _Node, above: Mapping[_Node, _Node]) -> bool:
    seen: set[_Node] = set()
    node = start
    while node in above and node not in seen:
        seen.add(node)
        node = above[node]
    return node == start and node in seen
