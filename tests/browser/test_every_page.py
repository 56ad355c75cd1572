"""Every page that somebody can reach by a link, looked at as a machine can: access, narrow screens, one way forward."""

import html
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import Page

from governance.models import Person
from tests.browser.conftest import Desk, violations
from tests.browser.filled import Filled

HREF = re.compile(r'<a [^>]*?href="(/[^"#]*)')
# Of each route one page is looked at, and one with filters in its address; by axe two, since two things differ.
EXAMPLES = 1
PHONE = 390
# The words of a programmer, or of nobody: unfilled templates, keys of choices, entities, "1 actions".
LEFTOVER = re.compile(
    r"\{\{|\{%|\bNone\b(?! yet)|\bTrue\b|\bFalse\b|\b[a-z]+_[a-z_]+\b|&\w+;|\b1 (?!was|is|has)\w+[^s\W]s\b"
)


def pages_of(person: Person, plain: int = EXAMPLES) -> list[str]:
    """Addresses that ``person`` reaches by links from the home page: of each route so many ``plain`` examples, and one
    with filters."""
    client = Client()
    client.force_login(person)
    examples: dict[tuple[str, bool], list[str]] = defaultdict(list)
    waiting, seen = deque(["/"]), {"/"}
    linked, broken = {"/": "nothing"}, []
    while waiting:
        address = waiting.popleft()
        parts = urlsplit(address)
        try:
            route = resolve(parts.path).view_name
        except Resolver404:
            route = f"nowhere: {parts.path}"
        known = examples[route, bool(parts.query)]
        if route.startswith("api") or len(known) >= (EXAMPLES if parts.query else plain):
            continue
        answer = client.get(address)
        if answer.status_code in {301, 302}:
            continue
        if answer.status_code != 200:
            broken.append(f"{address}, which {linked[address]} links to, answered {answer.status_code}")
            continue
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        known.append(address)
        for found in HREF.findall(answer.content.decode()):
            link = html.unescape(found)
            if link not in seen and not link.startswith(("/static/", "/api/")):
                seen.add(link)
                linked[link] = address
                waiting.append(link)
    assert not broken, "\n".join(broken)
    return [address for addresses in examples.values() for address in addresses]


@pytest.fixture
def filled(desk: Desk) -> Filled:
    return Filled(timezone.now())


def test_no_page_keeps_anybody_out_in_light_or_dark(filled: Filled, desk: Desk) -> None:
    page = desk.seat(filled.town.lead)
    found = []
    for address in pages_of(filled.town.lead, plain=2):
        page.goto(address)
        page.emulate_media(color_scheme="light")
        found += violations(page)
        page.emulate_media(color_scheme="dark")  # where only the colours differ
        found += [f"dark: {violation}" for violation in violations(page, rule="color-contrast")]
    assert not found, "\n".join(found)


OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return null;
  const out = [...document.querySelectorAll('main *, .bar *, .tabbar *')]
    .filter((e) => e.getBoundingClientRect().right > wide + 1)
    .map((e) => e.tagName.toLowerCase() + '.' + e.className + ': ' + (e.textContent || '').trim().slice(0, 40));
  return `${document.documentElement.scrollWidth} px wide: ` + out.slice(0, 3).join(' | ');
}"""


@pytest.mark.parametrize("role", ["lead", "champion", "chair", "sponsor"])
def test_every_page_says_its_finding_offers_one_way_forward_and_fits_a_phone(
    filled: Filled, desk: Desk, role: str
) -> None:
    person = dict(filled.people)[role]
    page = desk.seat(person)
    found = []
    for address in pages_of(person):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        found += [f"{address}: {complaint}" for complaint in complaints(page)]
        page.set_viewport_size({"width": PHONE, "height": 844})
        if wide := page.evaluate(OUTSIDE):
            found.append(f"{address}: scrolls sideways on a phone: {wide}")
    assert not found, "\n".join(found)


def complaints(page: Page) -> Iterator[str]:
    """What is wrong with a page whoever looks at it."""
    main = page.locator("main")
    if (headings := main.locator("h1").count()) != 1:
        yield f"{headings} headings of the first order"
    if not page.title().removesuffix(" · Keep").strip():
        yield "no title"
    lede = main.locator(".lede")
    if lede.count() and not lede.first.inner_text().strip():
        yield "opens without a finding"
    if (primary := main.locator(".btn.primary:visible").count()) > 1:
        yield f"{primary} primary buttons"
    text = main.inner_text()
    for command in main.locator("code").all_inner_texts():
        text = text.replace(command, "")
    for words in LEFTOVER.findall(text):
        yield f"says “{words}”"


def test_the_door_keeps_nobody_out(filled: Filled, desk: Desk) -> None:
    page = desk.blank(width=PHONE, height=844)
    found = []
    for address in ("/sign-in/", "/no-such-page/"):
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += violations(page)
        assert page.evaluate(OUTSIDE) is None
    assert not found, "\n".join(found)
