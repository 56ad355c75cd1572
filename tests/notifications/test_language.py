"""One's own language and time zone: chosen on a page and over the API by one service; by that clock one is reached."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from governance.errors import Invalid
from governance.models import Person, SavedView, ViewCadence
from governance.queries.people import choice_of
from governance.services import people
from governance.sheets.tables import Row
from notifications.models import Message, MessageState
from notifications.services import inbox, listening
from tests import catalogues
from tests.factories import Town
from tests.notifications.building import owe

pytestmark = pytest.mark.django_db
PAGE, API = "/me/language/", "/api/v1/my-language/"


@pytest.fixture
def speaks(tmp_path: Path, settings):
    settings.LOCALE_PATHS = [tmp_path]

    def install(*codes: str) -> None:
        for code in codes:
            catalogues.put(tmp_path, code, {"Saved.": "已保存。"})

    with translation.override("en"):
        yield install


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def waiting_and_view(town: Town, person: Person) -> tuple[Message, SavedView]:
    """A message that waits for tomorrow's digest, and a view that is looked at then."""
    later = timezone.now() + timedelta(days=1)
    (duty,) = owe(town, 1, due_on=later.date())
    message = Message.objects.create(
        occurrence=f"test:{person.pk}", person=person, reader=person, kind="decided", subject_id=duty.subject_id,
        created_at=timezone.now(), not_before=later, state=MessageState.WAITING,
    )  # fmt: skip
    view = SavedView.objects.create(
        person=person,
        page="actions",
        name="All",
        cadence=ViewCadence.WEEKLY,
        looks_at=later,
        created_at=town.now,
    )
    return message, view


def are_asked_anew(message: Message, view: SavedView) -> bool:
    message.refresh_from_db()
    view.refresh_from_db()
    is_asked = view.looks_at is None
    assert is_asked == (message.not_before <= timezone.now()), "both or neither"
    return is_asked


def test_another_zone_is_chosen_and_what_waits_is_asked_by_its_clock(town: Town, client_for, speaks) -> None:
    message, view = waiting_and_view(town, town.lead)
    client = client_for(town.lead)
    assert not are_asked_anew(message, view)
    shown = client.get(PAGE)
    assert "Keep is in English alone here, so there is no language to choose." in shown.text
    assert 'name="language"' not in shown.text
    form = shown.context["form"]
    sent = {"zone": "Asia/Hong_Kong", "version": form.initial["version"]}
    assert client.post(PAGE, sent).url == "/me/"
    assert (again(town.lead).zone, again(town.lead).language) == ("Asia/Hong_Kong", "en")
    assert are_asked_anew(message, view)
    assert "by the clock of Asia/Hong_Kong" in client.get(PAGE).text


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_a_zone_that_is_none_is_said_at_its_field(town: Town, client_for, api_for, zone: str) -> None:
    answer = client_for(town.lead).post(PAGE, {"zone": zone})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"zone"}
    program = api_for(town.lead).put(API, {"zone": zone})
    assert program.status_code == 422
    assert [error["pointer"] for error in program.json()["errors"]] == ["/zone"]
    assert again(town.lead).zone == town.lead.zone


def test_a_language_is_chosen_once_keep_speaks_it_and_answered_in_at_once(town: Town, client_for, speaks) -> None:
    client = client_for(town.lead)
    refused = client.post(PAGE, {"zone": "Asia/Shanghai", "language": "zh-hans"})
    assert refused.status_code == 302, "a field that is not there is not read"
    assert again(town.lead).language == "en"
    speaks("zh-hans")
    shown = client.get(PAGE)
    assert [code for code, _name in shown.context["form"].fields["language"].choices] == ["en", "zh-hans"]
    done = client.post(PAGE, {"zone": "Asia/Shanghai", "language": "zh-hans"}, follow=True)
    assert '<html lang="zh-hans"' in done.text
    assert "已保存。" in done.text
    unknown = client.post(PAGE, {"zone": "Asia/Shanghai", "language": "zh-hant"})
    assert unknown.status_code == 422
    assert unknown.context["form"].errors.keys() == {"language"}


def test_a_language_that_keep_does_not_speak_stays_and_is_said_to_wait(town: Town, client_for, speaks) -> None:
    Person.objects.filter(pk=town.lead.pk).update(language="zh-hant")
    client = client_for(town.lead)
    assert "Yours is Traditional Chinese" in client.get(PAGE).text
    assert client.post(PAGE, {"zone": "Asia/Taipei"}).status_code == 302
    assert again(town.lead).language == "zh-hant"
    speaks("zh-hans")
    shown = client.get(PAGE)
    assert "Keep does not speak Traditional Chinese here yet." in shown.text
    assert [code for code, _name in shown.context["form"].fields["language"].choices] == ["en", "zh-hans", "zh-hant"]
    assert client.post(PAGE, {"zone": "Asia/Taipei", "language": "zh-hant"}).status_code == 302
    assert client.post(PAGE, {"zone": "Asia/Taipei", "language": "en"}).status_code == 302
    assert again(town.lead).language == "en"


def test_who_comes_second_is_shown_both(town: Town, client_for, api_for) -> None:
    client, program = client_for(town.lead), api_for(town.lead)
    version = client.get(PAGE).context["form"].initial["version"]
    tag = program.get(API)["ETag"]
    Person.objects.filter(pk=town.lead.pk).update(zone="Asia/Tokyo")  # a sheet of the CX lead's, say
    late = client.post(PAGE, {"zone": "Asia/Hong_Kong", "version": version})
    assert late.status_code == 409
    assert "Asia/Tokyo" in late.text
    assert late.context["form"].changes == [("Time zone", "Asia/Hong Kong", "Asia/Tokyo")]
    assert program.put(API, {"zone": "Asia/Hong_Kong"}, headers={"If-Match": tag}).status_code == 412
    assert again(town.lead).zone == "Asia/Tokyo"
    sent = client.post(PAGE, {"zone": "Asia/Hong_Kong", "version": late.context["form"]["version"].value()})
    assert sent.status_code == 302
    assert again(town.lead).zone == "Asia/Hong_Kong"


def test_a_program_chooses_by_the_same_service(town: Town, api_for, speaks) -> None:
    program = api_for(town.lead)
    read = program.get(API)
    assert read.json() == {
        "language": "en", "zone": town.lead.zone, "languages": ["en"], "spoken": ["en"],
    }  # fmt: skip
    refused = program.put(API, {"language": "zh-hans"})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/language"]
    speaks("zh-hans")
    message, view = waiting_and_view(town, town.lead)
    done = program.put(API, {"language": "zh-hans"}, headers={"If-Match": read["ETag"]})
    assert (done.status_code, done.json()["language"], done.json()["zone"]) == (200, "zh-hans", town.lead.zone)
    assert are_asked_anew(message, view)
    assert done["ETag"] != read["ETag"]


def test_a_sheet_that_moves_people_has_them_asked_by_the_new_clock(town: Town) -> None:
    message, view = waiting_and_view(town, town.sponsor)
    row = Row(1, {"name": town.sponsor.name, "email": town.sponsor.email, "zone": "Asia/Hong_Kong"})
    people.take_in(rows=[row], by=town.lead, now=timezone.now())
    assert again(town.sponsor).zone == "Asia/Hong_Kong"
    assert not are_asked_anew(message, view)
    listening.hear(timezone.now())
    assert are_asked_anew(message, view)


def test_the_page_is_linked_from_ones_own_page_alone(town: Town, client_for) -> None:
    client = client_for(town.lead)
    assert f'href="{PAGE}"' in client.get("/me/", follow=True).text
    assert f'href="{PAGE}"' in client.get("/preferences/").text
    assert f'href="{PAGE}"' not in client.get(f"/people/{town.sponsor.pk}/").text


def test_a_choice_is_another_version_when_and_only_when_it_is_another(town: Town) -> None:
    seen = {
        choice_of(Person(language=language, zone=zone)).version
        for language in ("en", "zh-hans", "zh-hant")
        for zone in ("UTC", "Asia/Tokyo", "Europe/Berlin")
    }
    assert len(seen) == 9
    town.lead.name, town.lead.away_until = "Another", town.now.date()
    assert choice_of(town.lead).version == choice_of(again(town.lead)).version


def test_what_waits_for_a_server_that_failed_goes_on_waiting(town: Town) -> None:
    message, view = waiting_and_view(town, town.lead)
    Message.objects.filter(pk=message.pk).update(attempts=2)
    inbox.choose(by=town.lead, zone="Asia/Hong_Kong", now=timezone.now())
    view.refresh_from_db()
    assert view.looks_at is None
    stands = Message.objects.get(pk=message.pk)
    assert stands.not_before == message.not_before, "else each change of a clock would use up an attempt"


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Mars/Olympus"])
def test_a_zone_is_that_of_a_place(town: Town, zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        inbox.choose(by=town.lead, zone=zone, now=timezone.now())
    assert refused.value.field == "zone"


def test_a_cookie_of_a_form_that_is_no_more_says_nothing(town: Town, client, speaks) -> None:
    speaks("zh-hans")
    client.cookies["django_language"] = "zh-hans"
    assert client.get("/sign-in/", headers={"accept-language": "en"})["Content-Language"] == "en"
    assert client.get("/sign-in/", headers={"accept-language": "zh-hans"})["Content-Language"] == "zh-hans"
