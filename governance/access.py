"""Who may see and do what: the one gateway between facts (seats, tenures, memberships) and permissions.

Grants are a projection of facts. Each app that has containers registers them with a provider that derives the grants
from tenures; ``sync`` makes the stored rows equal to what the providers say. Reading goes through ``may``,
``require`` and ``visibility`` alone: guardian's own checks let superusers and inactive people pass.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from governance.errors import Absent, Refused
from governance.models import (
    ORGANISATION_WIDE,
    Audience,
    AudienceContainer,
    Department,
    DepartmentGrant,
    Duty,
    Organisation,
    Person,
    Seat,
    SeatKind,
    Subject,
    Tenure,
)
from governance.models.subjects import declare_visibility
from governance.queries.seats import answering


@dataclass(frozen=True, slots=True)
class Fact:
    """One tenure of an active person, as the providers read it."""

    tenure_id: int
    person_id: int
    seat_id: int
    kind: str
    department_id: int
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission of one person on one container, from one fact (or, without a tenure, from belonging)."""

    person_id: int
    codename: str
    container_id: int
    tenure_id: int | None = None
    seat_id: int | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None

    @classmethod
    def of(cls, fact: Fact, codename: str, container_id: int) -> "Grant":
        return cls(fact.person_id, codename, container_id, fact.tenure_id, fact.seat_id, fact.from_at, fact.until_at)


Provider = Callable[[list[Fact], list[int]], Iterable[Grant]]

StandsIn = Callable[[Person, str, datetime, int | None], set[int]]
"""(person, codename, now, one container or all) -> containers in which the person may do it in somebody's place.

Asked when it is read, never stored: who stands in depends on who is away today, and that is written nowhere.
"""


@dataclass(frozen=True, slots=True)
class Container:
    model: type[models.Model]
    grants: type[Any]
    view: str
    provider: Provider
    stands_in: StandsIn | None = None


CONTAINERS: list[Container] = []


def register_container(
    model: type[models.Model], grants: type[Any], provider: Provider, stands_in: StandsIn | None = None
) -> None:
    """Declare a container: its model, its grant model, how grants follow from tenures, and who stands in for whom."""
    CONTAINERS.append(Container(model, grants, f"view_{model._meta.model_name}", provider, stands_in))


# --- reading -------------------------------------------------------------------------------------------------------


def running(now: datetime) -> Q:
    """Grants that run at ``now``."""
    return (Q(from_at=None) | Q(from_at__lte=now)) & (Q(until_at=None) | Q(until_at__gt=now))


def containers_of(viewer: Person, now: datetime, codename: str = "") -> set[int]:
    """Subject ids of the containers that ``viewer`` may see (or, with ``codename``, may do that in)."""
    found: set[int] = set()
    for container in CONTAINERS:
        if not codename or codename.endswith(f"_{container.model._meta.model_name}"):
            found.update(
                container.grants.objects.filter(
                    running(now),
                    user_id=viewer.pk,
                    user__is_active=True,
                    permission__codename=codename or container.view,
                ).values_list("content_object_id", flat=True)
            )
            if container.stands_in is not None and viewer.is_active:
                found |= container.stands_in(viewer, codename or container.view, now, None)
    return found


@dataclass(frozen=True, slots=True)
class Together:
    """Several readers as one viewer, who sees what each of them may see: these audiences, and what no seat holds.

    What one of them sees because a seat of theirs holds it is left out: the others may not see it.
    """

    audiences: frozenset[int]
    zone: str
    pk: int = 0
    is_active: bool = True

    @property
    def viewer(self) -> Person:
        """As queries take it. They ask a viewer for what ``visibility`` asks, and for the zone; nobody is greeted."""
        return cast(Person, self)


def together(people: Collection[int], now: datetime, *, zone: str) -> Together:
    """These people as one viewer: each audience of which every one of them belongs to some container.

    Two statements, and one for each kind of container. Raises ValueError for nobody: nobody would see everything.
    """
    readers = set(people)
    if not readers:
        raise ValueError("nobody reads together")
    admitted: dict[int, set[int]] = defaultdict(set)
    for container in CONTAINERS:
        grants = container.grants.objects.filter(
            running(now), user_id__in=readers, user__is_active=True, permission__codename=container.view
        )
        for reader, key in grants.order_by().values_list("user_id", "content_object_id"):
            admitted[key].add(reader)
    belongs: dict[int, set[int]] = defaultdict(set)
    held = AudienceContainer.objects.filter(container_id__in=admitted)
    for audience, key in held.order_by().values_list("audience_id", "container_id"):
        belongs[audience] |= admitted[key]
    return Together(frozenset(audience for audience, who in belongs.items() if who == readers), zone)


def audiences_of(viewer: Person, now: datetime) -> "models.QuerySet[Any]":
    """Ids of the audiences that hold one of the viewer's containers: a subquery."""
    if isinstance(viewer, Together):
        return Audience.objects.filter(pk__in=viewer.audiences).order_by().values("pk")
    first, *rest = [
        container.grants.objects.filter(running(now), user_id=viewer.pk, permission__codename=container.view)
        .order_by()
        .values("content_object_id")
        for container in CONTAINERS
    ]
    # A union of few ids, not an OR of subqueries: PostgreSQL takes an OR for most of the rows and reads all there is.
    return AudienceContainer.objects.filter(container_id__in=first.union(*rest, all=True)).values("audience_id")


def seats_of(viewer: Person, now: datetime) -> "models.QuerySet[Any]":
    """Ids of the seats that ``viewer`` holds or deputises for at ``now``: a subquery. Together, nobody holds any."""
    return Tenure.objects.at(now).filter(person_id=viewer.pk, person__is_active=True).values_list("seat_id", flat=True)


def visibility(viewer: Person, now: datetime, seat_path: str = "", model: type[models.Model] | None = None) -> Q:
    """The condition on a row with a ``subject``: its audience holds one of my containers, or my seats hold it.

    A union, so that each part is found by its own index: with an OR over two tables both engines read the whole list.
    ``seat_path`` leads from a row of ``model`` to the seat that it belongs to.
    """
    if not viewer.is_active:
        return Q(pk__in=[])
    mine = seats_of(viewer, now)
    parts: list[models.QuerySet[Any, Any]] = [
        Duty.objects.filter(closed_at=None, seat_id__in=mine).values("subject_id")
    ]
    if seat_path and model is not None:
        parts.append(model._base_manager.filter(**{f"{seat_path}__in": mine}).order_by().values("subject_id"))
    by_audience = Subject.objects.filter(audience_id__in=audiences_of(viewer, now)).values("pk")
    return Q(subject_id__in=by_audience.union(*parts, all=True))


def visibility_in_passing(viewer: Person, now: datetime, seat_path: str = "", path: str = "") -> Q:
    """The same condition as :func:`visibility`, for rows that are read anyway: each is asked for its own audience.

    ``seat_path`` leads from a row to the seat that it belongs to; ``path`` to what has the subject, where that is not
    the row itself (``message__``). Where rows are few by another condition, or where most of a table is counted, a
    list of all that may be seen costs more than the rows.
    """
    if not viewer.is_active:
        return Q(pk__in=[])
    mine = seats_of(viewer, now)
    found = Q(**{f"{path}subject__audience_id__in": audiences_of(viewer, now)})
    owed = Duty.objects.filter(closed_at=None, seat_id__in=mine).values("subject_id")
    found |= Q(**{f"{path}subject_id__in": owed})
    return found | Q(**{f"{path}{seat_path}__in": mine}) if seat_path else found


declare_visibility(visibility, visibility_in_passing)


def may_see(viewer: Person, subject_id: int, now: datetime) -> bool:
    """Whether ``viewer`` may see one subject."""
    return subject_id in visible_ids(viewer, [subject_id], now)


def visible_ids(viewer: Person, subject_ids: Iterable[int], now: datetime) -> set[int]:
    """Which of these subjects ``viewer`` may see, in one statement."""
    return set(subjects_seen(viewer, now).filter(pk__in=list(subject_ids)).values_list("pk", flat=True))


def subjects_seen(viewer: Person, now: datetime) -> "models.QuerySet[Subject]":
    """Every subject that ``viewer`` may see, whatever its kind."""
    return Subject.objects.filter(subject_seen(viewer, now))


def subject_seen(viewer: Person, now: datetime, path: str = "") -> Q:
    """The condition that ``viewer`` may see the subject to which ``path`` leads (``seat__subject__``), of any kind."""
    if not viewer.is_active:
        return Q(pk__in=[])
    mine = seats_of(viewer, now)
    owed = Duty.objects.filter(closed_at=None, seat_id__in=mine).values("subject_id")
    own = owed.union(Seat.objects.filter(pk__in=mine).values("pk"), all=True)
    return Q(**{f"{path}audience_id__in": audiences_of(viewer, now)}) | Q(**{f"{path}pk__in": own})


def may(person: Person, codename: str, container: models.Model, now: datetime) -> bool:
    """Whether ``person`` holds the permission on this very container now. Permission on another one says nothing."""
    if not person.is_active:
        return False
    kind = next(kind for kind in CONTAINERS if isinstance(container, kind.model))
    granted: bool = kind.grants.objects.filter(
        running(now),
        user_id=person.pk,
        user__is_active=True,
        permission__codename=codename,
        content_object_id=container.pk,
    ).exists()
    if granted or kind.stands_in is None:
        return granted
    return container.pk in kind.stands_in(person, codename, now, container.pk)


def require(person: Person, codename: str, container: models.Model, now: datetime) -> None:
    """Pass, or raise: :class:`Absent` when the container may not be seen, :class:`Refused` when it may."""
    if may(person, codename, container, now):
        return
    view = next(kind.view for kind in CONTAINERS if isinstance(container, kind.model))
    # A department is the whole organisation's to know of, though few may look inside: seen, so refused with the reason.
    if not may(person, view, container, now) and not may_see(person, container.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    raise Refused(
        _("You may see %(container)s, but this needs a seat that may do it there. Ask its chair or the CX lead.")
        % {"container": container}
    )


def holds(person: Person, seat_id: int, now: datetime) -> bool:
    """Whether ``person`` answers for the seat now: its holder, or its deputy while the holder is away or missing."""
    who = answering([seat_id], now).get(seat_id)
    return who is not None and who.person_id == person.pk and person.is_active


# --- writing: the projection ---------------------------------------------------------------------------------------


def facts(people: Collection[int] | None = None) -> list[Fact]:
    """Every tenure of an active person, or of those among ``people``."""
    rows = Tenure.objects.filter(person__is_active=True)
    return [
        Fact(*row)
        for row in (rows if people is None else rows.filter(person_id__in=people))
        .order_by("pk")
        .values_list("pk", "person_id", "seat_id", "seat__kind", "seat__department_id", "from_at", "until_at")
    ]


def expected(container: Container, people: Collection[int] | None = None) -> set[Grant]:
    """The grants that follow from the facts: of ``people``, or of everybody."""
    found = Person.objects.filter(is_active=True)
    active = list((found if people is None else found.filter(pk__in=people)).values_list("pk", flat=True))
    return set(container.provider(facts(people), active))


def stored(container: Container, people: Collection[int] | None = None) -> dict[Grant, int]:
    rows = container.grants.objects.all()
    return {
        Grant(*row[1:]): row[0]
        for row in (rows if people is None else rows.filter(user_id__in=people)).values_list(
            "pk",
            "user_id",
            "permission__codename",
            "content_object_id",
            "tenure_id",
            "seat_id",
            "from_at",
            "until_at",
        )
    }


@transaction.atomic
def sync(people: Collection[int] | None = None) -> tuple[int, int]:
    """Make the stored grants equal to the facts. Returns how many were ``(added, removed)``.

    Where a fact concerns certain ``people`` alone, only theirs are compared.
    """
    added = removed = 0
    for container in CONTAINERS:
        want, have = expected(container, people), stored(container, people)
        gone = [key for grant, key in have.items() if grant not in want]
        missing = sorted(want - have.keys(), key=repr)
        permissions = dict(
            Permission.objects.filter(
                content_type__app_label=container.model._meta.app_label,
                content_type__model=container.model._meta.model_name,
            ).values_list("codename", "pk")
        )
        container.grants.objects.filter(pk__in=gone).delete()
        container.grants.objects.bulk_create(
            [
                container.grants(
                    user_id=grant.person_id,
                    permission_id=permissions[grant.codename],
                    content_object_id=grant.container_id,
                    tenure_id=grant.tenure_id,
                    seat_id=grant.seat_id,
                    from_at=grant.from_at,
                    until_at=grant.until_at,
                )
                for grant in missing
            ],
            batch_size=500,
        )
        added, removed = added + len(missing), removed + len(gone)
    return added, removed


def differences() -> list[str]:
    """What ``sync`` would change, in words; empty when grants equal facts."""
    lines: list[str] = []
    for container in CONTAINERS:
        want, have = expected(container), stored(container)
        lines += [f"missing: {grant}" for grant in sorted(want - have.keys(), key=repr)]
        lines += [f"surplus: {grant}" for grant in sorted(have.keys() - want, key=repr)]
    return lines


# --- departments ---------------------------------------------------------------------------------------------------

VIEW, TRIAGE, ANSWER, REPORT, LEAD = (
    "view_department",
    "triage_department",
    "answer_department",
    "report_department",
    "lead_department",
)


def department_grants(tenures: list[Fact], active: list[int]) -> Iterable[Grant]:
    """What follows from sitting in a department.

    Everybody sees what is the whole organisation's (the root). A seat sees its department; a head also what lies
    below and leads it; a champion answers and reports; organisation-wide seats see every department, the CX lead and
    the core team triage, the CX lead and administrators place people.
    """
    tree = dict(Department.objects.values_list("pk", "parent_id"))
    root = Organisation.objects.values_list("root_id", flat=True).first()
    if root is not None:
        yield from (Grant(person, VIEW, root) for person in active)
    below: dict[int, list[int]] = {}
    for department in tree:
        above: int | None = department
        while above is not None:
            below.setdefault(above, []).append(department)
            above = tree[above]
    for fact in tenures:
        yield Grant.of(fact, VIEW, fact.department_id)
        if fact.kind in ORGANISATION_WIDE:
            yield from (Grant.of(fact, VIEW, department) for department in tree)
        if fact.kind in (SeatKind.CX_LEAD, SeatKind.CORE_TEAM):
            yield from (Grant.of(fact, TRIAGE, department) for department in tree)
        if fact.kind in (SeatKind.CX_LEAD, SeatKind.ADMINISTRATOR):
            yield from (Grant.of(fact, LEAD, department) for department in tree)
        if fact.kind == SeatKind.HEAD:
            for department in below[fact.department_id]:
                yield from (Grant.of(fact, codename, department) for codename in (VIEW, LEAD, ANSWER, TRIAGE))
        if fact.kind == SeatKind.CHAMPION:
            yield from (Grant.of(fact, codename, fact.department_id) for codename in (ANSWER, REPORT))


register_container(Department, DepartmentGrant, department_grants)
