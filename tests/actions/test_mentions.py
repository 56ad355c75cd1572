"""Who is named with @ hears of it, if they may see it; who follows hears when it moves; the story is told by voice."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from actions.models import ActionItem
from actions.queries.mentions import mentioned
from actions.services import facts, items, parts
from actions.services.facts import Facts
from notifications.models import Delivery, Message
from notifications.services import outbox
from notifications.services.listening import hear
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


def owner(town: Town):
    return town.champions[town.claims.pk]


@pytest.fixture
def action(town: Town, chamber: Chamber, now) -> ActionItem:
    seat = town.champion_seats[town.claims.pk]
    made = items.create(title="Text", seat=seat, council=chamber.council, proof="Seen.", by=town.lead, now=now)
    return items.accept(action=made, promised_on=now.date() + timedelta(days=20), by=owner(town), now=now)


def told(kind: str) -> list[int]:
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("person_id", flat=True))


def test_a_name_in_a_line_is_told_to_its_bearer(town, chamber, action, now) -> None:
    head = town.heads[town.claims.pk]
    items.report(action=action, health="at_risk", line="Needs @Joel Brandt to decide.", by=owner(town), now=now)
    hear(now)
    assert told("mentioned") == [head.pk]
    outbox.drain(now)
    assert Delivery.objects.filter(person=head, message__kind="mentioned").exists()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("@Joel Brandt, please", ["Joel Brandt"]),
        ("@joel please", ["Joel Brandt"]),
        ("mail joel@brandt.example", []),
        ("@Nobody Here", []),
        ("@Sanne de Wit", []),
        ("@CX Member3 and @CX Member4", ["CX Member3", "CX Member4"]),
        ("@CX somebody", []),
        ("@Joel @Joel @Joel Brandt", ["Joel Brandt"]),
        ("@" * 500, []),
    ],
)
def test_who_is_meant(town, chamber, action, now, line: str, found: list[str]) -> None:
    names = {person.pk: person.name for person in (*chamber.members, *town.heads.values())}
    assert [names[key] for key in mentioned(line, action, owner(town), now)] == found


def test_who_may_not_see_it_any_more_is_not_told(town, chamber, action, now) -> None:
    other = town.champions[town.digital.pk]
    facts.describe(action=action, facts=Facts(departments=[town.digital]), by=owner(town), now=now)
    items.report(action=action, health="at_risk", line=f"@{other.name} knows.", by=owner(town), now=now)
    hear(now)
    assert told("mentioned") == [other.pk]
    facts.describe(action=action, facts=Facts(), by=owner(town), now=now)
    outbox.drain(now)
    assert not Delivery.objects.filter(person=other, message__kind="mentioned").exists()


def test_a_follower_hears_when_it_moves_and_not_of_their_own_deeds(town, chamber, action, now) -> None:
    reader = chamber.members[5]
    hear(now)  # that it was accepted, before anybody followed it
    for person in (reader, owner(town)):
        parts.follow(action=action, by=person, now=now)
    items.report(action=action, health="on_track", by=owner(town), now=now)
    items.block(action=action, reason="Consent.", by=owner(town), now=now)
    hear(now)
    assert told("followed") == [reader.pk], "of the blocker, not of each word; and the owner not of their own"


def test_whoever_is_given_a_part_hears_of_it(town, chamber, action, now) -> None:
    parts.add_doer(action=action, person=chamber.members[5], by=owner(town), now=now)
    hear(now)
    assert told("given_a_part") == [chamber.members[5].pk]


def test_the_story_is_told_by_one_voice(town, chamber, action, now) -> None:
    items.report(action=action, health="at_risk", line="Words of mine.", by=owner(town), now=now)
    facts.describe(action=action, facts=Facts(origin="kpi"), by=owner(town), now=now)
    client = Client()
    client.force_login(owner(town))

    def days(voice: str) -> tuple[bool, bool]:
        found = client.get(f"/actions/{action.reference}/?story={voice}").context["story"].days
        return any(day["said"] for day in found), any(day["system"] for day in found)

    assert days("") == (True, True)
    assert days("people") == (True, False)
    assert days("system") == (False, True)
