"""The settings of the organisation, trying its mail, and what it is started with."""

from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client

from governance.models import CalendarDay, Department, Organisation, Person
from tests.factories import Town

pytestmark = pytest.mark.django_db
PAGE, TRY = "/settings/", "/settings/test-mail/"


def test_the_organisation_is_renamed_and_its_root_with_it(town: Town, client_for) -> None:
    client = client_for(town.lead)
    version = client.get(PAGE).context["form"].initial["version"]
    sent = {"name": "Harbourline Group", "language": "zh-hans", "version": version}
    assert client.post(PAGE, sent).status_code == 302
    organisation = Organisation.objects.select_related("root__subject").get()
    assert organisation.root is not None
    assert (organisation.name, organisation.root.name, organisation.root.title) == ("Harbourline Group",) * 3
    stale = client.post(PAGE, {**sent, "name": "Harbourline Holding"})
    assert stale.status_code == 409
    assert "Harbourline Holding" in stale.text, "the second is shown both"
    assert client.post(PAGE, {"name": " ", "language": "en"}).status_code == 422


def test_settings_are_for_whoever_runs_the_programme(town: Town, client_for) -> None:
    client = client_for(town.sponsor)
    assert client.get(PAGE).status_code == 403
    assert client.post(TRY).status_code == 403
    assert "/settings/" not in client.get("/seats/").text


def test_a_test_mail_goes_to_whoever_asks(town: Town, client_for) -> None:
    tried = client_for(town.lead).post(TRY, follow=True)
    assert f"took a test mail to {town.lead.email}" in tried.text
    assert [letter.to for letter in mail.outbox] == [[town.lead.email]]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SMTPAuthenticationError(535, b"5.7.8 Authentication failed"), "It says: 535 5.7.8 Authentication failed"),
        (SMTPRecipientsRefused({"x": (550, b"No such user")}), "It says: 550 No such user"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
    ],
)
def test_a_refused_test_mail_says_what_the_server_said(
    town: Town, client_for, monkeypatch: Any, error: Exception, says: str
) -> None:
    def refuse(self: EmailMessage, fail_silently: bool = False) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)
    tried = client_for(town.lead).post(TRY, follow=True)
    assert says in tried.text


def test_without_a_mail_server_the_page_says_that_links_are_copied(town: Town, client_for, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client = client_for(town.lead)
    assert "links are copied by hand" in client.get(PAGE).text
    assert "No mail server is set" in client.post(TRY, follow=True).text


def test_over_the_api_settings_carry_their_version(town: Town, api_for) -> None:
    api = api_for(town.lead)
    read = api.get("/api/v1/organisation/")
    assert read.json()["working_week"] == "1111100"
    put = api.put("/api/v1/organisation/", {"name": "New", "language": "en"}, headers={"If-Match": read["ETag"]})
    assert put.json()["name"] == "New"
    late = api.put("/api/v1/organisation/", {"name": "Other", "language": "en"}, headers={"If-Match": read["ETag"]})
    assert late.status_code == 412
    assert api.post("/api/v1/organisation/test-mail/").json() == {"sent_to": town.lead.email}


class TestStarting:
    SAID = {
        "name": "Al Dana", "zone": "Asia/Dubai", "country": "AE", "currency": "AED", "language": "en",
        "working_week": ["0", "1", "2", "3", "6"], "person_name": "Noor", "email": "noor@dana.example",
        "password": "a long enough sentence",
    }  # fmt: skip

    def post(self, **more: Any) -> Any:
        return Client().post("/setup/", {**self.SAID, "code": call_command("setup_code"), **more})

    def test_working_week_holidays_and_language_take_effect(self) -> None:
        assert self.post().status_code == 302
        organisation = Organisation.objects.select_related("calendar").get()
        days = dict(CalendarDay.objects.filter(calendar=organisation.calendar).values_list("day", "is_working"))
        by_iso = {day.isoformat(): works for day, works in days.items()}
        assert by_iso["2026-11-29"], "a Sunday"
        assert not by_iso["2026-11-27"], "a Friday"
        assert not by_iso["2026-12-02"], "the national day, a Wednesday"
        assert Person.objects.get().language == "en"
        assert Department.objects.count() == 1

    def test_a_region_has_holidays_of_its_own(self) -> None:
        assert self.post(country="DE", subdivision="by", zone="Europe/Berlin", currency="EUR").status_code == 302
        day = CalendarDay.objects.get(day="2026-01-06")
        assert not day.is_working, "Epiphany, in Bavaria"

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"country": "ZZ"}, "holidays of ZZ are not known"),
            ({"country": "DE", "subdivision": "XX"}, "Write one of the regions that DE has"),
            ({"country": "", "subdivision": "BY"}, "Choose the country first"),
            ({"working_week": []}, "Choose at least one day"),
            ({"currency": "A1C"}, "three letters of ISO 4217"),
            ({"language": "tlh"}, "Select a valid choice"),
        ],
    )
    def test_each_fault_stands_at_its_field_and_nothing_is_lost(self, more: dict[str, Any], says: str) -> None:
        refused = self.post(**more)
        assert refused.status_code == 422
        assert says in refused.text
        assert 'value="Al Dana"' in refused.text
        assert not Organisation.objects.exists()
