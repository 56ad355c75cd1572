"""The same job by programs: every step over the API, each by the person who may, with If-Match and keys."""

from datetime import date, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from actions.models import Theme
from actions.services import feedback
from governance.models import Person
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town
from tests.stories.test_the_main_job import EUROS, FILE, MAPPING, at, motion_for

API = "/api/v1"


def as_(person: Person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def post(person: Person, address: str, expect: int = 200, **body: object) -> dict:
    answer = as_(person).post(f"{API}{address}", body, format="json")
    assert answer.status_code == expect, (address, answer.status_code, answer.content[:500])
    return answer.json()


def get(person: Person, address: str) -> dict:
    answer = as_(person).get(f"{API}{address}")
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.json()


@pytest.mark.django_db
def test_the_whole_loop_runs_over_the_api() -> None:
    town = Town()
    committee = Chamber(town, name="Executive Committee", size=3)
    chamber = Chamber(town, name="CX Governance Council", size=9, parent=committee.council)
    council, champion, secretary = chamber.council.reference, town.champions[town.claims.pk], chamber.secretary
    seat = town.champion_seats[town.claims.pk]
    feedback.take_in(path_or_file=FILE, source_name="Service desk", mapping=MAPPING, by=town.lead, now=town.now)
    theme = Theme.objects.get(name="Claim status").reference

    with time_machine.travel(town.now + timedelta(hours=1), tick=False):
        assert get(champion, "/feedback/?theme=" + theme)["count"] == 3
        post(champion, f"/themes/{theme}/answer/", 201, department=town.claims.reference, text="We will text.")
        post(town.lead, f"/themes/{theme}/propose/", 201, council=council)
        envelope = post(town.sponsor, "/envelopes/", 201, council=council, amount=10_000 * EUROS)
        meeting = post(secretary, "/meetings/", 201, council=council, starts_at=town.now.isoformat())["reference"]
        post(secretary, f"/meetings/{meeting}/open/")
        for membership in chamber.memberships:
            post(secretary, f"/meetings/{meeting}/mark/", seat=membership.seat.reference, presence="present")
        assert get(secretary, f"/meetings/{meeting}/attendance/")["quorum"]["is_quorate"] is True

        # One item is settled. Another, over what the envelope has left, is refused with the sum that is free.
        item = get(secretary, f"/agenda-items/?council={council}")["results"][0]["reference"]
        votes = {membership.seat.reference: "for" for membership in chamber.memberships}
        body = {"outcome": "create_action", "motion": "Text at each step.", "votes": votes}
        paid = motion_for("Text at each step", seat, 3_999 * EUROS)
        decision = post(secretary, f"/agenda-items/{item}/settle/", 201, **body, payload=paid)
        assert decision["verdict"] == "valid"
        assert get(town.sponsor, f"/envelopes/{envelope['reference']}/")["balances"]["free"] == 6_001 * EUROS

        action = get(champion, "/actions/?state=proposed")["results"][0]
        address = f"/actions/{action['reference']}"
        assert action["next_move"]["who"] == champion.name
        post(champion, f"{address}/accept/", promised_on="2026-11-13")

        # A key asked again answers again, and does nothing twice; an outdated version is told so.
        client = as_(champion)
        key = {"HTTP_IDEMPOTENCY_KEY": "update-1"}
        body = {"health": "at_risk", "line": "Wording is open."}
        first = client.post(f"{API}{address}/report/", body, format="json", **key)
        again = client.post(f"{API}{address}/report/", body, format="json", **key)
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        assert get(champion, f"/updates/?action={action['reference']}")["count"] == 1
        stale = client.post(f"{API}{address}/report/", body, format="json", HTTP_IF_MATCH='"1"')
        assert stale.status_code == 412

        post(champion, f"{address}/block/", reason="Consent must be asked again.")
        blocker = get(champion, f"/blockers/?action={action['reference']}")["results"][0]
        post(champion, f"/blockers/{blocker['id']}/lift/")
        post(champion, f"{address}/done/", 409)  # nothing shows it yet
        post(secretary, f"{address}/report/", 403, health="on_track")
        assert as_(town.heads[town.legal.pk]).get(f"{API}{address}/").status_code == 404

    later = at(date(2026, 11, 17))
    sweep(now=later)
    with time_machine.travel(later, tick=False):
        rungs = {rung["target"] for rung in get(town.lead, "/escalations/")["results"]}
        assert {"owner", "head"} <= rungs
        row = next(one for one in get(town.sponsor, "/review/")["departments"] if one["name"] == "Claims")
        assert row["late"] == 1
        post(champion, f"{address}/evidence/", title="Forty claims, four texts each")
        post(champion, f"{address}/done/")
        post(champion, f"{address}/verify/", 403, finding="confirmed")
        post(secretary, f"{address}/verify/", finding="confirmed", note="Seen all forty.")
        assert get(champion, f"{address}/")["state"] == "verified"
