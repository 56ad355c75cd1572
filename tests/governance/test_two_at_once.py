"""Two people write at once: the second is shown both versions, and nothing that was typed is lost."""

import pytest
from django.urls import reverse

from governance.clauses import Quorum, Rules
from governance.services import charters, departments
from tests.factories import Town

pytestmark = pytest.mark.django_db


def test_a_department_that_somebody_moved_meanwhile_shows_both_places(town: Town, client_for) -> None:
    client = client_for(town.lead)
    team = town.department("TEAM", "Team", parent=town.claims)
    seen = team.version
    departments.place(department=team, parent=town.legal, by=town.lead, now=town.now)
    path = reverse("governance:department-place", args=[team.reference])
    answer = client.post(path, {"parent": town.digital.pk, "version": seen})
    assert answer.status_code == 409
    ((label, mine, theirs),) = answer.context["form"].changes
    assert (label, "Digital" in mine, "Legal" in theirs) == ("Place it below", True, True)
    assert client.post(path, {"parent": town.digital.pk, "version": seen + 1}).status_code == 302


def test_a_draft_that_somebody_amended_meanwhile_shows_the_sentences_that_differ(town: Town, client_for) -> None:
    client = client_for(town.lead)
    draft = charters.draft(
        title=town.charter.title, charter=town.charter, rules=Rules(), purpose="As it was", by=town.lead, now=town.now
    )
    path = reverse("governance:charter-amend", args=[town.charter.reference, draft.number])
    form = client.get(path)
    sent = {
        **{name: value for name, value in form.context["form"].initial.items() if value is not None},
        **form.context["steps"].initial,
        "purpose": "As I want it",
        "right_per_decision": "€4,000",
    }
    charters.amend(
        version=draft, rules=Rules(quorum=Quorum(minimum=7)), purpose="As they want it", by=town.lead, now=town.now
    )
    answer = client.post(path, sent)
    assert answer.status_code == 409
    changes = {label: (mine, theirs) for label, mine, theirs in answer.context["form"].changes}
    assert changes["Purpose"] == ("As I want it", "As they want it")
    assert "at least 7" in changes["Quorum"][1]
    assert "at least 7" not in changes["Quorum"][0]
    assert "As I want it" in answer.text


def test_a_refused_deed_gives_back_what_was_written_and_leads_back_to_pages_of_ours_alone(
    town: Town, client_for
) -> None:
    champion = client_for(town.champions[town.claims.pk])
    path = reverse("governance:person-away", args=[town.lead.pk])
    sent = {"until": "2026-11-10", "note": "Words of mine", "password": "not these words"}
    answer = champion.post(path, sent, headers={"Referer": "http://testserver/people/?page=2"})
    assert answer.status_code == 403
    assert "Words of mine" in answer.text
    assert "not these words" not in answer.text
    assert 'href="/people/?page=2"' in answer.text
    elsewhere = champion.post(path, sent, headers={"Referer": "https://elsewhere.example/people/"})
    assert "elsewhere" not in elsewhere.text
