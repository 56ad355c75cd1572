"""A whole meeting, run by a secretary and a chair in two browsers, with the wall following in a third.

The keys that the secretary presses beyond the words themselves are counted: docs/meetings.md says how many they are.
"""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import ActionItem
from councils import referrals
from councils.models import AgendaItem, Capture, Decision, Meeting
from councils.services import agenda, books, meetings
from tests.browser.conftest import Desk
from tests.browser.filled import EUROS
from tests.factories import Chamber, Town

MOST_KEYS = 90
"""A decision with three actions takes at most so many keystrokes beyond the words themselves."""


class Setting:
    """A council of nine with money, and a meeting with two questions, planned for now."""

    def __init__(self) -> None:
        self.now = now = timezone.now()
        self.town = Town(now)
        self.council = Chamber(self.town, name="CX Governance Council", size=9)
        books.grant(council=self.council.council, amount=10_000 * EUROS, by=self.town.sponsor, now=now)
        clerk = self.council.secretary
        for ask in ("May we text at night?", "Who answers on a Sunday?"):
            agenda.propose(
                council=self.council.council, about=None, matter=referrals.GENERAL, ask=ask, by=clerk, now=now
            )
        self.meeting = meetings.call(council=self.council.council, starts_at=now, by=clerk, now=now)


@pytest.fixture
def setting(desk: Desk) -> Setting:
    return Setting()


class Keys:
    """A keyboard that counts: what is pressed, and of what is typed all that is not the words themselves."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def type(self, words: str, beyond: str = "") -> None:
        self.page.keyboard.type(words + beyond)
        self.pressed += len(beyond)


def test_a_meeting_is_run_by_keyboard_and_the_wall_follows(setting: Setting, desk: Desk, axe: Any) -> None:
    council, meeting = setting.council, setting.meeting
    secretary, chair = desk.seat(council.secretary), desk.seat(council.chair)
    wall = desk.seat(setting.town.lead, width=1920, height=1080)
    at = f"/meetings/{meeting.reference}/"
    secretary.goto(at)
    secretary.get_by_role("button", name="Open the meeting").click()
    for here in range(1, 7):
        secretary.get_by_role("button", name=re.compile(r"^Mark here")).first.click()
        expect(secretary.locator("#quorum")).to_contain_text(f"{here} of 9 here")
    chair.goto(at)
    wall.goto(f"{at}wall/")
    expect(wall.get_by_role("heading", level=1)).to_have_text("May we text at night?")
    expect(chair.get_by_role("button", name="Capture it")).to_have_count(0)

    # A decision with three actions, by keyboard alone.
    keys = Keys(secretary)
    secretary.wait_for_load_state()
    keys.press("d")
    keys.type("We text until ten at night, and never on a Sunday.")
    keys.press("Enter")
    expect(secretary.locator("#lines")).to_contain_text("We text until ten")
    expect(wall.locator(".motion")).to_have_text("We text until ten at night, and never on a Sunday.")
    keys.press("Escape")
    keys.press("a")
    for number, what in enumerate(("Write the four texts", "Ask the works council", "Count who calls all the same"), 1):
        keys.type(what, " @champion, cl ^10d =500")
        keys.press("Enter")
        expect(secretary.locator("#commissioned li")).to_have_count(number)
    keys.press("Escape")
    axe(secretary)
    keys.press("o")
    expect(secretary.locator("#decided")).to_contain_text("valid")
    decision = Decision.objects.get()
    assert (decision.how, decision.amount) == ("no_objection", 1500 * EUROS)
    assert ActionItem.objects.filter(decision=decision).count() == 3
    assert keys.pressed <= MOST_KEYS, f"{keys.pressed} keystrokes beyond the words"
    expect(wall.locator("#wall")).to_contain_text(decision.reference)

    # The next item; the chair's page and the wall follow within seconds, without being touched.
    secretary.wait_for_load_state()
    keys.press("g")
    expect(wall.get_by_role("heading", level=1)).to_have_text("Who answers on a Sunday?")
    expect(chair.locator("#now")).to_contain_text("Who answers on a Sunday?")
    for page in (chair, wall):
        axe(page)

    # A quorum that is lost is said at once, everywhere.
    secretary.get_by_role("button", name=re.compile(r"^Has left")).first.click()
    secretary.get_by_role("button", name=re.compile(r"^Has left")).first.click()
    expect(chair.locator("#quorum")).to_contain_text("advisory")
    expect(wall.locator("#quorum")).to_contain_text("advisory")

    # The pen changes hands: the chair writes, the secretary is told and keeps what was typed.
    secretary.locator("#capture-text").fill("Half a sentence")
    chair.get_by_role("button", name="Take the pen").click()
    expect(chair.get_by_role("button", name="Capture it")).to_be_visible()
    chair.wait_for_load_state()  # keys act once the scripts are there
    chair.keyboard.press("p")
    expect(chair.locator("#capture-text")).to_be_focused()
    chair.keyboard.type("Who pays for Sundays?")
    chair.keyboard.press("Enter")
    expect(chair.locator("#lines")).to_contain_text("Who pays for Sundays?")
    expect(secretary.locator("#pulse")).to_contain_text("has held the pen since")
    assert secretary.locator("#capture-text").input_value() == "Half a sentence"
    secretary.get_by_role("button", name="Take the pen").click()
    expect(secretary.locator("#pulse")).to_contain_text("You hold the pen")
    expect(secretary.locator("#capture-text")).to_have_value("Half a sentence")  # kept on this device

    chair.goto(at)
    chair.get_by_role("link", name="Close the meeting").click()
    chair.get_by_role("button", name="Close the meeting").click()
    expect(chair.get_by_role("main")).to_contain_text("Closed on")
    meeting.refresh_from_db()
    assert meeting.state == "closed"
    expect(secretary.get_by_role("main")).to_contain_text("Closed on")
    parked = Capture.objects.get(kind="parked")
    assert AgendaItem.objects.get(pk=parked.result_id).meeting is None


def test_a_lost_connection_keeps_what_was_typed_and_says_so(setting: Setting, desk: Desk) -> None:
    meetings.open_meeting(meeting=setting.meeting, by=setting.council.secretary, now=setting.now)
    page = desk.seat(setting.council.secretary)
    page.goto(f"/meetings/{setting.meeting.reference}/")
    page.context.set_offline(True)
    page.locator("#capture-text").fill("The landlords were not asked.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("No connection. What you typed is still here")
    assert page.locator("#capture-text").input_value() == "The landlords were not asked."
    expect(page.locator("#pulse [data-lost]")).to_be_visible()
    assert not Capture.objects.exists()
    page.context.set_offline(False)
    expect(page.locator("#pulse [data-lost]")).to_be_hidden()
    page.locator("#capture-text").press("Enter")
    expect(page.locator("#lines")).to_contain_text("The landlords were not asked.")
    assert page.locator("#capture-text").input_value() == ""
    assert Capture.objects.count() == Meeting.objects.count() == 1
    # The console said that the line was down: that was to be seen.
    desk.complaints[:] = [
        one for one in desk.complaints if "htmx:sendError" not in one and "htmx:afterRequest" not in one
    ]


def test_an_agenda_is_put_in_order_by_key(setting: Setting, desk: Desk, axe: Any) -> None:
    page = desk.seat(setting.council.secretary)
    page.goto(f"/meetings/{setting.meeting.reference}/plan/")
    page.get_by_label("Minutes, May we text at night?").fill("20")
    page.get_by_label("Minutes, Who answers on a Sunday?").fill("50")
    expect(page.locator("[data-planned]")).to_contain_text("70 of 60 minutes")
    page.get_by_label("Minutes, Who answers on a Sunday?").press("Alt+ArrowUp")
    axe(page)
    page.get_by_role("button", name="Save the plan").click()
    expect(page.locator(".agenda li").first).to_contain_text("Who answers on a Sunday?")
    first = AgendaItem.objects.order_by("position").first()
    assert (first.ask, first.allotted) == ("Who answers on a Sunday?", 50)
