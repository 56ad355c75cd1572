"""Who may be named in a charter as the voice of a department, and the names that its sentence is read with."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from governance import access
from governance.clauses import Representation, Rules
from governance.errors import Invalid
from governance.models import Department, Person, Seat, SeatKind, Subject, SubjectKind


def departments(viewer: Person | None, now: datetime) -> QuerySet[Subject]:
    """The departments that a charter can ask to be represented; without ``viewer`` all."""
    found = Subject.objects.filter(kind=SubjectKind.DEPARTMENT, archived_at=None)
    if viewer is not None:
        found = found.filter(pk__in=Department.objects.visible_to(viewer, now).values("pk"))
    return found.order_by("title", "pk")


def voices(viewer: Person | None, now: datetime) -> QuerySet[Subject]:
    """Whoever can be named as an exception: departments, seats that ``viewer`` may see, councils open to the CX lead.

    A charter is everybody's to read: a confidential council is never named in one.
    """
    seats = Seat.objects.all() if viewer is None else Seat.objects.visible_to(viewer, now)
    found = Subject.objects.filter(archived_at=None).filter(
        Q(pk__in=departments(viewer, now).values("pk"))
        | Q(pk__in=seats.filter(subject__audience__in=_of_everybody()).values("pk"))
        | Q(kind=SubjectKind.COUNCIL, pk__in=_open_bodies(now))
    )
    return found.order_by("kind", "title", "pk")


def _of_everybody() -> QuerySet[Any, Any]:
    """The audiences that hold the whole organisation."""
    roots = Department.objects.filter(parent=None)
    return Subject.objects.filter(pk__in=roots.values("pk")).values("in_audiences__audience")


def _open_bodies(now: datetime) -> set[int]:
    """The containers that the CX lead's seat opens by itself: whatever is confidential is closed to it."""
    kinds = [SeatKind.CX_LEAD, SeatKind.CORE_TEAM]
    return {
        pk
        for kind in access.CONTAINERS
        for pk in kind.grants.objects.filter(
            access.running(now), seat__kind__in=kinds, permission__codename=kind.view
        ).values_list("content_object_id", flat=True)
    }


def named(rules: Rules, viewer: Person | None, now: datetime) -> Rules:
    """The rules with today's names of whom they name. Raises :class:`Invalid` at the clause for what is not there."""
    asked = rules.represented.departments
    if not asked:
        return rules
    owed = {one.department for one in asked}
    by = {one.by for one in asked if one.by}
    titles = dict(departments(viewer, now).filter(reference__in=owed).values_list("reference", "title"))
    spoken = dict(voices(viewer, now).filter(reference__in=by).values_list("reference", "title"))
    unknown = sorted((owed - titles.keys()) | (by - spoken.keys()))
    if unknown:
        raise Invalid(
            _("There is no such department, seat or council, or none that you may name: %(names)s.")
            % {"names": ", ".join(unknown)},
            field="represented",
        )
    listed = tuple(
        Representation(one.department, titles[one.department], one.by, spoken.get(one.by, "")) for one in asked
    )
    return replace(rules, represented=replace(rules.represented, departments=listed))
