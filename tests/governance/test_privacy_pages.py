"""Everybody reads what is held about people, for how long, and what of it is theirs; some of it nobody else does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import Person, SavedView
from governance.queries import personal
from governance.services import people
from governance.services.leavers import anonymised_from
from tests.factories import Town

pytestmark = pytest.mark.django_db


def test_the_page_says_purposes_readers_and_times_as_they_are_set(town: Town, client_for, settings) -> None:
    settings.RETENTION_DAYS = {"leavers": 400, "givers": 0}
    page = client_for(town.champions[town.claims.pk]).get("/privacy/").text
    assert "400 days after their access ended" in page
    assert "Who gave feedback; what they said stays" in page
    assert "for ever" in page
    assert "a majority can be counted again" in page
    assert "It ranks nobody." in page


def test_the_page_says_so_where_names_stay(town: Town, client_for, settings) -> None:
    settings.RETENTION_DAYS = {"leavers": 0}
    assert "until somebody redacts them" in client_for(town.lead).get("/privacy/").text


def test_ones_own_page_says_how_long_and_leads_there(town: Town, client_for) -> None:
    champion = town.champions[town.claims.pk]
    SavedView.objects.create(person=champion, page="actions", name="Mine", query="late", created_at=town.now)
    page = client_for(champion).get(f"/people/{champion.pk}/data/").text
    assert "Deleted when the person is anonymised" in page
    assert 'href="/privacy/"' in page


def test_a_leavers_page_says_when_the_clock_takes_the_name_out(town: Town, client_for, settings) -> None:
    person, now = town.person("Truly Gone"), timezone.now()
    assert anonymised_from(person) is None
    gone = people.end_access(person=person, by=town.lead, now=now)
    assert anonymised_from(gone) == now + timedelta(days=1095)
    assert "takes name and address out of every record" in client_for(town.lead).get(f"/people/{gone.pk}/data/").text
    settings.RETENTION_DAYS = {"leavers": 0}
    assert anonymised_from(gone) is None


def test_what_is_for_the_person_alone_is_in_no_copy_of_another(town: Town) -> None:
    champion = town.champions[town.claims.pk]
    people.be_away(person=champion, by=champion, until=town.now.date())
    Person.objects.filter(pk=champion.pk).update(last_login=town.now)
    champion.refresh_from_db()
    SavedView.objects.create(person=champion, page="actions", name="Mine", query="late", created_at=town.now)
    mine, leads, operators = (personal.export(champion, one, town.now) for one in (champion, town.lead, None))
    for told in (mine, operators):
        assert told["person"]["away_until"]
        assert told["person"]["last_login"]
        assert "governance.savedview" in {kind["model"] for kind in told["kept"]}
    assert not {"away_until", "last_login", "mail_refused"} & set(leads["person"])
    assert "governance.savedview" not in {kind["model"] for kind in leads["kept"]}
    assert leads["person"]["email"] == champion.email
    title = "Saved views"
    assert title in {place.title for place in personal.places(champion, [], champion, town.now)}
    assert title not in {place.title for place in personal.places(champion, [], town.lead, town.now)}
