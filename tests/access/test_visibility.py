"""What somebody may see, compared with a slow derivation that asks row by row."""

from typing import Any

import pytest
from django.apps import apps

from actions.models import ActionItem, Theme
from actions.services import items
from councils.models import AgendaItem, Council
from councils.services import agenda
from governance import access
from governance.models import AudienceContainer, Duty, HelpRequest, Person, Seat, Subject, SubjectQuerySet, Tenure
from governance.models.subjects import seen_by, seen_in_passing
from governance.services import duties
from tests.access.world import build
from tests.actions.reading_files import take
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


def slowly(viewer: Person, model: Any, now: Any) -> set[int]:
    """By audience, by an open duty of one's seats, or because one's seat owns it: row by row."""
    if not viewer.is_active:
        return set()
    containers = access.containers_of(viewer, now)
    mine = {tenure.seat_id for tenure in Tenure.objects.filter(person=viewer) if tenure.until_at is None}
    seen = set()
    for row in model.objects.select_related("subject"):
        shown_to = AudienceContainer.objects.filter(audience_id=row.subject.audience_id)
        by_audience = {one.container_id for one in shown_to} & containers
        by_duty = any(duty.seat_id in mine for duty in Duty.objects.filter(subject_id=row.pk, closed_at=None))
        owned_by = row.pk if model is Seat else getattr(row, "seat_id", None) if model is ActionItem else None
        if by_audience or by_duty or owned_by in mine:
            seen.add(row.pk)
    return seen


def test_everybody_sees_exactly_what_the_slow_derivation_finds(town: Town, now) -> None:
    open_one = Chamber(town, name="Open Council", size=5)
    closed = Chamber(town, name="Quiet Council", size=5, confidential=True)
    take(now)
    theme = Theme.objects.get(name="Claim status")
    for place in (town.claims, town.digital, town.legal):
        seat = town.champion_seats[place.pk]
        items.create(title=f"Work of {place}", seat=seat, council=open_one.council, proof="p", by=town.lead, now=now)
    quiet = items.put(
        title="Quiet", seat=town.champion_seats[town.legal.pk], council=closed.council, proof="p", now=now
    )
    items.put(title="Of the room", seat=closed.memberships[2].seat, council=closed.council, proof="p", now=now)
    # Nothing is owed for it any more: its owner's department may not see it, and its owner's seat still does.
    duties.close_all(subject_id=quiet.pk, now=now, outcome="test")
    agenda.propose(council=open_one.council, about=theme.subject, matter="theme", by=town.lead, now=now)
    found: dict[str, int] = {}
    for viewer in Person.objects.order_by("pk"):
        for model in (ActionItem, Theme, Seat, Council, AgendaItem):
            expected = slowly(viewer, model, now)
            seen = model.objects.visible_to(viewer, now)
            assert set(seen.values_list("pk", flat=True)) == expected, (viewer, model)
            assert seen.count() == len(expected), "each once, in counts too"
            found[model.__name__] = found.get(model.__name__, 0) + len(expected)
            if model is not Seat:  # a seat that one holds is seen as a subject too
                assert set(access.visible_ids(viewer, expected, now)) >= expected - {quiet.pk}
    assert all(found.values()), "each kind is seen by somebody"
    owner = town.champions[town.legal.pk]
    assert quiet.pk in set(ActionItem.objects.visible_to(owner, now).values_list("pk", flat=True))
    ended = Person.objects.get(pk=owner.pk)
    ended.is_active = False
    assert not ActionItem.objects.visible_to(ended, now).exists()
    assert Subject.objects.filter(pk=quiet.pk).exists()


@pytest.mark.django_db
def test_both_shapes_of_the_rule_see_the_same_of_every_kind() -> None:
    """A list of all that may be seen, and each row asked for its own audience: of all kinds, for everybody."""
    world = build()
    now, quiet = world.now, world.rooms["closed"]
    # Owed by somebody who belongs to no container of the thing, and whose seat it is not.
    duties.open_duty(subject_id=quiet.item.pk, kind="review", seat=world.rooms["open"].owner_seat, now=now)
    kinds = [one for one in apps.get_models() if isinstance(one._default_manager.all(), SubjectQuerySet)]
    told = hidden = 0
    for viewer in Person.objects.order_by("pk"):
        for kind in kinds:
            rows = kind._default_manager.all()
            listed = set(SubjectQuerySet.visible_to(rows, viewer, now).values_list("pk", flat=True))
            assert listed == set(rows.counted_for(viewer, now).values_list("pk", flat=True)), (viewer, kind)
            told, hidden = told + len(listed), hidden + rows.count() - len(listed)
        for around, path in ((Duty, ""), (HelpRequest, "duty__")):
            by_list = Duty.objects.filter(seen_by(viewer, now)).values("pk")
            wanted = around.objects.filter(**{f"{path}pk__in": by_list})
            assert set(wanted) == set(around.objects.filter(seen_in_passing(viewer, now, path))), (viewer, around)
        subjects = access.subjects_seen(viewer, now).values("pk")
        through = Duty.objects.filter(access.subject_seen(viewer, now, "seat__subject__"))
        assert set(Duty.objects.filter(seat__in=subjects)) == set(through), viewer
    assert told > hidden > 0, "somebody sees each kind, and nobody everything"
