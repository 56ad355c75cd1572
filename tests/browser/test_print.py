"""What is printed is passed on: tables as tables, pages with numbers, and nothing that is its reader's alone."""

from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from pypdf import PdfReader

from actions.services import items
from tests.browser.conftest import Desk
from tests.factories import Chamber, Town

SHEET = int((210 - 2 * 14) * 96 / 25.4)
"""Of A4, what its margins leave, in CSS pixels: less than a phone's layout begins at."""


def test_the_review_prints_tables_and_nothing_of_its_reader_alone(town: Town, desk: Desk) -> None:
    now = timezone.now()
    council = Chamber(town, name="Harbour council", size=4).council
    for department in (town.claims, town.digital):
        action = items.put(title="Wait", seat=town.champion_seats[department.pk], council=council, proof="p", now=now)
        day = now.date() + timedelta(days=9)
        items.accept(action=action, promised_on=day, by=town.champions[department.pk], now=now)
    page = desk.seat(town.lead)
    page.goto("/review/")
    assert page.get_by_text("Only you see this").is_visible()
    page.set_viewport_size({"width": SHEET, "height": 900})
    assert page.locator(".heat tbody tr").first.evaluate("row => getComputedStyle(row).display") == "grid", (
        "on a screen"
    )
    page.emulate_media(media="print")
    assert page.locator(".heat tbody tr").first.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert page.locator(".heat").evaluate("table => table.offsetWidth <= table.parentElement.offsetWidth")
    paper = PdfReader(BytesIO(page.pdf(format="A4")))
    said = [sheet.extract_text() for sheet in paper.pages]
    assert len(said) <= 3
    assert f"1 / {len(said)}" in said[0]
    assert not [text for text in said if "Only you see this" in text]
