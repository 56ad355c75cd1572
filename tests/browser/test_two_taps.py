"""On a phone: five actions, each said where it stands in at most three taps, from My work, the list and one page."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import ActionItem
from actions.services import items
from tests.browser.conftest import Desk
from tests.factories import Chamber, Town

PICTURES = os.environ.get("PICTURES_OF_TAPS", "")
"""A folder: where it is named, what the phone shows is kept there, to be looked at."""


class Phone:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, found: Any) -> None:
        self.page.wait_for_load_state()  # a page whose style sheets are on their way has buttons of any size
        box = found.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, "too small for a thumb"
        found.tap()
        self.taps += 1

    def picture(self, name: str) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing runs out of the page"
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town(timezone.now())


@pytest.fixture
def five(town: Town) -> list[ActionItem]:
    now, chamber = timezone.now(), Chamber(town, name="CX Governance Council", size=9)
    titles = (
        "Text at each step",
        "Call back the same day",
        "One page on premiums",
        "Ring the garage",
        "Stay signed in",
    )
    made = []
    for number, title in enumerate(titles):
        action = items.create(
            title=title, seat=town.champion_seats[town.claims.pk], council=chamber.council, proof="It is seen.",
            by=town.lead, now=now,
        )  # fmt: skip
        due = now.date() + timedelta(days=10 + number)
        made.append(items.accept(action=action, promised_on=due, by=town.champions[town.claims.pk], now=now))
    return made


@pytest.mark.parametrize("with_script", [True, False])
def test_five_actions_in_at_most_three_taps_each_from_my_work(
    town: Town, five: list[ActionItem], desk: Desk, with_script: bool, axe: Any
) -> None:
    page = desk.seat(
        town.champions[town.claims.pk], width=390, height=844, has_touch=True, java_script_enabled=with_script
    )
    phone = Phone(page)
    page.goto("/")
    for action, health in zip(five, ("on_track", "at_risk", "off_track", "on_track", "at_risk"), strict=True):
        before = phone.taps
        row = page.get_by_role("group", name=f"Say in one tap: {action.title}")
        phone.tap(row.get_by_role("button", name=health.replace("_", " ").capitalize()))
        expect(page.get_by_role("status").filter(has_text="Saved").first).to_be_visible()
        assert phone.taps - before <= 3
        action.refresh_from_db()
        assert action.health == health
    if with_script:
        phone.picture("my-work")
        axe(page)


def test_from_the_list_and_all_at_once(town: Town, five: list[ActionItem], desk: Desk, axe: Any) -> None:
    page = desk.seat(town.champions[town.claims.pk], width=390, height=844, has_touch=True)
    phone = Phone(page)
    page.goto("/actions/")
    phone.tap(page.get_by_role("group", name=f"Say in one tap: {five[0].title}").get_by_role("button", name="At risk"))
    expect(page).to_have_url(re.compile("/actions/$"))
    phone.picture("list")
    axe(page)
    page.goto("/")
    before = phone.taps
    phone.tap(page.get_by_role("link", name="Say where several stand"))
    expect(page.get_by_role("heading", name="Where several stand")).to_be_visible()
    for panel in page.get_by_role("group", name="Where does it stand?").all():
        phone.tap(panel.locator("label").filter(has_text="on track"))
    phone.picture("several")
    axe(page)
    phone.tap(page.get_by_role("button", name="Save what I said"))
    expect(page.get_by_role("status").filter(has_text="5 updates are saved").first).to_be_visible()
    assert phone.taps - before <= 3 * len(five)
    assert set(ActionItem.objects.values_list("health", flat=True)) == {"on_track"}
