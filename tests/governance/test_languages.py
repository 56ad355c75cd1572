"""Our words are in a language only where a catalogue of ours is there; else everything is English, and says so."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import translation

from governance.languages import offered, spoken
from governance.models import Organisation, Person, Seat, SeatKind
from governance.queries import languages
from notifications.models import Message
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests import catalogues
from tests.actions.spreadsheet_files import headings_of
from tests.factories import Town
from tests.notifications.building import mailed_at_once
from tests.notifications.test_outbox import MORNING, say

WORDS = {
    "Sign in": "登录",
    "My work": "我的工作",
    "theme": "主题",
}
CHINESE = "zh-CN,zh;q=0.9,en;q=0.5"


@pytest.fixture
def speaks(tmp_path: Path, settings):
    """Installs catalogues for a test; none is there before."""
    settings.LOCALE_PATHS = [tmp_path]

    def install(*codes: str) -> None:
        for code in codes:
            catalogues.put(tmp_path, code, WORDS)

    with translation.override(settings.LANGUAGE_CODE):
        yield install


def language_of(answer) -> tuple[str, str]:
    """What the page says of itself, and what its header says."""
    found = re.search(r'<html lang="([^"]*)"', answer.text)
    assert found is not None
    return found[1], answer["Content-Language"]


def test_a_language_is_spoken_where_its_catalogue_is_and_else_english(speaks) -> None:
    assert [spoken(code) for code in ("en", "zh-hans", "zh-hant", "tlh", "", None)] == ["en"] * 6
    assert offered() == [("en", "English")]
    speaks("zh-hans")
    assert [spoken(code) for code in ("en", "zh-hans", "zh-hant")] == ["en", "zh-hans", "en"]
    assert [code for code, _name in offered()] == ["en", "zh-hans"]


def test_what_is_no_language_of_ours_is_looked_for_nowhere(speaks, settings) -> None:
    speaks("de")
    assert spoken("de") == "en", "only what people may choose is spoken"
    assert spoken("../../zh-hans") == "en"


@pytest.mark.django_db
def test_the_door_speaks_english_to_a_chinese_browser_until_there_is_a_catalogue(town: Town, speaks) -> None:
    browser = Client(headers={"accept-language": CHINESE})
    shown = browser.get("/sign-in/")
    assert language_of(shown) == ("en", "en")
    refused = browser.post("/sign-in/", {"email": "no address", "password": ""})
    assert refused.status_code == 422
    assert language_of(refused) == ("en", "en")
    assert not re.search(r"[\u4e00-\u9fff]", shown.text + refused.text), "not even Django's own words"
    speaks("zh-hans")
    shown = browser.get("/sign-in/")
    assert language_of(shown) == ("zh-hans", "zh-hans")
    assert WORDS["Sign in"] in shown.text
    assert language_of(Client().get("/sign-in/")) == ("en", "en")


@pytest.mark.django_db
def test_pages_speak_the_language_of_whoever_is_signed_in_whatever_the_browser_asks_for(
    town: Town, client_for, speaks
) -> None:
    Person.objects.filter(pk=town.lead.pk).update(language="zh-hans")
    theirs = client_for(Person.objects.get(pk=town.lead.pk))
    assert language_of(theirs.get("/", headers={"accept-language": CHINESE})) == ("en", "en")
    speaks("zh-hans")
    assert language_of(theirs.get("/", headers={"accept-language": "en"})) == ("zh-hans", "zh-hans")
    assert WORDS["My work"] in theirs.get("/").text
    assert language_of(client_for(town.sponsor).get("/", headers={"accept-language": CHINESE})) == ("en", "en")


@pytest.mark.django_db
def test_what_is_not_there_is_said_in_the_readers_language_too(town: Town, client_for, speaks) -> None:
    speaks("zh-hans")
    Person.objects.filter(pk=town.lead.pk).update(language="zh-hans")
    gone = client_for(Person.objects.get(pk=town.lead.pk)).get("/councils/COU-9999/")
    assert (gone.status_code, language_of(gone)) == (404, ("zh-hans", "zh-hans"))
    other = client_for(town.sponsor).get("/councils/COU-9999/")
    assert (other.status_code, language_of(other)) == (404, ("en", "en"))


@pytest.mark.django_db
def test_programs_are_answered_in_the_language_that_they_ask_for(town: Town, api_for, speaks) -> None:
    Person.objects.filter(pk=town.lead.pk).update(language="zh-hans")
    program = api_for(Person.objects.get(pk=town.lead.pk))
    assert program.get("/api/v1/people/", headers={"accept-language": CHINESE})["Content-Language"] == "en"
    speaks("zh-hans")
    assert program.get("/api/v1/people/", headers={"accept-language": CHINESE})["Content-Language"] == "zh-hans"
    assert program.get("/api/v1/people/")["Content-Language"] == "en"


@pytest.mark.django_db
def test_mails_are_in_english_until_there_is_a_catalogue_and_say_so(speaks) -> None:
    town = Town()
    sweep(town.now)
    Message.objects.all().delete()
    mailed_at_once(*Person.objects.all())
    Person.objects.update(language="zh-hant")
    say(town, seat=Seat.objects.get(kind=SeatKind.HEAD, department=town.claims))
    outbox.drain(MORNING)
    (letter,) = mail.outbox
    page = str(letter.alternatives[0][0])
    assert '<html lang="en">' in page
    assert not re.search(r"[\u4e00-\u9fff]", letter.subject + str(letter.body) + page), "no day of Django's in Chinese"


@pytest.mark.django_db
def test_papers_are_in_the_organisations_language_where_it_is_spoken(town: Town, speaks) -> None:
    Organisation.objects.update(language="zh-hant")
    assert (languages.of_the_organisation(), languages.of_papers()) == ("zh-hant", "en")
    speaks("zh-hant")
    assert languages.of_papers() == "zh-hant"


@pytest.mark.django_db
def test_a_workbook_is_headed_in_the_readers_language_and_a_csv_by_names_in_each(
    town: Town, client_for, speaks
) -> None:
    speaks("zh-hans")
    Person.objects.filter(pk=town.lead.pk).update(language="zh-hans")
    theirs = client_for(Person.objects.get(pk=town.lead.pk))
    heads = headings_of(theirs.get("/themes/sheet.xlsx").content)[0]
    assert heads[0] == WORDS["theme"]
    text = b"".join(theirs.get("/themes/sheet.csv").streaming_content).decode("utf-8-sig")
    assert text.startswith('"theme","name"')


def test_nothing_is_written_in_a_language_that_was_only_chosen() -> None:
    """Whoever activates a person's or the organisation's language asks ``spoken`` for it."""
    root = settings.BASE_DIR
    raw = re.compile(r"(?:override|activate)\((?!spoken\()[^)]*(?:\.language\b|[\"']language[\"'])")
    found = [
        f"{path.relative_to(root)}: {hit[0]}"
        for app in ("governance", "councils", "actions", "notifications", "config")
        for path in (root / app).rglob("*.py")
        for hit in raw.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found, found
