"""Making subjects and interning their audiences."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from governance.errors import Conflict, Invalid
from governance.models import Audience, AudienceContainer, Organisation, Seat, Subject
from governance.models.subjects import PREFIXES, next_number


def audience_of(containers: Iterable[int]) -> Audience:
    """The audience of these containers (subject ids of departments and councils), made if nobody had it before."""
    members = sorted(set(containers))
    if not members:
        raise ValueError("an audience needs at least one container")
    audience, created = Audience.objects.get_or_create(key=",".join(map(str, members)))
    if created:
        AudienceContainer.objects.bulk_create(
            [AudienceContainer(audience=audience, container_id=member) for member in members]
        )
    return audience


def create(kind: str, *, title: str, now: datetime, audience: Iterable[int] | None = None) -> Subject:
    """Make the subject of a new thing. A container without ``audience`` gets itself as its audience."""
    subject = Subject.objects.create(
        kind=kind,
        reference=f"{PREFIXES[kind]}-{next_number(kind)}",
        title=title[:300],
        audience=audience_of(audience) if audience is not None else None,
        created_at=now,
    )
    if audience is None:
        show_to(subject, [subject.pk])
    return subject


def create_many(kind: str, *, titles: Sequence[str], now: datetime, audience: Iterable[int]) -> list[Subject]:
    """Make the subjects of many new things of one kind and audience, in a few statements."""
    if not titles:
        return []
    last = next_number(kind, len(titles))
    shown_to = audience_of(audience)
    return Subject.objects.bulk_create(
        [
            Subject(
                kind=kind, reference=f"{PREFIXES[kind]}-{number}", title=title[:300], audience=shown_to, created_at=now
            )
            for number, title in enumerate(titles, start=last - len(titles) + 1)
        ],
        batch_size=500,
    )


def show_to(subject: Subject, containers: Iterable[int]) -> None:
    """Set who may see a subject from now on."""
    subject.audience = audience_of(containers)
    subject.save(update_fields=["audience"])


def rename(subject: Subject, title: str) -> None:
    subject.title = title[:300]
    subject.save(update_fields=["title"])


def everybody() -> int:
    """The container that everybody belongs to: the root department. What carries it is the whole organisation's."""
    found = Organisation.objects.values_list("root_id", flat=True).first()
    if found is None:
        raise Conflict(_("Start the organisation first."))
    return found


def require_known_seats(named: Iterable[Seat | None], says: Any, field: str = "seat") -> None:
    """What everybody reads names seats that everybody may know of: a confidential council's would be told of."""
    keys = {seat.pk for seat in named if seat is not None}
    if not keys:
        return
    audiences = AudienceContainer.objects.filter(container_id=everybody()).values("audience_id")
    if Seat.objects.filter(pk__in=keys, subject__audience_id__in=audiences).count() != len(keys):
        raise Invalid(says, field=field)


def archive(subject: Subject, *, now: datetime) -> None:
    """Say that a thing has ended. It stays, with its record; nothing new is owed for it."""
    subject.archived_at = now
    subject.save(update_fields=["archived_at"])
