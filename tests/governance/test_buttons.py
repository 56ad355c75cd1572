"""Buttons: a link answers once, for one person, and dies with whatever gave it its reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.test import Client

from councils.services import councils
from governance import buttons, events
from governance.errors import Absent, Conflict
from governance.models import Button, JournalEntry, Person
from governance.queries import journal as told
from governance.services import buttons as services
from governance.services import duties, journal, people
from tests.conftest import TODAY
from tests.factories import Town

DEED = events.EVENTS.get("tests.deed.done") or events.declare("tests.deed.done", says="{by} did {subject}")


class Words(forms.Form):
    words = forms.CharField(label="Words")


def _press(button: Button, said: dict[str, Any], now: Any) -> str:
    if said["words"] == "refuse":
        raise Conflict("Not as things stand. Say something else.")
    assert button.subject is not None
    journal.record(DEED, subject=button.subject, by=button.person, now=now)
    return f"{said['words']} is written down."


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    kept = dict(buttons.PURPOSES)
    buttons.declare(
        "test", form=Words, template="governance/buttons/page.html", call="Say it", shows=lambda *_: {}, presses=_press
    )
    yield
    buttons.PURPOSES.clear()
    buttons.PURPOSES.update(kept)


def owner(town: Town) -> Person:
    return town.heads[town.claims.pk]


def address(town: Town, **more: Any) -> str:
    return services.issue(purpose="test", person=owner(town), subject=town.root.subject, now=TODAY, **more)


def token(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def test_looking_changes_nothing_and_pressing_answers_once(town: Town, client: Client) -> None:
    url = address(town)
    assert token(url) not in str(list(Button.objects.values())), "only a digest is kept"
    for _look in range(3):
        shown = client.get(url)
        assert shown.status_code == 200
        assert owner(town).name in shown.content.decode()
        assert shown["Referrer-Policy"] == "same-origin"
    assert not JournalEntry.objects.filter(event=DEED.name).exists()
    assert "is written down" in client.post(url, {"words": "Yes"}).content.decode()
    assert JournalEntry.objects.filter(event=DEED.name, by=owner(town)).count() == 1
    assert client.post(url, {"words": "Yes"}).status_code == 410
    assert client.get(url).status_code == 410
    assert JournalEntry.objects.filter(event=DEED.name).count() == 1


def test_history_says_that_a_link_answered_and_where_it_was_sent(town: Town, client: Client) -> None:
    client.post(address(town), {"words": "Yes"})
    entry = JournalEntry.objects.get(event=DEED.name)
    (sentence,) = told.sentences([entry], owner(town), TODAY)
    assert sentence.text.endswith(f"by the link sent to {owner(town).email}")


def test_a_refused_answer_keeps_what_was_typed_and_the_link(town: Town, client: Client) -> None:
    url = address(town)
    empty = client.post(url, {"words": ""})
    assert empty.status_code == 422
    refused = client.post(url, {"words": "refuse"})
    assert refused.status_code == 409
    assert "Say something else" in refused.content.decode()
    assert 'value="refuse"' in refused.content.decode()
    assert client.post(url, {"words": "Yes"}).status_code == 200


def test_pressing_one_ends_its_siblings(town: Town, client: Client) -> None:
    first, second = address(town), address(town)
    assert client.post(first, {"words": "Yes"}).status_code == 200
    assert client.get(second).status_code == 410


def _leave(town: Town) -> None:
    people.end_access(person=owner(town), by=town.lead, now=TODAY)


def _new_address(town: Town) -> None:
    Person.objects.filter(pk=owner(town).pk).update(email="elsewhere@example.org")


def _revoke(town: Town) -> None:
    assert services.revoke(person=owner(town), purpose="test", now=TODAY) == 1


@pytest.mark.parametrize("what", [_leave, _new_address, _revoke])
def test_a_link_dies_with_its_reason(town: Town, client: Client, what: Any) -> None:
    url = address(town)
    assert client.get(url).status_code == 200
    what(town)
    assert client.get(url).status_code == 410
    assert client.post(url, {"words": "Yes"}).status_code == 410


def test_a_link_dies_with_its_duty_and_with_its_time(town: Town) -> None:
    seat = owner(town).tenures.get().seat
    duty = duties.open_duty(subject_id=town.root.pk, kind="review", seat=seat, now=TODAY, within=3)
    of_duty, old = token(address(town, duty=duty)), token(address(town, lives=timedelta(hours=1)))
    services.find(of_duty, TODAY)
    duties.close_duty(subject_id=town.root.pk, kind="review", now=TODAY, outcome="done")
    with pytest.raises(Absent):
        services.find(of_duty, TODAY)
    services.find(old, TODAY + timedelta(minutes=59))
    with pytest.raises(Absent):
        services.find(old, TODAY + timedelta(hours=1))


def test_what_may_not_be_seen_any_more_is_not_asked(town: Town) -> None:
    chamber = town.council_of_nine(confidential=True)
    member, council = chamber.members[4], chamber.council
    key = token(services.issue(purpose="test", person=member, subject=council.subject, now=TODAY))
    services.find(key, TODAY)
    councils.end_membership(membership=chamber.memberships[4], by=chamber.chair, now=TODAY)
    with pytest.raises(Absent):
        services.find(key, TODAY + timedelta(seconds=1))


def test_an_unknown_link_answers_like_an_ended_one(town: Town, client: Client) -> None:
    url = address(town)
    client.post(url, {"words": "Yes"})
    ended, unknown = client.get(url), client.get("/b/" + "x" * 43 + "/")
    assert (ended.status_code, unknown.status_code) == (410, 410)
    assert ended.content == unknown.content


def test_a_form_that_is_not_ours_is_refused_in_words(town: Town) -> None:
    refused = Client(enforce_csrf_checks=True).post(address(town), {"words": "Yes"})
    assert refused.status_code == 403
    assert "Load the page again" in refused.content.decode()
