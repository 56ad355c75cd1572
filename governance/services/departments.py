"""Placing departments."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Conflict, Invalid, Stale
from governance.models import Calendar, Department, DepartmentAlias, DepartmentKind, Organisation, Person, SubjectKind
from governance.services import journal, subjects

CREATED = events.declare("governance.department.created", says=gettext_lazy("{by} added the department {subject}"))
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
