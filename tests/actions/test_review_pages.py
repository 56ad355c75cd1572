"""The page of the executive review: what it asks the database, what waits for its reader, what changed meanwhile."""

from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.queries.changed import EVENTS, changed
from actions.services import help as helping_out
from actions.services import items
from actions.views.review import LOOKED
from governance import access
from governance.models import JournalEntry, Person, Seat, SeatKind
from governance.queries.responding import own_answers
from governance.queries.unacted import first, listed
from governance.services import helping, seats
from tests.actions.test_review import Chance
from tests.factories import EPOCH, Town

pytestmark = pytest.mark.django_db
LATER = EPOCH + timedelta(days=9, hours=8)


def of_the_page(captured: CaptureQueriesContext, frame: CaptureQueriesContext) -> int:
    """How many statements a page asks beside those that every page asks; that of its kept views is of every list."""
    kept = [one for one in captured.captured_queries if "governance_savedview" in one["sql"]]
    assert len(kept) == 1
    return len(captured) - len(kept) - len(frame)


def test_the_review_asks_fewer_than_fifteen_statements_of_its_own_whatever_is_counted(client_for, time_machine):
    world = Chance(7)
    time_machine.move_to(LATER, tick=False)
    client = client_for(world.town.lead)
    asked = []
    for size in (6, 20):
        for _number in range(size):
            world.one()
        client.get("/review/")
        with CaptureQueriesContext(connection) as frame:
            assert client.get("/search/").status_code == 200  # little more than what every page has around it
        with CaptureQueriesContext(connection) as page:
            assert client.get("/review/").status_code == 200
        asked.append(of_the_page(page, frame))
    assert asked[0] == asked[1] < 15, asked


# --- what waits for the reader's own answer --------------------------------------------------------------------------


@pytest.fixture
def asked_for_help():
    """A late promise of Claims about which its head was asked for help."""
    town = Town()
    council = town.council_of_nine().council
    owner, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    action = items.create(title="Mend the form", seat=seat, council=council, proof="p", by=town.lead, now=EPOCH)
    action = items.accept(action=action, promised_on=date(2026, 11, 4), by=owner, now=EPOCH)
    head = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    request = helping_out.ask(action=action, asked=head, words="Free two days", by=owner, now=EPOCH)
    return town, request


def test_what_waits_for_my_answer_stands_first_and_is_nobody_elses(asked_for_help, client_for, time_machine):
    town, request = asked_for_help
    time_machine.move_to(LATER, tick=False)
    head = town.heads[town.claims.pk]
    page = client_for(head).get("/review/")
    assert [one["path"] for one in page.context["answers"]["owed"]] == [f"/help/{request.pk}/"]
    assert page.text.index("Mend the form") < page.text.index('id="not-acted"')
    for other in (town.lead, town.sponsor, town.champions[town.claims.pk]):
        assert not own_answers(other, LATER).owed
    helping.answer(request=request, answer="helped", said="Two days are yours.", by=head, now=LATER)
    assert not own_answers(head, LATER).owed


def test_what_a_seat_is_asked_for_waits_for_its_holder_before_its_day_has_passed(client_for, time_machine):
    """What stands under "who has not acted" of a reader's own seats stands here, and what is not late yet."""
    town = Town()
    time_machine.move_to(EPOCH, tick=False)
    owner = town.champions[town.claims.pk]
    council = town.council_of_nine().council
    seat = town.champion_seats[town.claims.pk]
    action = items.create(title="Mend the form", seat=seat, council=council, proof="p", by=town.lead, now=EPOCH)
    page = client_for(owner).get("/review/")
    assert [one["subject"].pk for one in page.context["answers"]["owed"]] == [action.pk]
    assert "Your answer is waited for" in page.text
    assert not own_answers(town.heads[town.claims.pk], EPOCH).asked
    deputy = town.person("Deputy Here")
    seats.seat_person(seat=seat, person=deputy, role="deputy", by=None, now=EPOCH)
    assert not own_answers(deputy, EPOCH).asked, "whose holder is here is asked themselves"
    Person.objects.filter(pk=owner.pk).update(away_until=EPOCH.date() + timedelta(days=2))
    assert [one.subject_id for one in own_answers(deputy, EPOCH).asked] == [action.pk]
    Person.objects.filter(pk=owner.pk).update(away_until=None)
    items.accept(action=action, promised_on=EPOCH.date() + timedelta(days=9), by=owner, now=EPOCH)
    assert not own_answers(owner, EPOCH).asked, "what is promised is work, and waits for no answer"


def test_how_long_my_answers_took_is_told_from_the_third_on_and_to_me_alone(asked_for_help):
    town, request = asked_for_help
    head, owner = town.heads[town.claims.pk], town.champions[town.claims.pk]
    action, seat = request.duty.subject.actionitem, request.asked
    for days in (1, 4, 9):
        assert own_answers(head, LATER).days is None
        at = EPOCH + timedelta(days=days)
        helping.answer(request=request, answer="helped", said="Yes.", by=head, now=at)
        if days < 9:
            request = helping_out.ask(action=action, asked=seat, words="More", by=owner, now=EPOCH)
            type(request).objects.filter(pk=request.pk).update(asked_at=EPOCH)
    told = own_answers(head, LATER)
    assert (told.answered, told.days) == (3, 4)
    assert own_answers(town.lead, LATER).answered == 0


# --- what changed since the last visit -------------------------------------------------------------------------------


def slow_changes(viewer: Person, since) -> dict[str, int]:
    found = {}
    for change, events in EVENTS.items():
        rows = [one for one in JournalEntry.objects.all() if one.event in events and one.at > since]
        seen = [one for one in rows if access.may_see(viewer, one.subject_id, LATER)]
        if seen:
            found[change] = len(seen)
    return found


def test_what_changed_is_found_a_second_time_and_each_number_opens_its_entries(client_for, time_machine):
    world = Chance(5)
    for _number in range(25):
        world.one()
    time_machine.move_to(LATER, tick=False)
    told_to = []
    for viewer in (world.town.lead, world.town.sponsor, *world.town.champions.values()):
        for since in (EPOCH - timedelta(days=1), EPOCH + timedelta(days=3, milliseconds=9)):
            told = changed(viewer, LATER, since)
            assert {one.change: one.n for one in told} == slow_changes(viewer, since)
            told_to.append(sum(one.n for one in told))
            client = client_for(viewer)
            for one in told:
                assert parse_qs(one.url.partition("?")[2])["since"] == [since.isoformat()], "to the same moment"
                assert client.get(one.url).context["page"].paginator.count == one.n, one
    assert len(set(told_to)) > 2, "who may see less is told of less"


def test_the_last_visit_is_kept_in_the_readers_browser_and_not_moved_by_looking_twice(client_for, time_machine):
    town = Town()
    client = client_for(town.sponsor)
    time_machine.move_to(EPOCH, tick=False)
    first_visit = client.get("/review/")
    assert not first_visit.context["has_looked"]
    assert "In the last seven days" in first_visit.text
    with CaptureQueriesContext(connection) as captured:
        time_machine.move_to(EPOCH + timedelta(days=2), tick=False)
        second = client.get("/review/")
    assert second.context["since"] == EPOCH
    assert not [one for one in captured.captured_queries if one["sql"].startswith(("INSERT", "UPDATE"))]
    time_machine.move_to(EPOCH + timedelta(days=2, minutes=20), tick=False)
    assert client.get("/review/").context["since"] == EPOCH, "the same visit"
    time_machine.move_to(EPOCH + timedelta(days=3), tick=False)
    assert client.get("/review/").context["since"] == EPOCH + timedelta(days=2)
    assert client.cookies[LOOKED]["httponly"]


EDGES = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2999-01-01T00:00:00+00:00",
    "2026-10-02",
    "nonsense",
]


@pytest.mark.parametrize("sent", ["", "|", "x|y|z", *(f"{{me}}|{edge}" for edge in EDGES)])
def test_a_cookie_that_is_none_is_a_first_visit(sent, client_for, time_machine):
    town = Town()
    time_machine.move_to(EPOCH, tick=False)
    client = client_for(town.sponsor)
    client.cookies[LOOKED] = sent.format(me=town.sponsor.pk)
    assert not client.get("/review/").context["has_looked"]


def test_whoever_signs_in_on_the_same_browser_is_not_told_when_the_last_one_looked(client_for, time_machine):
    town = Town()
    time_machine.move_to(EPOCH, tick=False)
    client = client_for(town.lead)
    client.get("/review/")
    time_machine.move_to(EPOCH + timedelta(days=2), tick=False)
    assert client.get("/review/").context["has_looked"]
    client.force_login(town.sponsor)
    assert not client.get("/review/").context["has_looked"]


@pytest.mark.parametrize(
    "address",
    [
        "/journal/?since=0001-01-01T00:00:00%2B14:00", "/journal/?since=9999-12-31T23:59:59-12:00",
        "/actions/?accepted_from=0001-01-01", "/actions/?accepted_until=9999-12-31", "/themes/?heard_from=0001-01-01",
        "/agenda-items/?raised_from=0001-01-01", "/api/v1/actions/?accepted_until=9999-12-31",
    ],
)  # fmt: skip
def test_days_at_the_edge_of_the_calendar_are_no_fault_of_ours(address, client_for, api_for):
    town = Town()
    client = api_for(town.lead) if address.startswith("/api") else client_for(town.lead)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("sheet", ["/review/not-acted.csv", "/review/resources/sheet/", "/review/resources/book/"])
def test_a_sheet_of_what_is_not_there_is_not_the_sheet_of_everything(sheet, client_for):
    client = client_for(Town().lead)
    assert client.get(sheet).status_code == 200
    assert client.get(sheet, {"within": "DEP-9999"}).status_code == 404


def test_no_list_is_narrowed_to_what_was_kept(client_for, api_for):
    town = Town()
    assert client_for(town.lead).get("/actions/?figure=kept").status_code == 404
    assert api_for(town.lead).get("/api/v1/actions/?figure=kept").status_code == 422


# --- who has not acted, in short --------------------------------------------------------------------------------------


def test_the_first_lines_and_their_number_are_those_of_the_whole_list(asked_for_help):
    town, _request = asked_for_help
    for viewer in (town.lead, town.sponsor):
        whole = list(listed(viewer, LATER))
        told = first(viewer, LATER, 2)
        assert [one.pk for one in told.first] == [one.pk for one in whole[:2]]
        assert told.total == len(whole) > 0
