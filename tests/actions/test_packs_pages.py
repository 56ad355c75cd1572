"""A pack on its page, on a wall, as PDF, as workbook and over the API: the same words, Chinese too."""

import html
import json
import re
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader
from rest_framework.test import APIClient

from actions import packed
from actions.models import Feedback, Pack, PackSchedule
from actions.queries import packs as queries
from actions.queries.trends import open_work
from actions.services import items, packs
from councils.minuting import normalised
from councils.services import meetings
from governance.models import Organisation
from tests.actions.reading_files import take
from tests.actions.spreadsheet_files import sheets_of
from tests.factories import EPOCH, Chamber, Town
from tests.papers import language_and_faces

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=9, hours=8)
TITLE = "我们缩短等待时间；office “fit” — #strong[*literally*] $x$ \\ @one <b> & =1+1"
SAID = "我在门口等了三个小时，没有人告诉我为什么。Then I left."


@pytest.fixture
def chamber(town: Town) -> Chamber:
    made = Chamber(town, name="Harbour council", size=4)
    for person in made.members:
        town.seat("other", town.claims, person, title=f"Seat of {person}")
    return made


@pytest.fixture
def client(client):
    with time_machine.travel(NOW, tick=False):
        yield client


def filled(town: Town, chamber: Chamber, many: int = 3) -> None:
    take(EPOCH)
    Feedback.objects.filter(department=town.claims).update(
        text=SAID, received_at=NOW - timedelta(days=1), language="zh-Hans"
    )
    seat = town.champion_seats[town.claims.pk]
    for number in range(many):
        action = items.put(title=f"{number} {TITLE}", seat=seat, council=chamber.council, proof="p", now=EPOCH)
        items.accept(action=action, promised_on=EPOCH.date(), by=town.champions[town.claims.pk], now=EPOCH)


def pack_for(chamber: Chamber) -> Pack:
    return packs.make(wanted=chamber.council, by=chamber.chair, now=NOW)


def page_of(pack: Pack, name: str = "detail") -> str:
    return reverse(f"actions:pack-{name}", args=[pack.reference])


def words_on_page(answer) -> str:
    article = re.search(r"<article[^>]*data-paper[^>]*>(.*?)</article>", answer.text, re.DOTALL)
    assert article is not None
    said = re.sub(r"<svg.*?</svg>", " ", article[1], flags=re.DOTALL)  # a drawing says what its table says
    return normalised(html.unescape(re.sub(r"<[^>]*>", " ", said)))


def words_in_pdf(content: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    return normalised(" ".join(re.sub(r"PACK-\d+\s+\d+ / \d+\s*$", "", page) for page in pages))


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_page_pdf_and_workbook_say_the_same_words(town, chamber, client, language):
    Organisation.objects.update(language=language)
    filled(town, chamber)
    pack = pack_for(chamber)
    client.force_login(chamber.members[2])
    record = queries.get(pack.reference, chamber.members[2], NOW).record
    said = list(packed.words(record))
    assert any(TITLE in word for word in said)
    assert SAID in said
    parts = record["summary"] + record["parts"]
    page = words_on_page(client.get(page_of(pack)))
    assert page.startswith(
        normalised(" ".join([record["title"], *(word for fact in record["facts"] for word in fact)]))
    )
    for section in parts:
        assert normalised(" ".join(packed.words_of(section))) in page
    assert pack.digest in page
    printed = client.get(page_of(pack, "print"))
    assert printed["Content-Type"] == "application/pdf"
    drawn = words_in_pdf(printed.content)
    cover = [record["title"], *(word for fact in record["facts"] for word in fact)]
    cover += [record["reach"], record["times"], record["line"]]
    assert drawn.startswith(normalised(" ".join(cover)))
    assert pack.digest in drawn
    # Our words are in English without a catalogue; Chinese ones take the forms of the organisation's language.
    assert record["language"] == "en"
    assert '<article class="pack" lang="en"' in client.get(page_of(pack)).text
    assert language_and_faces(printed.content) == ("en", {"tc" if language == "zh-hant" else "sc"})
    # A cover, the summary on one page, then the parts.
    pages = [normalised(page.extract_text()) for page in PdfReader(BytesIO(printed.content)).pages]
    assert all(normalised(section["title"]) in pages[1] for section in record["summary"])
    assert pages[2].startswith(normalised(record["parts"][0]["title"]))
    # What stands in a table, a row a line: a table that runs over a page has its head again.
    for section in parts:
        assert normalised(section["title"]) in drawn
        for row in section["rows"]:
            assert normalised(" ".join(row)) in drawn
        for quote in section["quotes"]:
            assert normalised(quote["words"] + quote["about"]) in drawn
    sheets = sheets_of(client.get(page_of(pack, "sheets")).content)
    assert len(sheets) == 1 + len(parts), "a cover, and a sheet each"
    for rows, section in zip(sheets[1:], parts, strict=True):
        told = normalised(" ".join(cell for row in rows for cell in row))
        for word in packed.words_of(section):
            assert normalised(word) in told
    assert pack.digest in " ".join(cell for row in sheets[0] for cell in row)


def test_open_work_is_drawn_as_the_trends_draw_it_for_these_readers(town, chamber, client):
    filled(town, chamber)
    record = pack_for(chamber).record
    drawn = next(one for one in record["parts"] if one["key"] == "lateness")
    ElementTree.fromstring(drawn["svg"])
    readers, _people = queries.readers_of(queries.target_of(chamber.council), chamber.chair, NOW)
    now = open_work(readers.viewer, NOW)[-1]
    assert drawn["rows"][-1] == ["Now", *map(str, (now.whole, *now.late.values()))]
    assert now.whole
    by_age = next(one for one in record["parts"] if one["key"] == "ageing")
    assert by_age["rows"][-1] == ["Now", *map(str, (now.whole, *now.age.values()))]
    ElementTree.fromstring(by_age["svg"])
    of_one = packs.make(wanted=town.claims, by=town.lead, now=NOW)
    assert not {one["key"] for one in of_one.record["parts"]} & {"lateness", "ageing"}, "trends cannot be narrowed"


def test_the_pdf_is_tagged_and_has_chinese_faces(town, chamber):
    filled(town, chamber)
    content = queries.printed(pack_for(chamber))
    reader = PdfReader(BytesIO(content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"].get_object().values()}
    assert fonts
    assert SAID[:6] in normalised(" ".join(page.extract_text() for page in reader.pages))


def placed(page) -> list[tuple[float, float, str]]:
    """Every run of text of a page with the left end of its line: across, up."""
    found: list[tuple[float, float, str]] = []

    def run(text, matrix, in_text, _font, _size):
        if text.strip():
            # What is set is in text space; the page's own matrix places it.
            x = in_text[4] * matrix[0] + in_text[5] * matrix[2] + matrix[4]
            y = in_text[4] * matrix[1] + in_text[5] * matrix[3] + matrix[5]
            found.append((round(x, 1), round(y, 1), text.strip()))

    page.extract_text(visitor_text=run)
    return found


NAMES = ["香港分公司", "Policy Administration", "Customer Correspondence and Complaints of the Northern Region"]


@pytest.mark.parametrize("columns", [10, 22])
def test_no_column_of_a_wide_table_lies_on_another(town, chamber, monkeypatch, columns):
    """Names stand whole beside their numbers; what is too wide for an upright page has a lying one."""
    head = ("Department", *(f"Late by {number} days" for number in range(1, columns)))
    rows = [(name, *(str(100 + number) for number in range(1, columns))) for name in NAMES]
    wide = packed.Section(
        key="departments", name="By department", title="Wide.", head=head, numbers=tuple(range(1, columns)), rows=rows
    )
    monkeypatch.setattr(packs.packing, "parts", lambda frame: [wide])
    page = PdfReader(BytesIO(queries.printed(pack_for(chamber)))).pages[2]
    assert (page.mediabox.width > page.mediabox.height) == (columns > 10)
    found = placed(page)
    for name in NAMES[:2]:
        (up,) = (y for _x, y, text in found if text == name)  # in one line
        line = sorted((x, text) for x, y, text in found if abs(y - up) < 4)
        assert [text for _x, text in line] == [name, *rows[0][1:]], "each in its column, from left to right"
        assert line[1][0] - line[0][0] > 4 * len(name), "beside the name, not on it"
        assert all(right - left > 12 for (left, _one), (right, _next) in pairwise(line[1:]))


def test_a_pack_keeps_the_language_in_which_it_was_made(town, chamber):
    filled(town, chamber)
    pack = pack_for(chamber)
    before = queries.printed(pack), queries.sheets(pack)
    Organisation.objects.update(language="zh-hans")
    assert (queries.printed(pack), queries.sheets(pack)) == before


def test_a_pack_of_before_says_what_it_said(town, chamber, client):
    """Records made before they said of whom, of when and in which language they are: page and paper go on.

    They are in English, whatever the organisation has: no catalogue of ours was there when they were made.
    """
    Organisation.objects.update(language="zh-hant")
    filled(town, chamber)
    pack = pack_for(chamber)
    for name in ("reach", "times", "language", "forms"):
        del pack.record[name]
    for section in packed.sections(pack.record):
        del section["sums"]
    assert list(packed.words(pack.record))[-1]
    assert language_and_faces(queries.printed(pack)) == ("en", {"tc"})
    departments = next(one for one in pack.record["parts"] if one["key"] == "departments")
    assert packed.sums_of(departments) == 1


def test_the_file_of_the_record_has_the_hash_that_stands_on_the_cover(town, chamber, client):
    filled(town, chamber)
    pack = pack_for(chamber)
    client.force_login(chamber.chair)
    content = client.get(page_of(pack, "record")).content
    assert sha256(content).hexdigest() == pack.digest
    assert json.loads(content) == pack.record


def test_on_a_wall_there_is_a_screen_for_each_part_and_links_lead_on_and_back(town, chamber, client):
    filled(town, chamber, many=12)
    pack = pack_for(chamber)
    client.force_login(chamber.chair)
    text = client.get(page_of(pack, "show")).text
    slides = re.findall(r'id="slide-(\d+)"', text)
    assert slides == [str(number) for number in range(len(packed.sections(pack.record)) + 1)]
    for number in slides[1:]:
        assert f'href="#slide-{number}"' in text
    shown = re.search(r'id="late".*?</section>', text, re.DOTALL)
    assert shown is not None
    rows, more = shown[0].count('scope="row"'), re.search(r"(\d+) more in the pack", shown[0])
    assert more is not None
    assert rows + int(more[1]) == 12, "what does not fit is told as a number"


def test_the_chair_makes_one_on_the_page_and_finds_it_with_the_meeting(town, chamber, client):
    filled(town, chamber)
    meeting = meetings.call(council=chamber.council, starts_at=NOW + timedelta(days=5), by=chamber.secretary, now=EPOCH)
    client.force_login(chamber.chair)
    on_meeting = client.get(f"/meetings/{meeting.reference}/").text
    assert f"/review/packs/?for={meeting.reference}#make" in on_meeting
    form = client.get(f"/review/packs/?for={meeting.reference}").text
    assert f'<option value="{meeting.reference}" selected>' in form
    made = client.post("/review/packs/", {"audience": meeting.reference, "since": "", "until": ""})
    pack = Pack.objects.get()
    assert made.url == page_of(pack)
    assert pack.meeting == meeting
    for path in (f"/meetings/{meeting.reference}/", "/review/packs/"):
        assert page_of(pack) in client.get(path).text
    wrong = client.post("/review/packs/", {"audience": meeting.reference, "until": "2027-01-01"})
    assert wrong.status_code == 422
    assert "today or an earlier day" in wrong.text
    client.force_login(chamber.members[3])
    assert page_of(pack) in client.get(f"/meetings/{meeting.reference}/").text, "a member reads it"
    meetings.call_off(meeting=meeting, reason="Fog.", by=chamber.secretary, now=NOW)
    client.force_login(chamber.chair)
    called_off = client.get(f"/meetings/{meeting.reference}/").text
    assert page_of(pack) in called_off, "what was made stays"
    assert "?for=" not in called_off
    late = client.post("/review/packs/", {"audience": meeting.reference})
    assert late.status_code == 422
    assert "a meeting is perhaps over" in late.text
    client.force_login(chamber.members[3])
    assert "Make a pack" not in client.get("/review/packs/").text


def test_a_schedule_is_set_and_ended_on_the_page(town, chamber, client):
    client.force_login(chamber.secretary)
    council = chamber.council.reference
    assert client.post("/review/packs/schedule/", {"council": council, "days_before": "0"}).status_code == 422
    assert client.post("/review/packs/schedule/", {"council": council, "days_before": "4"}).status_code == 302
    assert "4 days before each meeting" in client.get("/review/packs/").text
    assert client.post("/review/packs/schedule/", {"council": council, "end": "1"}).status_code == 302
    assert not PackSchedule.objects.get().is_on
    assert "4 days before each meeting" not in client.get("/review/packs/").text


def test_whoever_may_not_read_it_is_told_that_nothing_is_there(town, chamber, client):
    filled(town, chamber)
    pack = pack_for(chamber)
    client.force_login(town.champions[town.digital.pk])
    for name in ("detail", "show", "print", "sheets", "record"):
        assert client.get(page_of(pack, name)).status_code == 404
    assert pack.reference not in client.get("/review/packs/").text


def test_a_program_makes_reads_and_takes_it_away_once(town, chamber, client):
    filled(town, chamber)
    program = APIClient()
    program.force_authenticate(chamber.chair)
    asked = {"council": chamber.council.reference}
    made = program.post("/api/v1/packs/", asked, format="json", headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    again = program.post("/api/v1/packs/", asked, format="json", headers={"Idempotency-Key": "one"})
    assert again.json() == made.json()
    assert Pack.objects.count() == 1
    at = f"/api/v1/packs/{made.json()['reference']}/"
    assert program.get(at).json()["digest"] == Pack.objects.get().digest
    assert program.get("/api/v1/packs/").json()["results"][0]["reference"] == made.json()["reference"]
    assert program.get(f"{at}record/").json()["is_whole"] is True
    assert sha256(program.get(f"{at}json/").content).hexdigest() == made.json()["digest"]
    assert program.get(f"{at}pdf/").content.startswith(b"%PDF")
    assert program.get(f"{at}xlsx/").content.startswith(b"PK")
    assert program.post("/api/v1/packs/", {}, format="json").status_code == 422
    both = {**asked, "department": town.root.reference}
    assert program.post("/api/v1/packs/", both, format="json").status_code == 422
    scheduled = program.post("/api/v1/packs/schedule/", {**asked, "days_before": 6}, format="json")
    assert (scheduled.status_code, scheduled.json()["days_before"]) == (200, 6)
    ended = program.post("/api/v1/packs/schedule/", {**asked, "days_before": None}, format="json")
    assert ended.json()["is_on"] is False


def test_the_pages_take_no_more_statements_for_more_packs(town, chamber, client, django_assert_max_num_queries):
    filled(town, chamber)
    meeting = meetings.call(council=chamber.council, starts_at=NOW + timedelta(days=5), by=chamber.secretary, now=EPOCH)
    client.force_login(chamber.chair)
    paths = ["/review/packs/", f"/meetings/{meeting.reference}/"]

    def statements() -> list[int]:
        counts = []
        for path in paths:
            with django_assert_max_num_queries(150) as counted:
                client.get(path)
            counts.append(len(counted))
        return counts

    packs.make(wanted=meeting, by=chamber.chair, now=NOW)
    statements()
    few = statements()
    for number in range(4):
        packs.make(wanted=meeting, by=chamber.chair, now=NOW + timedelta(minutes=number))
    assert statements() == few


def test_a_drawing_stands_on_the_page_on_the_wall_and_in_the_pdf_with_its_words(town, chamber, client, monkeypatch):
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20"><rect width="60" height="12" fill="#1d2433"/>'
        '<text x="2" y="18" font-size="6">drawn 字</text></svg>'
    )
    drawn = packed.Section(key="drawn", name="Drawn", title="Six of ten were kept.", svg=drawing, says="60 of 100, 字.")
    monkeypatch.setattr(packs.packing, "parts", lambda frame: [drawn])
    pack = pack_for(chamber)
    client.force_login(chamber.chair)
    for name in ("detail", "show"):
        text = client.get(page_of(pack, name)).text
        assert drawing in text
        assert 'aria-label="60 of 100, 字."' in text
    content = client.get(page_of(pack, "print")).content
    assert normalised("Six of ten were kept.") in words_in_pdf(content)
    assert normalised("60 of 100, 字.") in words_in_pdf(content)
    assert sheets_of(queries.sheets(pack))[-1] == [["Six of ten were kept."], ["60 of 100, 字."]]
