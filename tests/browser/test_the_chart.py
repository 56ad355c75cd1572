"""The accountability chart of a large place: on the screen and on paper nothing of it is cut off."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from governance.models import Department, Seat
from tests.browser.conftest import Desk
from tests.factories import Town
from tests.large_place import LargePlace

MILLIMETRE = 96 / 25.4
SHEET = (297 - 2 * 12, 210 - 2 * 12)
"""Of A4 across, what its margins leave."""

OVERFLOWING = """() => [...document.querySelectorAll('.org svg a')].filter(a => {
  const room = a.querySelector('rect').getBBox();
  return [...a.querySelectorAll('text')].some(line => {
    const ink = line.getBBox();
    return ink.x < room.x || ink.x + ink.width > room.x + room.width || ink.y + ink.height > room.y + room.height + 1;
  });
}).map(a => a.textContent)"""


@pytest.fixture
def large(town: Town) -> Town:
    LargePlace(town)
    assert Department.objects.count() >= 40
    assert Seat.objects.count() >= 150
    return town


def test_forty_departments_are_read_on_the_screen_in_print_and_in_a_slide(
    large: Town, desk: Desk, axe: Any, tmp_path: Path
) -> None:
    page = desk.seat(large.lead)
    page.goto("/accountability/")
    axe(page)
    assert page.evaluate(OVERFLOWING) == [], "every line ends in its box"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    with page.expect_download() as told:
        page.get_by_role("link", name="Save the drawing").click()
    file = tmp_path / "chart.svg"
    told.value.save_as(file)
    assert len(list(ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}rect"))) > 50

    page.emulate_media(media="print")
    page.set_viewport_size({"width": int(SHEET[0] * MILLIMETRE), "height": int(SHEET[1] * MILLIMETRE)})
    for drawing in page.locator(".org svg").all():
        box = drawing.bounding_box()
        assert box is not None
        assert box["width"] <= SHEET[0] * MILLIMETRE + 1
        assert box["height"] <= SHEET[1] * MILLIMETRE - 40, "a drawing and its heading fit onto one sheet"
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    across = [sheet for sheet in sheets if float(sheet[0]) > float(sheet[1])]
    assert len(across) == 2, "councils and departments, each on a sheet of its own"
    assert len(sheets) == 3, "and the sponsors before them"
