"""Placing departments."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Conflict, Invalid, Stale
from governance.models import (
    Calendar,
    Department,
    DepartmentAlias,
    DepartmentKind,
    Organisation,
    Person,
    Subject,
    SubjectKind,
)
from governance.queries import sheets
from governance.services import journal, subjects
from governance.sheets.judging import Line, Outcome, Plan, Unfit
from governance.sheets.tables import Row

CREATED = events.declare("governance.department.created", says=gettext_lazy("{by} added the department {subject}"))
TAKEN_IN = events.declare(
    "governance.departments.taken_in",
    says=gettext_lazy("{by} added {added} departments from a sheet, and changed {changed}"),
)
PLACED = events.declare("governance.department.placed", says=gettext_lazy("{by} placed the department {subject}"))


def folded(name: str) -> str:
    """How a department's name is compared: lower case, single blanks."""
    return re.sub(r"\s+", " ", name).strip().casefold()


@transaction.atomic
def create(
    *,
    code: str,
    name: str,
    by: Person | None,
    now: datetime,
    parent: Department | None = None,
    kind: str = DepartmentKind.FUNCTION,
    calendar: Calendar | None = None,
    aliases: tuple[str, ...] = (),
    to_be_placed: bool = False,
    projects: bool = True,
) -> Department:
    """Add a department below ``parent`` (the root where none is said). Raises :class:`Invalid` at code or name.

    Needs the right to lead the parent. One that an import met and that waits ``to_be_placed`` is the import's to allow.
    Whoever adds many says ``projects=False`` and calls ``access.sync`` once, in the same transaction.
    """
    if parent is None:
        root_id = Organisation.objects.values_list("root_id", flat=True).first()
        parent = Department.objects.filter(pk=root_id).first()
    if by is not None and parent is not None and not to_be_placed:
        access.require(by, access.LEAD, parent, now)
    if not code.strip() or not name.strip():
        raise Invalid(_("A department needs a code and a name."), field="name")
    if Department.objects.filter(code__iexact=code.strip()).exists():
        raise Invalid(_("The code “%(code)s” is taken. Choose another.") % {"code": code}, field="code")
    subject = subjects.create(SubjectKind.DEPARTMENT, title=name.strip(), now=now)
    department = Department.objects.create(
        subject=subject,
        code=code.strip(),
        name=name.strip(),
        parent=parent,
        kind=kind,
        calendar=calendar,
        to_be_placed=to_be_placed,
    )
    for alias in aliases:
        DepartmentAlias.objects.get_or_create(name=folded(alias), defaults={"department": department})
    # The tree is the whole organisation's to know; what happens inside a department is its own audience's.
    root_id = Organisation.objects.values_list("root_id", flat=True).first()
    if root_id is not None:
        subjects.show_to(subject, [root_id])
    journal.record(CREATED, subject=subject, by=by, now=now, code=department.code)
    if projects:
        access.sync()
    return department


@transaction.atomic
def take_in(*, rows: Sequence[Row], by: Person, now: datetime, leave_out: bool = False) -> Plan:
    """Add, rename and move departments as a sheet says: all rows, or with ``leave_out`` those that are in order.

    Sent twice it does nothing the second time. One journal entry, one projection of grants. Raises :class:`Unfit` with
    the plan where rows need their sender.
    """
    Organisation.objects.select_for_update().get()  # of two sheets at once the second is judged by what the first did
    plan = sheets.judge_departments(rows, by, now)
    if plan.problems and not leave_out:
        raise Unfit(_("Some rows need you. Mend them, or leave them out."), plan)
    new, changed = _whole(plan.of(Outcome.NEW), plan), plan.of(Outcome.CHANGED)
    if not new and not changed:
        return plan
    root = Organisation.objects.values_list("root_id", flat=True).get()
    made = subjects.create_many(
        SubjectKind.DEPARTMENT, titles=[line.wish.name for line in new], now=now, audience=[root] if root else []
    )
    keys = {line.number: subject.pk for line, subject in zip(new, made, strict=True)}
    Department.objects.bulk_create(
        [
            Department(
                subject_id=keys[line.number],
                code=line.wish.code,
                name=line.wish.name,
                kind=line.wish.kind,
                parent_id=keys.get(line.wish.parent_line or 0) or line.wish.parent,
            )
            for line in new
        ],
        batch_size=500,
    )
    _amend(changed, keys)
    journal.record(TAKEN_IN, subject=root or made[0], by=by, now=now, added=len(new), changed=len(changed))
    access.sync()
    return replace(plan, made=tuple(keys.values()))


def _whole(new: Sequence[Line], plan: Plan) -> list[Line]:
    """The new rows without those that would lie below a row that is left out; those are then left out with it."""
    kept = {line.number for line in new}
    while True:
        hanging = [
            line for line in plan.lines if line.number in kept or line.outcome == Outcome.CHANGED
            if line.wish.parent_line is not None and line.wish.parent_line not in kept
        ]  # fmt: skip
        if not hanging:
            return [line for line in new if line.number in kept]
        for line in hanging:
            line.blame("parent", _("The row that it lies below needs you first."))
            kept.discard(line.number)


def _amend(changed: Sequence[Line], keys: dict[int, int]) -> None:
    """Rename and move what is there, in three statements."""
    known = (
        Department.objects.select_for_update(of=("self",))
        .select_related("subject")
        .in_bulk([line.key for line in changed])
    )
    for line in changed:
        department, wish = known[line.key or 0], line.wish
        parent = keys.get(wish.parent_line or 0) or wish.parent
        if parent != department.parent_id:
            department.to_be_placed = False
        department.code, department.name, department.kind, department.parent_id = (
            wish.code,
            wish.name,
            wish.kind,
            parent,
        )
        department.version += 1
        department.subject.title = wish.name
    Department.objects.bulk_update(
        known.values(), ["code", "name", "kind", "parent", "to_be_placed", "version"], batch_size=500
    )
    Subject.objects.bulk_update([one.subject for one in known.values()], ["title"], batch_size=500)


@transaction.atomic
def place(
    *, department: Department, parent: Department, by: Person, now: datetime, version: int | None = None
) -> Department:
    """Move a department below another. Raises :class:`Conflict` when that would make a circle."""
    access.require(by, access.LEAD, department, now)
    access.require(by, access.LEAD, parent, now)
    department = Department.objects.select_for_update().get(pk=department.pk)
    if version is not None and department.version != version:
        raise Stale(_("Somebody moved %(name)s meanwhile. Look again where it lies.") % {"name": department})
    above: Department | None = parent
    while above is not None:
        if above.pk == department.pk:
            raise Conflict(_("%(parent)s lies below %(name)s. Move it first.") % {"parent": parent, "name": department})
        above = above.parent
    department.parent = parent
    department.to_be_placed = False
    department.keep("parent", "to_be_placed")
    journal.record(PLACED, subject=department.subject, by=by, now=now, mentions=[("parent", parent.subject)])
    access.sync()
    return department
