"""The main job, clicked: what was heard is answered, decided, promised, said done, verified by another, and counted.

Five people at five browsers, each seeing only what they may: the champion who owns the work, the CX lead who brings it
to the council, the chair who runs the meeting, the secretary who verifies, the sponsor who funds and looks. The service
calls behind it are told as a story in ``tests/stories/test_the_main_job.py``; here it is the pages that have to lead
from one step to the next.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import ActionItem, ActionState, Theme
from actions.services import items
from councils.services import agenda
from tests.browser.conftest import Desk
from tests.browser.filled import EUROS, Filled, hear
from tests.factories import Chamber, Town

TITLE = "Text at each step of a claim"


class Setting:
    """A town on its first day: two councils, what was heard, and nothing decided."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.town = Town(self.now)
        self.committee = Chamber(self.town, name="Executive Committee", size=3)
        self.council = Chamber(self.town, name="CX Governance Council", size=9, parent=self.committee.council)
        self.champion = self.town.champions[self.town.claims.pk]
        self.seat = self.town.champion_seats[self.town.claims.pk]
        hear(self.town, self.now)


@pytest.fixture
def setting(desk: Desk) -> Setting:
    return Setting()


def has_said(page: Page, words: str) -> None:
    """The page told that it was done, where a screen reader hears it."""
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def test_what_was_heard_becomes_a_promise_that_another_person_verifies(
    setting: Setting, desk: Desk, sign_in: Any, axe: Any
) -> None:
    due = (setting.now + timedelta(days=11)).date()
    champion, lead, chair, secretary, sponsor = (desk.blank() for _person in range(5))
    sign_in(champion, setting.champion)
    sign_in(lead, setting.town.lead)
    sign_in(chair, setting.council.chair)
    sign_in(secretary, setting.council.secretary)
    sign_in(sponsor, setting.town.sponsor)

    # 2. The champion owes an answer: it waits under "My work". Then the theme goes onto the council's agenda.
    champion.goto("/")
    _open(champion, "Claim status")
    champion.get_by_role("link", name=re.compile(r"^Open THM-")).first.click()
    champion.get_by_label("What we will do").fill("We will text at each step of a claim.")
    champion.get_by_role("button", name="Give this answer").click()
    has_said(champion, "Answered for Claims")
    lead.goto(champion.url)
    lead.get_by_role("link", name="Put it onto an agenda").click()
    lead.get_by_label("Council", exact=True).select_option(label="CX Governance Council")
    lead.get_by_label("What the council is asked").fill("Shall we text at each step of a claim?")
    lead.get_by_role("button", name="Propose it").click()
    has_said(lead, "It stands on the agenda of CX Governance Council")
    axe(lead)

    # 3. The sponsor signs a grant; the chair calls a meeting, opens it, and takes attendance until there is a quorum.
    sponsor.goto("/councils/")
    sponsor.get_by_role("main").get_by_role("link", name="CX Governance Council").first.click()
    sponsor.get_by_role("link", name="Grant an envelope").click()
    sponsor.get_by_label("How much").fill("10,000")
    sponsor.get_by_label("I sign this grant in my name").check()
    sponsor.get_by_role("main").get_by_role("button").filter(has_text="rant").click()
    expect(sponsor.get_by_role("main")).to_contain_text("€10,000")

    chair.goto("/councils/")
    chair.get_by_role("main").get_by_role("link", name="CX Governance Council").first.click()
    chair.get_by_role("link", name="Call a meeting").click()
    chair.get_by_label("Day").fill(setting.now.date().isoformat())
    chair.get_by_label("Time").fill("09:00")
    chair.get_by_role("main").locator("button.primary").click()
    chair.get_by_role("button", name="Open the meeting").click()
    expect(chair.locator(".quorum")).to_contain_text(re.compile("no quorum|not enough|too few|0 of 9", re.IGNORECASE))
    for here in range(1, 6):
        chair.get_by_role("button", name=re.compile(r"^Mark here")).first.click()
        expect(chair.locator(".quorum")).to_contain_text(f"{here} of 9 here")
    axe(chair)

    # It decides, within its charter and its envelope, and sees the verdict before it is stored.
    chair.get_by_label("Motion").fill("Text at each step, with four thousand euros at most.")
    chair.get_by_label("What is to be done").fill(TITLE)
    chair.get_by_label("Accountable seat").select_option(label=_option(chair, "Champion, Claims"))
    chair.get_by_label("What would prove it done").fill("Nine of ten claims get all four texts.")
    chair.get_by_label("Date asked for").fill(due.isoformat())
    chair.get_by_label("Allocated from the envelope").fill("3,999")
    chair.get_by_role("radio", name="votes for it").first.check()  # all who are here, at once
    chair.get_by_role("button", name="What would it be?").click()
    has_said(chair, "Nothing is stored yet")
    assert not ActionItem.objects.exists()
    chair.get_by_role("button", name="Record the decision").click()
    expect(chair.locator("#decided")).to_contain_text("valid")
    action = ActionItem.objects.get()
    assert (action.allocated, action.seat_id, action.asked_for) == (3_999 * EUROS, setting.seat.pk, due)

    # 4. The owner accepts, says where it stands with two taps, reports what stops it, shows what was done, says done.
    champion.goto("/")
    _open(champion, TITLE)
    champion.get_by_role("button", name="Accept", exact=True).click()
    has_said(champion, "Accepted:")
    _open(champion, TITLE)
    champion.get_by_role("group", name="Where does it stand?").get_by_text("at risk").first.click()
    champion.get_by_role("button", name="Save update").first.click()
    has_said(champion, "Saved:")
    action.refresh_from_db()
    assert (action.state, action.health, action.promised) == (ActionState.IN_PROGRESS, "at_risk", due)

    champion.goto(f"/actions/{action.reference}/")
    champion.get_by_text("Report what stops it").click()
    champion.get_by_label("What stops it").fill("Consent must be asked again.")
    champion.get_by_role("button", name="Report it blocked").click()
    expect(champion.get_by_role("main")).to_contain_text("Consent must be asked again.")
    champion.get_by_role("button", name="It no longer stops us").click()
    assert champion.get_by_text("Say that it is done").count() == 0, "nothing is done without evidence"
    champion.get_by_text("Attach evidence").click()
    champion.get_by_label("What it shows").fill("Forty claims, four texts each")
    champion.get_by_role("button", name="Attach it").click()
    champion.get_by_text("Say that it is done").click()
    champion.get_by_role("button", name="It is done").click()
    has_said(champion, "Another person looks at it now")
    axe(champion)

    # Another person verifies; the owner is not even offered to.
    assert champion.get_by_role("button", name="Save my finding").count() == 0
    secretary.goto("/")
    _open(secretary, TITLE)
    secretary.get_by_role("link", name=f"Open {action.reference}").click()
    secretary.get_by_role("group", name="Does the evidence show it done?").get_by_text("Yes, it is done").click()
    secretary.get_by_role("button", name="Save my finding").click()
    expect(secretary.locator(".lede, .page-head").first).to_contain_text(re.compile("verified", re.IGNORECASE))
    action.refresh_from_db()
    assert action.state == ActionState.VERIFIED

    # 6. The sponsor's page counts it, and the number opens its list.
    sponsor.goto("/review/")
    row = sponsor.get_by_role("row").filter(has=sponsor.get_by_role("rowheader", name="Verified", exact=True))
    row.get_by_role("link").first.click()
    expect(sponsor.get_by_role("main")).to_contain_text(TITLE)
    expect(sponsor.get_by_role("main")).to_contain_text(action.reference)
    axe(sponsor)


def _option(page: Page, words: str) -> str:
    """The whole label of the option that says ``words``."""
    return str(page.get_by_label("Accountable seat").locator("option").filter(has_text=words).first.inner_text())


def _open(page: Page, title: str) -> None:
    """Unfold a row of My work, unless it stands open already."""
    row = page.locator("details[name=task]").filter(has_text=title)
    if row.get_attribute("open") is None:
        row.locator("summary").first.click()


@pytest.fixture
def promised(setting: Setting) -> ActionItem:
    """An action of the champion's own, promised for the week after next."""
    action = items.create(
        title=TITLE, seat=setting.seat, council=setting.council.council, proof="Four texts a claim.",
        needs_none=True, by=setting.town.lead, now=setting.now,
    )  # fmt: skip
    due = (setting.now + timedelta(days=11)).date()
    return items.accept(action=action, promised_on=due, by=setting.champion, now=setting.now)


def test_an_update_takes_two_taps_without_javascript_too(
    setting: Setting, promised: ActionItem, desk: Desk, sign_in: Any
) -> None:
    page = desk.blank(width=390, height=844, java_script_enabled=False)
    sign_in(page, setting.champion)
    page.goto("/")
    _open(page, TITLE)
    page.get_by_role("group", name="Where does it stand?").get_by_text("off track").click()
    page.get_by_role("button", name="Save update").click()
    has_said(page, "Saved")
    promised.refresh_from_db()
    assert promised.health == "off_track"
    expect(page.get_by_role("main")).to_contain_text(TITLE)


def test_a_form_without_an_answer_keeps_the_page_and_says_what_to_choose(
    setting: Setting, promised: ActionItem, desk: Desk
) -> None:
    page = desk.seat(setting.champion, java_script_enabled=False)
    page.goto(f"/actions/{promised.reference}/")
    page.get_by_text("Attach evidence").click()
    page.get_by_label("Link", exact=False).first.fill("https://example.org/forty-claims")
    with page.expect_response(re.compile("/evidence/")) as answer:
        page.get_by_role("button", name="Attach it").click()
    assert answer.value.status == 422
    assert page.get_by_label("Link", exact=False).first.input_value() == "https://example.org/forty-claims"
    expect(page.get_by_label("What it shows")).to_have_attribute("aria-invalid", "true")


def tab_to(page: Page, words: str, limit: int = 80) -> None:
    """Press Tab until what has the focus is called ``words``, as somebody without a mouse does."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; return (e.labels && e.labels[0] || e).innerText || '' }"
        )
        if words.lower() in name.lower():
            # What has the focus must be seen to have it.
            ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            around = page.evaluate(
                "() => getComputedStyle(document.activeElement.closest('label') || document.body).outlineStyle"
            )
            assert "none" not in (ring if ring != "none" else around), f"“{words}” has the focus, and nobody sees it"
            return
    raise AssertionError(f"“{words}” cannot be reached with the keyboard")


def test_an_update_needs_no_mouse(setting: Setting, promised: ActionItem, desk: Desk) -> None:
    page = desk.blank()
    page.goto("/sign-in/")
    # The first field has the focus: the browser gives it with the first frame, which may come after the load.
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(setting.champion.email)
    page.keyboard.press("Tab")
    page.keyboard.type("correct-horse-battery-7")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text(re.compile("Skip to the content"))
    page.keyboard.press("Enter")
    tab_to(page, TITLE)
    if page.locator("details[name=task]").filter(has_text=TITLE).get_attribute("open") is None:
        page.keyboard.press("Enter")
    tab_to(page, "on track")
    page.keyboard.press("ArrowRight")
    tab_to(page, "Save update")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .message")).to_be_visible()
    promised.refresh_from_db()
    assert promised.health in {"at_risk", "off_track"}


def test_somebody_who_may_not_see_it_meets_the_same_page_as_for_nothing(desk: Desk) -> None:
    filled = Filled(timezone.now())
    outsider = desk.seat(filled.town.champions[filled.town.legal.pk])
    hidden = outsider.goto(f"/actions/{filled.running.reference}/")
    text = outsider.get_by_role("main").inner_text()
    missing = outsider.goto("/actions/ACT-9999/")
    assert hidden is not None
    assert missing is not None
    assert (hidden.status, missing.status) == (404, 404)
    assert outsider.get_by_role("main").inner_text() == text


def test_two_who_write_at_once_are_both_heard(setting: Setting, promised: ActionItem, desk: Desk) -> None:
    first, second = desk.seat(setting.champion), desk.seat(setting.champion)
    for page in (first, second):
        page.goto(f"/actions/{promised.reference}/")
        page.get_by_role("group", name="Where does it stand?").get_by_text(
            "on track" if page is first else "off track"
        ).first.click()
    first.get_by_role("button", name="Save update").click()
    has_said(first, "Saved")
    second.get_by_role("button", name="Save update").click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody was quicker")
    promised.refresh_from_db()
    assert promised.health == "on_track", "nothing is silently overwritten"
    second.get_by_role("button", name="Save update").click()
    has_said(second, "Saved")
    promised.refresh_from_db()
    assert promised.health == "off_track"


def test_a_theme_stands_on_one_agenda_once(setting: Setting, desk: Desk) -> None:
    theme = Theme.objects.get(name="Claim status")
    agenda.propose(
        council=setting.council.council, about=theme.subject, matter="theme", by=setting.town.lead, now=setting.now
    )
    page = desk.seat(setting.town.lead)
    page.goto(f"/themes/{theme.subject.reference}/")
    expect(page.get_by_role("complementary")).to_contain_text("CX Governance Council")
