"""A prepared agenda: what goes by consent, what was published and changed since, what is read, what stands always."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from actions.queries.items import orphans
from councils import published, standing_points
from councils.models import AgendaItem, CouncilKind, Decision, How, ItemState, Minutes, PublishedItem
from councils.queries import minutes
from councils.queries import published as changes_of
from councils.queries.meetings import agenda_of
from councils.services import agenda, books, consenting, leaving, meetings, planning, pre_reads, publishing
from councils.services.planning import Row
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Duty, JournalEntry, SubjectKind
from governance.services import charters, subjects
from notifications.kinds import Kind
from notifications.models import Message
from notifications.services.listening import hear
from tests.councils.rooms import EUROS, sit
from tests.factories import EPOCH, Chamber

pytestmark = pytest.mark.django_db
SOON = EPOCH + timedelta(days=7)


def raised(chamber: Chamber, meeting, *asks: str, consent: bool = True, matter: str = "general", **more):
    made = []
    for ask in asks:
        item = agenda.propose(
            council=chamber.council, about=None, matter=matter, ask=ask, by=chamber.chair, now=EPOCH, **more
        )
        made.append(agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=EPOCH))
    rows = [Row(item.reference, by_consent=consent and item in made) for item in agenda_of(meeting)]
    planning.arrange(meeting=meeting, rows=rows, by=chamber.secretary, now=EPOCH)
    return [AgendaItem.objects.get(pk=item.pk) for item in made]


def seen(items) -> dict[str, int]:
    return {item.reference: item.version for item in items}


def spending(chamber: Chamber, meeting, euros: int) -> AgendaItem:
    about = subjects.create(SubjectKind.THEME, title=f"Texts {euros}", now=EPOCH, audience=[chamber.council.pk])
    item = agenda.propose(
        council=chamber.council, about=about, matter="spending", by=chamber.secretary, now=EPOCH,
        proposal={"outcome": "spend", "payload": {"title": "Texts", "amount": euros * EUROS}}, ask="Texts",
    )  # fmt: skip
    agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=EPOCH)
    AgendaItem.objects.filter(pk=item.pk).update(by_consent=True)
    return AgendaItem.objects.get(pk=item.pk)


# --- the consent list ----------------------------------------------------------------------------------------------


def test_nobody_objects_to_the_list_and_each_item_is_its_own_decision(council) -> None:
    meeting, _votes = sit(council)
    items = raised(council, meeting, "Minutes of May", "Chairs for the room")
    made = consenting.settle(meeting=meeting, seen=seen(items), by=council.secretary, now=EPOCH)
    assert [(one.item_id, one.how, one.verdict) for one in made] == [
        (item.pk, How.NO_OBJECTION, "valid") for item in items
    ]
    assert [one.votes.count() for one in made] == [9, 9]
    assert set(AgendaItem.objects.filter(meeting=meeting).values_list("state", flat=True)) == {ItemState.SETTLED}


def test_what_is_beyond_the_limit_is_referred_while_the_rest_is_settled(council) -> None:
    books.grant(council=council.council, amount=9_000_000, by=council.town.sponsor, now=EPOCH)
    meeting, _votes = sit(council)
    items = [spending(council, meeting, 100), spending(council, meeting, 50_000)]
    made = consenting.settle(meeting=meeting, seen=seen(items), by=council.secretary, now=EPOCH)
    assert [one.verdict for one in made] == ["valid", "referred"]


def test_where_one_cannot_be_decided_nothing_is_recorded_and_it_is_named(council) -> None:
    meeting, _votes = sit(council)
    items = raised(council, meeting, "Minutes of May")
    short = spending(council, meeting, 100)
    with pytest.raises(Conflict, match=short.reference) as refused:
        consenting.settle(meeting=meeting, seen=seen([*items, short]), by=council.secretary, now=EPOCH)
    assert (refused.value.field, Decision.objects.count()) == ("items", 0)


def test_without_a_quorum_the_list_settles_nothing_and_records_nothing(council) -> None:
    meeting, _votes = sit(council, present=3)
    items = raised(council, meeting, "One", "Two")
    with pytest.raises(Conflict, match="advice only"):
        consenting.settle(meeting=meeting, seen=seen(items), by=council.secretary, now=EPOCH)
    assert not Decision.objects.exists()


def test_what_goes_by_consent_is_chosen_anew_for_the_next_meeting(council) -> None:
    meeting, _votes = sit(council)
    (item,) = raised(council, meeting, "One")
    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH)
    again, _votes = sit(council, now=EPOCH + timedelta(days=7))
    item.refresh_from_db()
    assert (item.meeting, item.by_consent) == (again, False)


def test_what_was_changed_or_taken_off_meanwhile_is_not_settled(council) -> None:
    meeting, _votes = sit(council)
    one, other = raised(council, meeting, "Minutes of May", "Chairs")
    consenting.take_off(item=other, by=council.members[4], now=EPOCH)
    consenting.take_off(item=other, by=council.members[4], now=EPOCH)
    assert JournalEntry.objects.filter(event="councils.item.off_consent").count() == 1
    with pytest.raises(Conflict, match=other.reference):
        consenting.settle(meeting=meeting, seen=seen([one, other]), by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="changed this item"):
        consenting.settle(meeting=meeting, seen={one.reference: one.version + 1}, by=council.secretary, now=EPOCH)
    with pytest.raises(Invalid):
        consenting.settle(meeting=meeting, seen={}, by=council.secretary, now=EPOCH)
    assert Decision.objects.count() == 0


def test_whoever_sits_there_takes_an_item_off_and_nobody_else(council, town) -> None:
    meeting, _votes = sit(council)
    (item,) = raised(council, meeting, "Chairs")
    with pytest.raises(Refused):
        consenting.settle(meeting=meeting, seen=seen([item]), by=council.members[4], now=EPOCH)
    with pytest.raises((Refused, Absent)):
        consenting.take_off(item=item, by=town.champions[town.claims.pk], now=EPOCH)
    assert consenting.take_off(item=item, by=council.members[5], now=EPOCH).by_consent is False


def test_the_list_is_settled_and_taken_from_on_the_page_without_javascript(council, client_for) -> None:
    meeting, _votes = sit(council)
    items = raised(council, meeting, "Minutes of May", "Chairs for the room", "The date of June")
    page = reverse("councils:meeting-detail", args=[meeting.reference])
    writes, follows = client_for(council.secretary), client_for(council.members[4])
    assert "Nobody objects to these 3" in writes.get(page).text
    assert "Nobody objects" not in follows.get(page).text
    follows.post(reverse("councils:item-talk-about", args=[items[1].reference]))
    shown = writes.get(page).text
    assert "Nobody objects to these 2" in shown
    stale = [f"{item.reference}:{item.version}" for item in items]
    again = writes.post(reverse("councils:meeting-consent", args=[meeting.reference]), {"items": stale})
    assert (again.status_code, items[1].reference in again.text) == (409, True)
    fresh = [f"{item.reference}:{item.version}" for item in (items[0], items[2])]
    writes.post(reverse("councils:meeting-consent", args=[meeting.reference]), {"items": fresh})
    assert Decision.objects.filter(meeting=meeting, how=How.NO_OBJECTION).count() == 2


def test_the_list_over_the_api(council, api_for) -> None:
    meeting, _votes = sit(council)
    items = raised(council, meeting, "Minutes of May", "Chairs")
    api = api_for(council.secretary)
    answer = api.post(f"/api/v1/meetings/{meeting.reference}/consent/", {"items": seen(items)}, format="json")
    assert (answer.status_code, len(answer.json()["decisions"])) == (201, 2)
    again = api.post(f"/api/v1/meetings/{meeting.reference}/consent/", {"items": seen(items)}, format="json")
    assert again.status_code == 409


# --- published -----------------------------------------------------------------------------------------------------

keys = st.lists(st.integers(0, 20), unique=True, max_size=12)


@given(keys, keys)
def test_without_what_was_moved_the_rest_stands_in_its_order_and_as_little_was_moved_as_can_be(before, after) -> None:
    moved = published.moved(before, after)
    stays = set(before) & set(after) - moved
    assert moved <= set(before) & set(after)
    assert [key for key in before if key in stays] == [key for key in after if key in stays]
    if moved:
        some = next(iter(moved))
        more = stays | {some}
        assert [key for key in before if key in more] != [key for key in after if key in more]


def test_a_published_agenda_is_told_once_and_shows_what_changed_since(council) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    one, two, three = raised(council, meeting, "First", "Second", "Third", consent=False)
    assert changes_of.changes(meeting, agenda_of(meeting)) is None
    publishing.publish(meeting=meeting, by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict, match="published already"):
        publishing.publish(meeting=meeting, by=council.secretary, now=EPOCH)
    hear(EPOCH)
    told = Message.objects.filter(kind=Kind.AGENDA, subject_id=meeting.pk)
    assert set(told.values_list("seat_id", flat=True)) == {
        *(membership.pk for membership in council.memberships), council.council.sponsor_id,
    }  # fmt: skip
    found = changes_of.changes(meeting, agenda_of(meeting))
    assert found is not None
    assert found.number == 0
    (four,) = raised(council, meeting, "Fourth", consent=False)
    agenda.withdraw(item=two, reason="Done.", by=council.secretary, now=EPOCH)
    rows = [Row(item.reference) for item in (three, one, four)]
    planning.arrange(meeting=meeting, rows=rows, by=council.secretary, now=EPOCH)
    found = changes_of.changes(meeting, agenda_of(meeting))
    assert found is not None
    assert (found.added, found.gone) == ({four.pk}, (two,))
    assert len(found.moved) == 1
    hear(EPOCH)
    assert told.count() == len(council.memberships) + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedItem.objects.filter(item=one).update(position=9)


def test_the_page_says_what_was_added_and_what_is_off(council, client_for) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    (one,) = raised(council, meeting, "First", consent=False)
    page, clerk = reverse("councils:meeting-detail", args=[meeting.reference]), client_for(council.secretary)
    assert "Publish the agenda" in clerk.get(page).text
    clerk.post(reverse("councils:meeting-publish", args=[meeting.reference]), {"version": ""})
    raised(council, meeting, "Later", consent=False)
    clerk.post(reverse("councils:item-set-back", args=[one.reference]), {})
    shown = clerk.get(page).text
    assert "added after publication" in shown
    assert all(words in shown for words in ("2 things are otherwise since", "Added after:", "Taken off after:"))
    assert "for a later meeting" in shown
    assert "Publish the agenda" not in shown
    held = meetings.open_meeting(meeting=meeting, by=council.secretary, now=EPOCH)
    assert "added after publication" in clerk.get(page).text
    meetings.close(meeting=held, by=council.secretary, now=EPOCH)
    assert "after publication" not in clerk.get(page).text, "what a meeting left is no change to its agenda"


def test_an_empty_agenda_is_not_published_and_only_by_whoever_prepares_it(council) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    with pytest.raises(Conflict):
        publishing.publish(meeting=meeting, by=council.secretary, now=EPOCH)
    raised(council, meeting, "First")
    with pytest.raises(Refused):
        publishing.publish(meeting=meeting, by=council.members[4], now=EPOCH)


def test_what_is_set_back_and_placed_again_on_the_same_meeting_is_not_carried_over(council) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    (item,) = raised(council, meeting, "First", consent=False)
    item = agenda.set_back(item=item, by=council.secretary, now=EPOCH)
    assert item.carried_from == meeting
    assert agenda.place(item=item, meeting=meeting, by=council.secretary, now=EPOCH).carried_from is None


# --- read beforehand -----------------------------------------------------------------------------------------------


def test_whoever_prepares_or_introduces_attaches_what_is_read(council, client_for) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    (item,) = raised(council, meeting, "First", consent=False)
    leads = council.members[5]
    with pytest.raises(Refused):
        pre_reads.attach(item=item, title="Report", link="https://example.org/a", by=leads, now=EPOCH)
    rows = [Row(item.reference, lead=council.memberships[5].seat.reference)]
    planning.arrange(meeting=meeting, rows=rows, by=council.secretary, now=EPOCH)
    item.refresh_from_db()
    pre_reads.attach(item=item, title="Report", link="https://example.org/a", by=leads, now=EPOCH)
    page, client = reverse("councils:item-detail", args=[item.reference]), client_for(council.secretary)
    wrong = client.post(
        reverse("councils:pre-read-attach", args=[item.reference]), {"title": "Paper", "link": "javascript:alert(1)"}
    )
    assert (wrong.status_code, "beginning with https://" in wrong.text, "javascript:alert(1)" in wrong.text) == (
        422, True, True,
    )  # fmt: skip
    shown = client.get(page).text
    assert 'href="https://example.org/a"' in shown
    assert "1 to read" in client.get(reverse("councils:meeting-detail", args=[meeting.reference])).text
    client.post(reverse("councils:pre-read-take-off", args=[item.reference, item.pre_reads.get().pk]))
    assert "https://example.org/a" not in client.get(page).text


# --- standing points, and what it is for ---------------------------------------------------------------------------


def test_standing_points_stand_first_once_with_their_minutes(council, client_for) -> None:
    call = reverse("councils:meeting-call", args=[council.council.reference])
    client = client_for(council.secretary)
    assert "Begin with the standing points" in client.get(call).text
    client.post(call, {"day": "2026-12-20", "time": "10:00", "points": "on"})
    meeting = council.council.meetings.get()
    points = standing_points.of_kind("governance")
    assert [(item.ask, item.allotted) for item in agenda_of(meeting)] == [
        (str(point.ask), point.minutes) for point in points
    ]
    assert planning.take_on_points(meeting=meeting, by=council.secretary, now=EPOCH) == []
    assert set(standing_points.POINTS) == set(CouncilKind.values)


def test_a_standing_point_is_owed_by_nobody_and_ends_with_its_meeting(council, client_for) -> None:
    first = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    following = meetings.call(
        council=council.council, starts_at=SOON + timedelta(days=7), by=council.secretary, now=EPOCH
    )
    points = planning.take_on_points(meeting=first, by=council.secretary, now=EPOCH)
    planning.take_on_points(meeting=following, by=council.secretary, now=EPOCH)
    assert not Duty.objects.filter(subject_id__in=[one.pk for one in points]).exists()
    assert orphans(EPOCH) == []
    agenda.set_back(item=points[2], by=council.secretary, now=EPOCH)
    assert len(agenda_of(first)) == len(points) - 1
    held = meetings.open_meeting(meeting=first, by=council.secretary, now=EPOCH)
    AgendaItem.objects.filter(pk=points[1].pk).update(spent=60)
    assert leaving.unsettled(held) == [], "it is not asked where a standing point goes"
    meetings.close(meeting=held, by=council.secretary, now=EPOCH)
    assert len(agenda_of(following)) == len(points), "each stands once on the next agenda"
    assert set(AgendaItem.objects.filter(pk__in=[one.pk for one in points]).values_list("state", flat=True)) == {
        ItemState.WITHDRAWN
    }
    record = minutes.compose(Minutes.objects.get(meeting=held))
    assert [one["ending"] for one in record["agenda"]["items"]] == [
        "It was a standing point and not taken up.", "It was a standing point, and ended with the meeting.",
    ]  # fmt: skip
    meetings.call_off(meeting=following, reason="Nobody can come.", by=council.secretary, now=EPOCH)
    assert not AgendaItem.objects.filter(council=council.council, state=ItemState.OPEN).exists()


def test_what_is_typed_on_the_plan_is_kept_whichever_button_is_pressed(council, client_for) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    one, two = raised(council, meeting, "First", "Second", consent=False)
    client, page = client_for(council.secretary), reverse("councils:meeting-plan", args=[meeting.reference])
    typed = {f"place_{one.reference}": 1, f"place_{two.reference}": 2, f"minutes_{one.reference}": 15}
    wrong = client.post(page, {**typed, f"minutes_{two.reference}": 9999, "later": two.reference})
    assert (wrong.status_code, len(agenda_of(meeting)), "9999" in wrong.text) == (422, 2, True)
    said = client.post(page, {**typed, "later": two.reference}, follow=True)
    assert said.redirect_chain[-1][0] == page
    assert "waits in the backlog" in said.text
    assert [(item, item.allotted) for item in agenda_of(meeting)] == [(one, 15)]
    said = client.post(page, {f"place_{one.reference}": 1, f"minutes_{one.reference}": 25, "points": "1"}, follow=True)
    assert "standing points were added" in said.text
    assert agenda_of(meeting)[-1].allotted == 25
    assert (
        "stand there already"
        in client.post(reverse("councils:meeting-points", args=[meeting.reference]), follow=True).text
    )


def test_a_plan_that_takes_more_than_the_meeting_has_says_so(council, client_for) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH, lasts=60)
    (one,) = raised(council, meeting, "First", consent=False)
    client, page = client_for(council.secretary), reverse("councils:meeting-plan", args=[meeting.reference])
    fits = client.post(page, {f"minutes_{one.reference}": 60}, follow=True).text
    assert ("60 of 60 minutes planned" in fits, "more than the meeting has" in fits) == (True, False)
    over = client.post(page, {f"minutes_{one.reference}": 95}, follow=True).text
    assert "95 of 60 minutes are planned: more than the meeting has" in over
    assert "95 of 60 minutes planned" in over
    published_so = client.post(reverse("councils:meeting-publish", args=[meeting.reference]), follow=True).text
    assert "more than the meeting has" in published_so


def test_one_line_of_the_charters_vision_stands_on_the_meeting(council, town, client_for) -> None:
    version = charters.draft(title="", charter=town.charter, rules=town.rules, by=None, now=EPOCH)
    version.mandate = {"vision": "Nobody calls twice.\nAnd more."}
    version.save()
    charters.ratify(version=version, by=None, now=EPOCH)
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    shown = client_for(council.secretary).get(reverse("councils:meeting-detail", args=[meeting.reference])).text
    assert "Nobody calls twice." in shown
    assert "And more." not in shown


def test_the_agenda_is_brought_up_to_date_on_its_page(council, client_for) -> None:
    meeting = meetings.call(council=council.council, starts_at=SOON, by=council.secretary, now=EPOCH)
    client = client_for(council.secretary)
    said = client.post(reverse("councils:meeting-gather", args=[meeting.reference]), follow=True).text
    assert "the agenda is up to date" in said
    refused = client_for(council.members[4]).post(reverse("councils:meeting-gather", args=[meeting.reference]))
    assert refused.status_code == 403


def test_what_stood_on_agendas_before_is_told_apart_by_what_brought_it(council) -> None:
    def stood(matter: str, **proposal) -> AgendaItem:
        about = subjects.create(SubjectKind.THEME, title=matter, now=EPOCH, audience=[council.council.pk])
        return agenda.put(
            council=council.council, about=about, matter=matter, by=None, now=EPOCH, ask="?", proposal=proposal
        )

    made = [
        stood("resources"), stood("theme", escalated=True), stood("late_action", outcome="extend"),
        stood("late_action"), stood("general"),
    ]  # fmt: skip
    moved = import_module("councils.migrations.0022_what_brought_open_items")
    moved.name_sources(apps, None)
    said = dict(AgendaItem.objects.values_list("pk", "source"))
    assert [said[item.pk] for item in made] == ["resources", "escalation", "date", "escalation", ""]
    moved.forget_sources(apps, None)
    assert set(AgendaItem.objects.values_list("source", flat=True)) == {""}
