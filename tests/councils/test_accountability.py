"""The chart: reporting lines as they are, nothing that the reader may not see, boxes that never lie on another."""

from xml.etree import ElementTree

import pytest

from councils.queries.accountability import accountability, forest_of_councils
from governance.drawing import Leaf, clipped, hang, size, wrapped
from governance.models import Department, Seat
from governance.services import people
from tests.factories import Chamber, Town
from tests.large_place import LargePlace

pytestmark = pytest.mark.django_db


def test_councils_hang_below_the_body_that_they_report_to(town: Town, client_for, api_for) -> None:
    above = Chamber(town, name="Executive committee", size=3)
    below = Chamber(town, name="Governance council", size=3, parent=above.council)
    (root,) = forest_of_councils(accountability(town.lead, town.now))
    assert (root.title, [child.title for child in root.children]) == ("Executive committee", ["Governance council"])
    page = client_for(town.lead).get("/accountability/").content.decode()
    assert page.count(f'href="/councils/{below.council.reference}/"') == 2, "in the drawing, and in the list"
    assert f"Chair: {below.chair.name}" in page
    narrowed = client_for(town.lead).get(f"/accountability/?council={below.council.reference}").content.decode()
    assert f'href="/councils/{above.council.reference}/"' not in narrowed
    told = api_for(town.lead).get("/api/v1/accountability/").json()
    lines = {one["name"]: one["reports_to"] for one in told["councils"]}
    assert lines == {"Executive committee": None, "Governance council": above.council.reference}
    assert told["sponsors"][0]["who"] == town.sponsor.name


def test_a_council_that_nobody_chairs_is_a_hole(town: Town) -> None:
    room = Chamber(town, name="Executive committee", size=3)
    people.end_access(person=room.chair, by=town.lead, now=town.now)
    (leaf,) = forest_of_councils(accountability(town.lead, town.now))
    assert (leaf.is_hole, leaf.lines[0]) == (True, "Nobody chairs it")


def test_a_confidential_council_is_drawn_for_its_own_people_alone(town: Town, client_for, api_for) -> None:
    above = Chamber(town, name="Executive committee", size=3)
    secret = Chamber(town, name="Zephyr", size=3, parent=above.council, confidential=True)
    assert "Zephyr" in client_for(secret.chair).get("/accountability/").content.decode()
    for person in (town.lead, above.chair, town.champions[town.claims.pk]):
        assert "Zephyr" not in client_for(person).get("/accountability/").content.decode()
        assert "Zephyr" not in api_for(person).get("/api/v1/accountability/").content.decode()
    # Its own people may not see the body above, and are told of none.
    told = api_for(secret.chair).get("/api/v1/accountability/").json()["councils"]
    assert [(one["name"], one["reports_to"]) for one in told] == [("Zephyr", None)]


def tree(depth: int, width: int, key: list[int]) -> Leaf:
    key[0] += 1
    children = [tree(depth - 1, width, key) for _ in range(width)] if depth else []
    return Leaf(key[0], f"Body number {key[0]}" * (1 + key[0] % 3), ["a", "b", "c"][: key[0] % 4], children=children)


@pytest.mark.parametrize("forest", [[(0, 0)], [(1, 3)], [(3, 4)], [(2, 2), (1, 9), (0, 0), (4, 2)]])
def test_no_box_lies_on_another_or_outside_the_sheet(forest) -> None:
    made = [tree(depth, width, [100 * place]) for place, (depth, width) in enumerate(forest)]
    drawing = hang(made)
    assert len(drawing.boxes) == sum(size(leaf) for leaf in made)
    stand_apart([(box.x, box.y, box.width, box.height) for box in drawing.boxes], drawing.width, drawing.height)


def stand_apart(boxes: list[tuple[int, int, int, int]], width: int, height: int) -> None:
    taken = [(x, y, x + wide, y + high) for x, y, wide, high in boxes]
    for number, (left, top, right, bottom) in enumerate(taken):
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for other in taken[number + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_a_name_is_clipped_by_the_room_that_its_letters_take() -> None:
    assert clipped("Short", 30) == "Short"
    assert clipped("x" * 40, 30) == "x" * 29 + "…"
    assert clipped("陳" * 20, 30) == "陳" * 14 + "…"


def test_a_long_name_goes_on_below() -> None:
    assert wrapped("Short", 30) == ["Short"]
    assert wrapped("Complaints and customer relations, Home", 30) == ["Complaints and customer", "relations, Home"]
    assert wrapped("Exactly here it ends, and goes on", 21) == ["Exactly here it", "ends, and goes on"]
    assert wrapped("x" * 99, 30) == ["x" * 29, "x" * 29, "x" * 29 + "…"]
    assert wrapped("陳" * 20, 30) == ["陳" * 14, "陳" * 6]


SVG = "{http://www.w3.org/2000/svg}"


def drawn(client, address: str = "/accountability.svg") -> ElementTree.Element:
    answer = client.get(address)
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert answer["Content-Disposition"].startswith("attachment")
    return ElementTree.fromstring(answer.content)


def test_forty_departments_and_a_hundred_and_fifty_seats_stand_in_one_file(town: Town, client_for) -> None:
    place = LargePlace(town)
    assert (Department.objects.count() >= 40, Seat.objects.count() >= 150) == (True, True)
    sheet = drawn(client_for(town.lead))
    width, height = int(sheet.attrib["width"]), int(sheet.attrib["height"])
    boxes, inked = [], 0
    for part in sheet.findall(f"{SVG}g"):
        across, down = (int(number) for number in part.attrib["transform"][10:-1].split())
        for group in part.findall(f"{SVG}g"):
            rect = group.find(f"{SVG}rect")
            assert rect is not None
            x, y, wide, high = (int(rect.attrib[name]) for name in ("x", "y", "width", "height"))
            boxes.append((x + across, y + down, wide, high))
            for words in group.findall(f"{SVG}text"):
                assert y < int(words.attrib["y"]) < y + high - 3, "each line lies in its box"
                inked += 1
    stand_apart(boxes, width, height)
    assert (
        len(boxes) == len(place.sponsors) + len(place.councils) + Department.objects.exclude(to_be_placed=True).count()
    )
    words = [one.text for one in sheet.iter(f"{SVG}text")]
    assert "Sponsor: Ingrid Solheim" in words
    assert "Champion: no seat yet" in words
    assert "Nobody chairs it" in words
    assert inked > 3 * len(boxes) - 5
    assert not [line for line in words if line and line.endswith("…")], "no name is cut off"


def test_a_drawing_stands_alone(town: Town, client_for) -> None:
    """No links, no scripts, no fonts or styles from elsewhere: it may lie in a slide of somebody else's."""
    Chamber(town, name="Executive <&> committee", size=3)
    sheet = drawn(client_for(town.lead))
    assert {one.tag.removeprefix(SVG) for one in sheet.iter()} <= {"svg", "g", "rect", "path", "text", "title"}
    assert not {name for one in sheet.iter() for name in one.attrib if "href" in name or name.startswith("on")}
    assert "Executive <&> committee" in [one.text for one in sheet.iter(f"{SVG}text")]


def test_a_file_holds_what_its_reader_sees_on_the_page(town: Town, client_for) -> None:
    above = Chamber(town, name="Executive committee", size=3)
    Chamber(town, name="Zephyr", size=3, parent=above.council, confidential=True)
    below = Chamber(town, name="Governance council", size=3, parent=above.council)
    for person in (town.lead, above.chair):
        assert "Zephyr" not in client_for(person).get("/accountability.svg").content.decode()
    narrowed = client_for(town.lead).get(f"/accountability.svg?council={below.council.reference}").content.decode()
    assert "Governance council" in narrowed
    assert "Executive committee" not in narrowed
