"""A file sent from a browser: looked at, taken in once, by whoever may, and gone afterwards."""

import json
import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from actions.importing import guessing, keeping, tables
from actions.models import Feedback, FeedbackImport, FeedbackSource, Upload, UploadState
from actions.queries import uploads as queries
from actions.services import uploads
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Calendar
from tests.actions.reading_files import ROWS, file_of, sample
from tests.actions.spreadsheet_files import MAIN, workbook
from tests.factories import Town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def _said_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are let go when a transaction ends; a test's never does."""
    monkeypatch.setattr(uploads.transaction, "on_commit", lambda act: act())


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def town(now: datetime) -> Town:
    return Town(now)


def send(
    client: Client, content: bytes | BytesIO, name: str = "log.csv", source: str = "Desk", status: int = 302
) -> str:
    body = content if isinstance(content, bytes) else content.getvalue()
    answer = client.post("/feedback-sources/upload/", {"file": SimpleUploadedFile(name, body), "source": source})
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer["Location"] if status == 302 else answer.content.decode()


def take(client: Client, address: str, **changes: str) -> Any:
    """Look, change, look again, and take in what is shown."""
    shown = (
        client.get(address).context
        if not changes
        else client.post(address, {**fields(client, address), **changes}).context
    )
    form = shown["form"]
    said = {name: form[name].value() for name in form.fields}
    return client.post(address, {**said, "seal": shown["seal"], "take": "1"})


def fields(client: Client, address: str) -> dict[str, str]:
    form = client.get(address).context["form"]
    return {name: form[name].value() for name in form.fields}


def keep(town: Town, file: BytesIO, name: str = "log.csv", **said: Any) -> Upload:
    given = {"source_name": "Desk", "by": town.lead, "now": town.now, "size": len(file.getvalue()), **said}
    return uploads.keep(file=file, file_name=name, **given)


# --- all the way through -------------------------------------------------------------------------------------------


def test_a_file_is_sent_looked_at_and_taken_in(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of(*ROWS))
    shown = client.get(address).content.decode()
    assert "3 records, 3 of which can be taken in." in shown
    assert "Nobody tells me." in shown
    assert not Feedback.objects.exists(), "looking takes nothing in"

    assert take(client, address).status_code == 302
    assert Feedback.objects.count() == 3
    assert Feedback.objects.get(external_id="1").department == town.claims
    result = client.get(address, follow=True)
    assert "Of 3 records 3 are new" in result.content.decode()
    assert "Withdraw this import" in result.content.decode()
    assert keeping.lying() == [], "the file is gone"


def test_the_same_file_sent_twice_adds_nothing(town: Town, client_for) -> None:
    client = client_for(town.lead)
    for _time in range(2):
        take(client, send(client, file_of(*ROWS)))
    assert Feedback.objects.count() == 3
    assert FeedbackImport.objects.order_by("pk").last().unchanged == 3


def test_a_second_press_of_the_button_is_answered_by_what_came_of_the_first(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of(*ROWS))
    take(client, address)
    again = client.post(address, {"take": "1"})
    assert again["Location"].startswith("/feedback-sources/SRC-")
    assert FeedbackImport.objects.count() == 1
    upload = Upload.objects.get()
    with pytest.raises(Conflict):
        uploads.take_in(upload=upload, mapping=upload.mapping, by=town.lead, now=town.now)


def test_a_guess_can_be_changed_and_is_shown_before_it_is_taken_in(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("4,here,there", header="id,first,second"))
    said = fields(client, address)
    seal = client.get(address).context["seal"]
    said |= {"column_1": "topic", "column_2": "text"}
    changed = client.post(address, {**said, "seal": seal, "take": "1"})
    assert changed.status_code == 422
    assert "You changed how it is read" in changed.content.decode()
    assert not Feedback.objects.exists()
    client.post(address, {**said, "seal": changed.context["seal"], "take": "1"})
    assert Feedback.objects.get().topic == "here"
    assert FeedbackSource.objects.get().mapping["topic"] == "first"


def test_the_next_file_of_a_source_is_read_as_the_last_one_was(town: Town, client_for) -> None:
    client = client_for(town.lead)
    take(client, send(client, file_of("4,here,there", header="id,first,second")), column_1="topic", column_2="text")
    address = send(client, file_of("5,also,more", header="id,first,second"))
    assert fields(client, address)["column_1"] == "topic"


def test_several_columns_of_words_are_read_together(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("4,Good,Came late", header="id,headline,story"))
    take(client, address, column_1="text", column_2="text")
    assert Feedback.objects.get().text == "Good\nCame late"


def test_rows_that_cannot_be_read_are_told_with_line_and_reason_and_the_rest_goes_in(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of(*ROWS, "9,,,,CLM,,", "10,2026-10-05 09:00"))
    shown = client.get(address).content.decode()
    assert "2 records would be refused" in shown
    assert "says nothing: no text and no topic" in shown
    assert "2 cells where the header has 7" in shown
    take(client, address)
    assert Feedback.objects.count() == 3


def test_a_department_that_nobody_knows_is_said_before(town: Town, client_for) -> None:
    client = client_for(town.lead)
    shown = client.get(send(client, file_of("1,,,,Facilities,Heat,Cold"))).content.decode()
    assert "Departments that nobody knows yet" in shown
    assert "Facilities" in shown


# --- how it is written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_chinese_that_is_not_unicode_is_read_by_the_encoding_that_is_chosen(
    town: Town, client_for, encoding: str
) -> None:
    client = client_for(town.lead)
    words = "送餐很慢,服務態度不好" if encoding == "big5" else "送餐很慢,服务态度不好"
    address = send(client, file_of(words, header="topic,text", encoding=encoding))
    assert fields(client, address)["encoding"] == encoding, "the likeliest comes first"
    assert "送餐很慢" in client.get(address).content.decode()
    take(client, address)
    assert Feedback.objects.get().topic == "送餐很慢"


def test_western_words_that_are_not_unicode_are_read_too(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("Café,Très lent à Zürich", header="topic,text", encoding="windows-1252"))
    take(client, address, encoding="windows-1252")
    assert Feedback.objects.get().text == "Très lent à Zürich"


def test_a_day_that_could_be_a_month_is_asked_about(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("1,03/02/2026,Late", header="id,date,text"))
    assert "The file fits more than one" in client.get(address).content.decode()
    take(client, address, format_received="%d/%m/%Y")
    assert Feedback.objects.get().received_at.month == 2
    clear = send(client, file_of("1,23/02/2026,Late", header="id,date,text"), source="Other")
    assert "format_received" not in fields(client, clear)


@pytest.mark.parametrize("day", ["02/11/2026", "02.11.2026", "2026-11-02", "02/11/2026 14:30", "02.11.2026 14:30:05"])
def test_dates_are_read_whoever_said_that_the_column_holds_them_and_a_slip_spoils_its_row_alone(
    town: Town, client_for, day: str
) -> None:
    client = client_for(town.lead)
    others = [day.replace("02", "17", 1) if day.startswith("02") else "2026-11-17"] * 2
    address = send(client, file_of(*(f"{one},Late" for one in (day, "not a date", *others)), header="logged,story"))
    shown = client.post(address, {**fields(client, address), "column_0": "received", "column_1": "text"}).context
    assert (shown["preview"].good, shown["preview"].fault_count) == (3, 1)
    assert take(client, address, column_0="received", column_1="text").status_code == 302
    home = ZoneInfo(Calendar.objects.get().zone)
    assert {f"{one.received_at.astimezone(home):%d %m}" for one in Feedback.objects.all()} == {"02 11", "17 11"}


def test_dates_that_leave_the_same_doubt_are_asked_about_once(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("Late,03/02/2026,04/02/2026", header="topic,received,closed"))
    assert [name for name in fields(client, address) if name.startswith("format_")] == ["format_received"]
    assert "How “received”, “closed by the source” is written" in client.get(address).content.decode()
    take(client, address, format_received="%d/%m/%Y")
    only = Feedback.objects.get()
    assert only.received_at.month == only.closed_at.month == 2


def test_a_day_and_a_time_in_two_columns_are_one_date(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("17/11/2026,14:30,Late", header="day,hour,topic"))
    take(client, address, column_0="received", column_1="received", column_2="topic")
    assert Feedback.objects.get().received_at.minute == 30


def test_days_are_shown_as_days_and_moments_in_the_zone_of_the_organisation(town: Town, client_for) -> None:
    Calendar.objects.update(zone="Europe/Berlin")
    client = client_for(town.lead)
    address = send(
        client, file_of("Late,2026-11-02,2026-11-03T09:00:00Z,2026-11-04", header="topic,received,closed,due")
    )
    (_line, cells), *_rest = client.get(address).context["preview"].rows
    assert cells[:3] == ["2026-11-02", "2026-11-04", "2026-11-03 10:00 CET"]


# What a help desk writes out, under names that say little.
ODD = "Ticket Ref;Logged When;What they said;Star Rating;Team Involved;Segment"
TICKETS = (
    "T-1;2026-11-02;Billed twice for October and nobody calls back;1;CLM;home",
    "T-2;2026-11-03;The reader never turned up, waited all day;2;DIG;home",
    "T-3;2026-11-13;Billed twice again! Third time;1;CLM;home",
    "T-4;2026-11-14;The app loops at the log-in;3;dig;business",
    "T-6;not a date;Dates moved three times;1;CLM;business",
    "T-8;2026-11-17;;4;Zebra;home",
)


@pytest.mark.parametrize("rating", ["Star Rating", "How it was"])
def test_columns_under_odd_names_are_guessed_by_what_is_in_them(town: Town, client_for, rating: str) -> None:
    client = client_for(town.lead)
    shown = client.get(send(client, file_of(*TICKETS, header=ODD.replace("Star Rating", rating)))).context["preview"]
    guessed = [column.field for column in shown.columns]
    assert guessed == ["external_id", "received", "text", "score", "department", ""]
    assert (shown.good, shown.unknown_departments) == (4, [])


def test_no_score_is_guessed_where_two_columns_could_be_one(town: Town) -> None:
    rows = [["1", "5", "a"], ["2", "4", "b"], ["3", "3", "c"], ["3", "3", "d"]]
    assert guessing.columns(["Ward", "Zone", "Words"], rows)[:2] == ["", ""]


def test_a_file_without_one_good_record_is_not_offered_to_be_taken_in(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of("1,soon,Late", "2,later,Late", header="id,when,topic"))
    said = {**fields(client, address), "column_1": "received"}
    looked = client.post(address, said)
    shown = looked.content.decode()
    assert "Not one record can be taken in as the file is read now." in shown
    assert "The rest goes in" not in shown
    assert 'name="take" disabled' in " ".join(shown.split())
    sent = client.post(address, {**said, "seal": looked.context["seal"], "take": "1"})
    assert sent.status_code == 422
    assert not FeedbackImport.objects.exists()
    assert Upload.objects.get().state == UploadState.LOOKED_AT, "it can still be read otherwise"
    empty = client.get(send(client, file_of(header="id,topic"), source="Empty")).content.decode()
    assert "There is no record below the names of the columns." in empty


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_what_stands_between_columns_is_found(town: Town, client_for, sign: str) -> None:
    client = client_for(town.lead)
    take(client, send(client, file_of(f'1{sign}Late{sign}"So, so late"', header=f"id{sign}topic{sign}text")))
    assert Feedback.objects.get().text == "So, so late"


def test_a_spreadsheet_is_read_with_its_dates(town: Town, client_for) -> None:
    client = client_for(town.lead)
    book = workbook(
        [["id", "received", "topic", "comment"], [7, ("day", 46_000), "Queue", "  Long  "], [], [8, "", "Queue", ""]]
    )
    take(client, send(client, book, "survey.xlsx"))
    first = Feedback.objects.get(external_id="7")
    assert (first.text, first.received_at.date().isoformat()) == ("Long", "2025-12-08")
    assert Feedback.objects.count() == 2


def test_a_formula_is_never_worked_out(town: Town, client_for) -> None:
    client = client_for(town.lead)
    book = workbook(
        [["id", "topic", "comment"], [1, ("formula", 'HYPERLINK("http://evil")', "Shown"), "=cmd|' /C calc'!A0"]]
    )
    take(client, send(client, book, "survey.xlsx"))
    assert Feedback.objects.get().topic == "Shown"
    assert Feedback.objects.get().text == "=cmd|' /C calc'!A0", "words stay words"


def test_json_is_read(town: Town, client_for) -> None:
    client = client_for(town.lead)
    given = {"items": [{"id": 1, "topic": "Queue", "comment": "Long"}, {"id": 2, "comment": "长", "score": 4.5}]}
    take(client, send(client, json.dumps(given).encode(), "survey.json"))
    assert Feedback.objects.get(external_id="2").score == "4.5"


# --- closed doors --------------------------------------------------------------------------------------------------


def bomb() -> BytesIO:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parcel:
        for number in range(5):
            parcel.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 30 * 1024 * 1024)
    file.seek(0)
    return file


WIDE = f'<worksheet xmlns="{MAIN}"><row><c r="XFD1"><v>1</v></c></row></worksheet>'
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.png", b"\x89PNG", "is none by its name"),
        ("photo.csv", b"\x89PNG\0\0\0", "This is no text"),
        ("empty.csv", b" \n", "The file is empty"),
        ("old.xls.csv", b"\xd0\xcf\x11\xe0\xa1", "Old Excel files"),
        ("no.xlsx", b"id,text\n", "is none. Save it again"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "no spreadsheet that can be read"),
        ("bomb.xlsx", bomb, "too big for the browser"),
        ("entities.xlsx", lambda: workbook(sheet=ENTITIES), "declares entities"),
        ("wide.xlsx", lambda: workbook(sheet=WIDE), "More than 200 columns"),
        ("list.json", b"[1, 2]", "a list of objects"),
        ("deep.json", b"[" * 100_000, "not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_at_the_field(town: Town, client_for, name: str, content: Any, says: str) -> None:
    body = content() if callable(content) else content
    assert says in send(client_for(town.lead), body, name, status=422)
    assert not Upload.objects.exists()
    assert keeping.lying() == []


def test_a_file_that_is_too_big_is_refused_with_the_way_on(town: Town, client_for, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 10
    assert "take it in from the console" in send(client_for(town.lead), file_of(*ROWS), status=422)
    assert not Upload.objects.exists()


def of_cells(cells: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def damaged() -> BytesIO:
    """A spreadsheet with a stream that no longer unpacks."""
    content = bytearray(workbook(sheet=of_cells('<row><c r="A1"><v>1</v></c></row>' * 5000)).getvalue())
    content[content.find(b"sheet1.xml") + len(b"sheet1.xml")] = 0xFF  # a kind of block that there is not
    return BytesIO(content)


@pytest.mark.parametrize(
    "made",
    [
        lambda: workbook(sheet=of_cells('<row><c r="A1" s="x"><v>1</v></c></row>')),
        lambda: workbook(sheet=of_cells('<row><c r="A1" t="s"><v>²</v></c></row>')),
        lambda: workbook(sheet=of_cells("<row/>"), styles='<styleSheet><numFmt numFmtId="abc"/></styleSheet>'),
        damaged,
    ],
)
def test_a_spreadsheet_with_what_no_program_writes_is_refused(made: Any) -> None:
    with pytest.raises(Invalid, match="no spreadsheet that can be read"):
        tables.as_csv(made(), "log.xlsx")


SHARED = f'<sst xmlns="{MAIN}"><si><t>{"x" * 1_000}</t></si></sst>'
TWICE = '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>'


@pytest.mark.parametrize(
    ("name", "made", "says"),
    [
        ("shared.xlsx", lambda: workbook(sheet=of_cells(TWICE * 60), strings=SHARED), "too big for the browser"),
        ("far.xlsx", lambda: workbook(sheet=of_cells('<row><c r="GR1"><v>1</v></c></row>' * 600)), "too big"),
        (
            "wide.xlsx",
            lambda: workbook(sheet=of_cells('<row><c r="A1"><v>1</v></c><c r="GR1"><v>1</v></c></row>'
                                            + '<row><c r="A2"><v>1</v></c></row>' * 600)),
            "too big",
        ),
        ("names.json", lambda: BytesIO(json.dumps([{f"k{n}": 1} for n in range(201)]).encode()), "More than 200"),
        ("rows.json", lambda: BytesIO(json.dumps([dict.fromkeys(map(str, range(150))), *[{}] * 800]).encode()), "big"),
    ],
)  # fmt: skip
def test_a_small_file_that_says_much_is_refused(settings: Any, name: str, made: Any, says: str) -> None:
    settings.UPLOAD_LIMIT = 100_000
    file = made()
    assert len(file.getvalue()) < 10_000
    with pytest.raises(Invalid, match=says):
        tables.as_csv(file, name)


def test_half_of_a_surrogate_pair_is_read_as_no_letter() -> None:
    made = tables.as_csv(BytesIO(rb'[{"id": 1, "comment": "half \ud800"}]'), "log.json")
    assert made == b"id,comment\r\n1,half ?\r\n"


def test_somebody_elses_file_is_not_there(town: Town, client_for, api_for) -> None:
    upload = keep(town, file_of(*ROWS))
    colleague = town.person("Noor Haddad")
    town.seat("core_team", town.root, colleague)
    client = client_for(colleague)
    for address in (f"/feedback-sources/uploads/{upload.key}/", f"/api/v1/feedback-uploads/{upload.key}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/feedback-sources/uploads/{upload.key}/discard/").status_code == 404
    assert api_for(colleague).post(f"/api/v1/feedback-uploads/{upload.key}/take-in/").status_code == 404
    with pytest.raises(Absent):
        uploads.take_in(upload=upload, mapping={"topic": "topic"}, by=colleague, now=town.now)
    assert keeping.lying() == [upload.key]


def test_a_champion_takes_nothing_in(town: Town, client_for) -> None:
    champion = town.champions[town.claims.pk]
    client = client_for(champion)
    assert client.get("/feedback-sources/upload/").status_code == 403
    assert "Take a file in" not in client.get("/feedback-sources/").content.decode()
    with pytest.raises(Refused):
        keep(town, file_of(*ROWS), by=champion)
    assert keeping.lying() == []


def test_who_may_no_longer_take_files_in_cannot_finish_either(town: Town) -> None:
    champion = town.champions[town.claims.pk]
    upload = keep(town, file_of(*ROWS))
    Upload.objects.filter(pk=upload.pk).update(by=champion)
    with pytest.raises(Refused):
        uploads.take_in(upload=upload, mapping={"topic": "topic"}, by=champion, now=town.now)


@pytest.mark.parametrize("key", ["../../keep.sqlite3", "x", "a" * 44])
def test_a_key_is_no_path(key: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        keeping.get(key)


def test_a_kept_file_is_read_by_the_program_alone(town: Town) -> None:
    upload = keep(town, file_of(*ROWS))
    folder = Path(settings.UPLOADS_ROOT)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / upload.key).stat().st_mode & 0o077 == 0


# --- long files, and what is left lying ----------------------------------------------------------------------------


def test_a_long_file_is_taken_in_behind_the_page_which_says_how_far(town: Town, client_for, monkeypatch: Any) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 2)
    client = client_for(town.lead)
    address = send(client, file_of(*ROWS))
    take(client, address)
    assert not Feedback.objects.exists()
    waiting = client.get(address).content.decode()
    assert "You may leave this page" in waiting
    assert uploads.carry_on(now=town.now) == 1
    assert uploads.carry_on(now=town.now) == 0
    assert Feedback.objects.count() == 3
    assert client.get(address)["Location"].startswith("/feedback-sources/SRC-")


def test_a_run_that_was_cut_short_goes_on_when_its_lease_has_passed(town: Town) -> None:
    upload = keep(town, file_of(*ROWS))
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.WAITING,
        mapping={"external_id": "id", "topic": "topic"},
        claimed_until=town.now + timedelta(minutes=5),
    )
    assert uploads.carry_on(now=town.now) == 0, "somebody is at it"
    assert uploads.carry_on(now=town.now + timedelta(minutes=6)) == 1
    assert Feedback.objects.count() == 3


def test_a_file_that_fails_behind_the_page_says_why_and_can_be_sent_again(town: Town, client_for) -> None:
    upload = keep(town, file_of(*ROWS))
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.WAITING, mapping={"topic": "no such column"})
    assert uploads.carry_on(now=town.now) == 0
    shown = client_for(town.lead).get(f"/feedback-sources/uploads/{upload.key}/").content.decode()
    assert "There is no column “no such column”" in shown
    assert "Take it in" in shown


def test_what_nobody_took_in_is_gone_after_a_day(town: Town) -> None:
    upload = keep(town, file_of(*ROWS))
    uploads.forget(now=town.now + timedelta(hours=23))
    assert keeping.lying() == [upload.key]
    assert uploads.forget(now=town.now + timedelta(hours=25)) == 1
    assert keeping.lying() == []
    assert not Upload.objects.exists()


def test_a_file_is_thrown_away_when_asked(town: Town, client_for) -> None:
    client = client_for(town.lead)
    address = send(client, file_of(*ROWS))
    client.post(f"{address}discard/")
    assert keeping.lying() == []
    assert client.get(address).status_code == 404


# --- over the API --------------------------------------------------------------------------------------------------


def test_a_program_sends_a_file_looks_at_it_and_takes_it_in(town: Town, api_for) -> None:
    program = api_for(town.lead)
    sent = program.post(
        "/api/v1/feedback-uploads/",
        {"file": SimpleUploadedFile("log.csv", file_of(*ROWS).getvalue()), "source": "Desk"},
        format="multipart",
    )
    assert sent.status_code == 201, sent.data
    assert (sent.data["good"], sent.data["mapping"]["topic"], sent.data["problem"]) == (3, "topic", "")
    address = f"/api/v1/feedback-uploads/{sent.data['key']}/"
    mapping = {"external_id": "id", "topic": "topic"}
    taken = program.post(f"{address}take-in/", {"mapping": mapping})
    assert (taken.status_code, taken.data["state"]) == (200, "taken_in"), taken.data
    assert Feedback.objects.filter(text="").count() == 3, "its own mapping was used"
    assert program.post(f"{address}take-in/").status_code == 409
    assert program.get(address).data["source_reference"].startswith("SRC-")


def test_a_mapping_that_does_not_fit_is_refused_and_the_file_stays(town: Town, api_for) -> None:
    upload = keep(town, file_of(*ROWS))
    program = api_for(town.lead)
    refused = program.post(f"/api/v1/feedback-uploads/{upload.key}/take-in/", {"mapping": {"topic": "nowhere"}})
    assert refused.status_code == 422
    assert program.post(f"/api/v1/feedback-uploads/{upload.key}/take-in/").status_code == 200


# --- real files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "name", "good"),
    [
        ("zh-waimai-reviews", "waimai_10k.csv", 2_000),
        ("clothing-reviews", "Womens Clothing E-Commerce Reviews.csv", None),
        ("cfpb-complaints", "cfpb-2013-1000-with-id.csv", None),
        ("boston-311-2015", "Needle Pickup.csv", None),
        ("import-quirks-311", "boston311-100.csv", 100),
        ("import-quirks-311", "boston311-dmy-100.csv", 100),
        ("import-quirks-311", "nyc311-100.csv", 100),
        ("nyc-311", "nyc311-rodent-2018.csv", None),
    ],
)
def test_real_files_are_guessed_well_enough_to_be_taken_in(
    town: Town, folder: str, name: str, good: int | None
) -> None:
    path = sample(folder) / name
    upload = keep(town, BytesIO(path.read_bytes()), name)
    looked = queries.preview(upload, town.now)
    assert looked.problem == ""
    assert looked.good >= (good or looked.read * 0.9), (looked.mapping, looked.faults[:3])
    assert "text" in looked.mapping or "topic" in looked.mapping


def test_nothing_is_kept_of_a_source_without_a_name(town: Town) -> None:
    with pytest.raises(Invalid):
        keep(town, file_of(*ROWS), source_name="  ")
    assert keeping.lying() == []
