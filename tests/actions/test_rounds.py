"""The round of departments on a meeting's page: promised, kept, late and needed, as far as its reader may see."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import ActionItem
from actions.queries import rounds
from actions.services import funding, items
from councils.models import Meeting, Membership
from councils.services import books, meetings
from tests.actions.test_agenda_sources import DAY, EUROS, Place
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
AFTER = EPOCH + timedelta(days=1)


@pytest.fixture
def place() -> Place:
    place = Place()
    for membership, department in zip(
        place.chamber.memberships[3:5], (place.town.claims, place.town.legal), strict=True
    ):
        Membership.objects.filter(pk=membership.pk).update(represents=department)
    books.grant(council=place.council, amount=9_000 * EUROS, by=place.town.sponsor, now=EPOCH)
    return place


def hold(place: Place) -> Meeting:
    """The council meets, and has met."""
    held = meetings.call(council=place.council, starts_at=EPOCH, by=place.clerk, now=EPOCH)
    held = meetings.open_meeting(meeting=held, by=place.clerk, now=EPOCH)
    return meetings.close(meeting=held, by=place.clerk, now=EPOCH)


def shown(place: Place, viewer=None, now=AFTER):
    found = rounds.of_meeting(Meeting.objects.get(pk=place.meeting.pk), viewer or place.clerk, now)
    assert found is not None
    return {
        part.department.name: (
            [one.title for one in part.promised],
            [one.title for one in part.kept],
            [one.title for one in part.late],
            [(need.action.title, need.kind, need.words) for need in part.needs],
        )
        for part in found.parts
    }


def work(place: Place, title: str, now=EPOCH, promised: date = DAY) -> ActionItem:
    made = items.create(
        title=title, seat=place.seat, council=place.council, proof="p", by=place.town.lead, now=now
    )  # fmt: skip
    return items.accept(action=made, promised_on=promised, by=place.owner, now=now)


def test_each_department_says_what_it_promised_since_kept_and_needs(place: Place) -> None:
    before = work(place, "Before")
    kept = work(place, "Kept")
    hold(place)
    work(place, "New", now=AFTER)
    place.done(kept, AFTER)
    items.block(action=before, reason="No phone line.", by=place.owner, now=AFTER)
    funding.ask(
        action=ActionItem.objects.get(pk=before.pk), amount=100 * EUROS, what_for="A line", by=place.owner, now=AFTER
    )
    assert shown(place) == {
        "Claims": (
            ["New"], ["Kept"], [],
            [("Before", "blocked", "No phone line."), ("Before", "resources", "A line")],
        ),
        "Legal & Compliance": ([], [], [], []),
    }  # fmt: skip
    late = shown(place, now=EPOCH + timedelta(days=30))
    assert late["Claims"][2] == ["Before", "New"]


def test_a_reader_sees_of_the_round_what_they_see_of_the_work(place: Place) -> None:
    action = work(place, "Text them")
    stranger = place.town.person("Nobody Inparticular")
    assert shown(place)["Claims"][0] == ["Text them"]
    assert shown(place, stranger)["Claims"] == ([], [], [], [])
    assert action.title == "Text them"


def test_the_page_shows_the_round_and_asks_no_more_where_there_is_more_work(place: Place, client_for) -> None:
    page = reverse("councils:meeting-detail", args=[place.meeting.reference])
    work(place, "First")
    assert "Round of departments" in client_for(place.clerk).get(page).text

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            shown(place)
        return len(seen)

    few = asked()
    for number in range(5):
        items.block(action=work(place, f"More {number}"), reason="r", by=place.owner, now=EPOCH)
    assert asked() == few
