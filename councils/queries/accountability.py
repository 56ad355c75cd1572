"""The accountability chart: which body reports to which, who sponsors and chairs it; departments, heads, champions."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils.models import Council
from councils.queries import councils
from councils.queries.councils import Sitting
from governance.drawing import Leaf
from governance.links import path_of
from governance.models import Person
from governance.queries import departments, seats, sponsors
from governance.queries.departments import Branch
from governance.queries.seats import Standing


@dataclass(frozen=True, slots=True)
class Body:
    """One council in the chart. ``parent_id`` is empty too where the reader may not see the body above."""

    council: Council
    parent_id: int | None
    sponsor: Standing | None
    chair: Sitting | None
    seats: int
    vacant: int

    @property
    def is_hole(self) -> bool:
        return self.chair is None or self.chair.is_vacant


@dataclass(frozen=True, slots=True)
class Accountability:
    """The chart as one person may see it: councils by name, sponsors, and the departments as a tree in lines."""

    bodies: Sequence[Body]
    sponsors: Sequence[Standing]
    branches: Sequence[Branch]


def accountability(viewer: Person, now: datetime) -> Accountability:
    """The whole chart. The statements do not grow with it; confidential councils only for whoever belongs to them."""
    found = list(councils.listed(viewer, now).filter(subject__archived_at=None))
    seen = {council.pk for council in found}
    sits = councils.sittings(seen, now)
    sponsoring = seats.standings([sponsor.seat for sponsor in sponsors.listed(viewer, now)], now)
    by_seat = {one.seat.pk: one for one in sponsoring}
    return Accountability(
        bodies=[
            Body(
                council=council,
                parent_id=council.parent_id if council.parent_id in seen else None,
                sponsor=by_seat.get(council.sponsor_id),
                chair=next((one for one in sits.get(council.pk, []) if one.is_chair), None),
                seats=len(sits.get(council.pk, [])),
                vacant=sum(one.is_vacant for one in sits.get(council.pk, [])),
            )
            for council in found
        ],
        sponsors=sponsoring,
        branches=departments.tree(viewer, now),
    )


def forest_of_councils(chart: Accountability, below: str = "") -> list[Leaf]:
    """The councils as they report; with ``below`` (a reference) that council and what reports to it."""
    under: dict[int | None, list[Body]] = defaultdict(list)
    for body in chart.bodies:
        under[body.parent_id].append(body)
    roots = [body for body in chart.bodies if body.council.reference == below] or under[None]
    return [_council(body, under) for body in roots]


def _council(body: Body, under: dict[int | None, list[Body]]) -> Leaf:
    if body.chair is None or body.chair.is_vacant:
        chair = _("Nobody chairs it")
    else:
        person = body.chair.holder or body.chair.deputy
        chair = _("Chair: %(name)s") % {"name": person.name if person else ""}
    sizes = ngettext("%(count)s seat", "%(count)s seats", body.seats) % {"count": body.seats}
    if body.vacant:
        sizes = _("%(seats)s, %(vacant)s vacant") % {"seats": sizes, "vacant": body.vacant}
    lines = [chair, _who(_("Sponsor"), body.sponsor), sizes]
    return Leaf(
        key=body.council.pk,
        title=body.council.name,
        lines=lines,
        url=path_of(body.council.subject),
        is_hole=body.is_hole,
        is_closed=body.council.is_confidential,
        children=[_council(child, under) for child in under[body.council.pk]],
    )


def forest_of_sponsors(chart: Accountability) -> list[Leaf]:
    """The executive sponsors, each with the number of councils that the reader sees it sponsor."""
    sponsored = Counter(body.council.sponsor_id for body in chart.bodies)
    found = []
    for one in chart.sponsors:
        count = sponsored[one.seat.pk]
        councils_of = ngettext("%(count)s council", "%(count)s councils", count) % {"count": count}
        found.append(
            Leaf(
                key=one.seat.pk,
                title=one.shown or _("vacant"),
                lines=[one.seat.title, councils_of],
                url=reverse("governance:sponsor-detail", args=[one.seat.reference]),
                is_hole=one.vacant_since is not None,
            )
        )
    return found


def forest_of_departments(chart: Accountability, below: str = "") -> list[Leaf]:
    """The departments as they lie, each with head and champion; with ``below`` that one and what lies below it."""
    known = {branch.department.pk for branch in chart.branches}
    under: dict[int | None, list[Branch]] = defaultdict(list)
    for branch in chart.branches:
        parent = branch.department.parent_id
        under[parent if parent in known else None].append(branch)
    roots = [branch for branch in chart.branches if branch.department.reference == below] or under[None]
    return [_department(branch, under) for branch in roots]


def _department(branch: Branch, under: dict[int | None, list[Branch]]) -> Leaf:
    wants = branch.depth > 0 and not branch.department.is_waiting
    lines = []
    if wants or branch.head:
        lines.append(_who(_("Head"), branch.head))
    if wants or branch.champion:
        lines.append(_who(_("Champion"), branch.champion))
    holes = [one for one in (branch.head, branch.champion) if one is None or one.vacant_since is not None]
    return Leaf(
        key=branch.department.pk,
        title=branch.department.name,
        lines=lines,
        url=path_of(branch.department.subject),
        is_hole=wants and bool(holes),
        children=[_department(child, under) for child in under[branch.department.pk]],
    )


def _who(role: str, standing: Standing | None) -> str:
    if standing is None:
        return _("%(role)s: no seat yet") % {"role": role}
    return _("%(role)s: %(name)s") % {"role": role, "name": standing.shown or _("vacant")}
