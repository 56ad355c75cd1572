"""The API of governance, and what all of its resources share: versions, doing a thing once, tokens, problems."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from governance.api.tokens import issue
from governance.models import Department, IdempotencyRecord, SeatKind
from governance.services import people
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.mark.parametrize(
    "resource",
    ["people", "departments", "seats", "executive-sponsors", "champions", "charters", "duties", "journal", "tokens"],
)
def test_every_resource_lists(resource, town, api_for):
    answer = api_for(town.lead).get(f"{V1}/{resource}/")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"


def test_a_page_of_a_list_tells_the_total(town, api_for):
    answer = api_for(town.sponsor).get(f"{V1}/seats/?page_size=2").json()
    assert (len(answer["results"]), answer["count"]) == (2, 9)
    champions = api_for(town.sponsor).get(f"{V1}/seats/?kind=champion&filled=true").json()
    assert champions["count"] == 3


class TestVersions:
    def test_a_reader_who_has_it_already_is_told_so(self, town, api_for):
        api = api_for(town.lead)
        path = f"{V1}/departments/{town.claims.reference}/"
        first = api.get(path)
        assert first["ETag"].startswith('"1-')
        again = api.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_the_tag_notices_what_changed_around_the_thing(self, town, api_for):
        api = api_for(town.lead)
        seat = town.seat(SeatKind.FINANCE_PARTNER, town.claims)
        path = f"{V1}/seats/{seat.reference}/"
        tag = api.get(path)["ETag"]
        api.post(f"{path}seat-person/", {"person": town.sponsor.pk})
        changed = api.get(path, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.json()["answering"]["name"] == "Ingrid Solheim"

    def test_an_edit_of_what_somebody_else_changed_is_refused(self, town, api_for):
        api = api_for(town.lead)
        path = f"{V1}/departments/{town.digital.reference}/"
        seen = api.get(path)["ETag"]
        move = {"parent": town.claims.reference}
        assert api.post(f"{path}place/", move, headers={"If-Match": seen}).status_code == 200
        late = api.post(f"{path}place/", {"parent": town.legal.reference}, headers={"If-Match": seen})
        assert (late.status_code, late.json()["title"]) == (412, "stale")
        assert Department.objects.get(pk=town.digital.pk).parent_id == town.claims.pk
        bare = api.post(f"{path}place/", {"parent": town.legal.reference}, headers={"If-Match": '"2"'})
        assert bare.status_code == 200, "a bare version will do"
        odd = api.post(f"{path}place/", move, headers={"If-Match": '"yesterday"'})
        assert odd.status_code == 412


class TestOnce:
    SAID = {"code": "MOT", "name": "Motor"}

    def test_a_deed_asked_for_twice_is_done_once(self, town, api_for):
        api = api_for(town.lead)
        key = {"Idempotency-Key": "k1"}
        first = api.post(f"{V1}/departments/", self.SAID, headers=key)
        again = api.post(f"{V1}/departments/", self.SAID, headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert (again["ETag"], again["Idempotency-Replayed"]) == (first["ETag"], "true")
        assert Department.objects.filter(code="MOT").count() == 1

    def test_without_a_key_it_is_asked_anew(self, town, api_for):
        api = api_for(town.lead)
        api.post(f"{V1}/departments/", self.SAID)
        assert api.post(f"{V1}/departments/", self.SAID).status_code == 422

    def test_a_key_is_for_one_request(self, town, api_for):
        api = api_for(town.lead)
        key = {"Idempotency-Key": "k1"}
        api.post(f"{V1}/departments/", self.SAID, headers=key)
        other = api.post(f"{V1}/departments/", {"code": "HOM", "name": "Home"}, headers=key)
        assert other.status_code == 409
        elsewhere = api.post(f"{V1}/seats/", self.SAID, headers=key)
        assert elsewhere.status_code == 409

    def test_a_key_is_ones_own(self, town, api_for):
        api_for(town.lead).post(f"{V1}/departments/", self.SAID, headers={"Idempotency-Key": "k1"})
        other = api_for(town.sponsor).post(f"{V1}/departments/", self.SAID, headers={"Idempotency-Key": "k1"})
        assert other.status_code == 403

    def test_what_was_refused_may_be_tried_again(self, town, api_for):
        api = api_for(town.lead)
        key = {"Idempotency-Key": "k1"}
        assert api.post(f"{V1}/departments/", {"code": "MOT"}, headers=key).status_code == 422
        assert not IdempotencyRecord.objects.exists()
        assert api.post(f"{V1}/departments/", self.SAID, headers=key).status_code == 201

    def test_the_record_and_the_deed_stand_or_fall_together(self, town, api_for, monkeypatch):
        api = api_for(town.lead)
        monkeypatch.setattr("governance.api.departments.Departments.answer", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            api.post(f"{V1}/departments/", self.SAID, headers={"Idempotency-Key": "k1"})
        assert not Department.objects.filter(code="MOT").exists()
        assert not IdempotencyRecord.objects.exists()

    def test_a_key_is_forgotten_after_a_day(self, town, api_for):
        api = api_for(town.lead)
        key = {"Idempotency-Key": "k1"}
        api.post(f"{V1}/departments/", self.SAID, headers=key)
        record = IdempotencyRecord.objects.get()
        IdempotencyRecord.objects.update(created_at=record.created_at - timedelta(days=2))
        assert api.post(f"{V1}/departments/", self.SAID, headers=key).status_code == 422, "done anew: the code is taken"


class TestTokens:
    def test_a_token_is_told_once_and_acts_for_its_owner(self, town):
        browser = APIClient()
        assert browser.login(email=town.lead.email, password=PASSWORD)
        made = browser.post(f"{V1}/tokens/", {"label": "export", "may_write": False})
        assert made.status_code == 201, made.content
        token = made.json()["token"]
        assert "token" not in browser.get(f"{V1}/tokens/").json()["results"][0]
        program = APIClient()
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert program.get(f"{V1}/seats/").status_code == 200
        assert program.post(f"{V1}/departments/", TestOnce.SAID).status_code == 403, "it may only read"
        assert browser.delete(f"{V1}/tokens/{made.json()['id']}/").status_code == 204
        assert program.get(f"{V1}/seats/").status_code == 401

    def test_tokens_are_ones_own_business(self, town, api_for, now):
        issue(person=town.lead, label="mine", now=now)
        assert api_for(town.sponsor).get(f"{V1}/tokens/").json()["count"] == 0
        mine = town.lead.api_tokens.get()
        assert api_for(town.sponsor).delete(f"{V1}/tokens/{mine.pk}/").status_code == 404

    def test_a_token_cannot_breed(self, town, now):
        from django.utils import timezone

        program = APIClient()
        program.credentials(
            HTTP_AUTHORIZATION=f"Bearer {issue(person=town.lead, label='x', now=timezone.now(), may_write=True)}"
        )
        assert program.post(f"{V1}/tokens/", {"label": "y"}).status_code == 403

    def test_it_dies_with_its_owners_access(self, town, now):
        from django.utils import timezone

        champion = town.champions[town.claims.pk]
        program = APIClient()
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {issue(person=champion, label='x', now=timezone.now())}")
        assert program.get(f"{V1}/seats/").status_code == 200
        people.end_access(person=champion, by=town.lead, now=timezone.now())
        assert program.get(f"{V1}/seats/").status_code == 401


def test_problems_point_at_the_field(town, api_for):
    answer = api_for(town.lead).post(f"{V1}/seats/", {"kind": "throne", "department": "DEP-9999"})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/kind", "/department"}


def test_a_charter_goes_from_draft_to_force_over_the_api(town, api_for):
    lead, sponsor = api_for(town.lead), api_for(town.sponsor)
    path = f"{V1}/charters/{town.charter.reference}/versions/"
    made = lead.post(path, {"rules": {"quorum": {"minimum": 7, "chair_required": True}}})
    assert made.status_code == 201, made.content
    assert made.json()["number"] == 2
    odd = lead.post(path, {"rules": {"quorum": {"minimum": 0}}})
    assert (odd.status_code, odd.json()["errors"][0]["pointer"]) == (422, "/quorum")
    changed = lead.put(
        f"{path}2/", {"rules": {"quorum": {"minimum": 6, "chair_required": False}}}, headers={"If-Match": made["ETag"]}
    )
    assert changed.json()["rules"]["quorum"]["minimum"] == 6
    asked = lead.post(f"{path}2/submit/", {"sponsors": [town.sponsor_seat.reference]})
    assert asked.json()["submission"]["sponsors"] == [town.sponsor_seat.reference]
    assert lead.post(f"{path}2/ratify/").status_code == 403
    assert sponsor.post(f"{path}2/ratify/", headers={"If-Match": changed["ETag"]}).status_code == 412
    back = sponsor.post(f"{path}2/refuse/", {"reason": "Say more."})
    assert back.json()["submission"]["signatures"][0]["reason"] == "Say more."
    asked = lead.post(f"{path}2/submit/", {"sponsors": [town.sponsor_seat.reference]})
    assert sponsor.post(f"{path}2/ratify/", headers={"If-Match": asked["ETag"]}).json()["state"] == "in_force"
    assert lead.put(f"{path}2/", {"rules": {}}).status_code == 409
    assert [one["state"] for one in lead.get(path).json()] == ["in_force", "superseded"]


def test_people_are_added_seated_and_leave(town, api_for):
    api = api_for(town.lead)
    added = api.post(f"{V1}/people/", {"email": "li.wei@harbourline.example", "name": "Li Wei"})
    assert added.status_code == 201, added.content
    seat = town.seat(SeatKind.FINANCE_PARTNER, town.claims)
    seated = api.post(f"{V1}/seats/{seat.reference}/seat-person/", {"person": added.json()["id"], "role": "deputy"})
    assert seated.json()["answering"] == {"person": added.json()["id"], "name": "Li Wei", "stands_in": "deputy"}
    assert api.post(f"{V1}/seats/{seat.reference}/leave/", {"role": "deputy"}).json()["answering"] is None
    left = api.post(f"{V1}/people/{added.json()['id']}/end-access/")
    assert left.json()["is_active"] is False


def test_away_is_told_to_nobody_else(town, api_for):
    champion = town.champions[town.claims.pk]
    path = f"{V1}/people/{champion.pk}/"
    assert api_for(town.lead).post(f"{path}away/", {"until": "2027-01-01"}).status_code == 403
    assert api_for(champion).post(f"{path}away/", {"until": "2027-01-01"}).json()["away_until"] == "2027-01-01"
    assert api_for(town.lead).get(path).json()["away_until"] is None


def test_pledges_and_endorsements(town, api_for):
    sponsor = f"{V1}/executive-sponsors/{town.sponsor_seat.reference}/"
    said = {"response_days": 2, "attendance_pledge": 90, "checkins_a_quarter": 4, "funding_authority": 5_000_00}
    assert api_for(town.sponsor).post(f"{sponsor}pledge/", said).json()["response_days"] == 2
    assert api_for(town.champions[town.claims.pk]).post(f"{sponsor}pledge/", said).status_code == 403
    champion = f"{V1}/champions/{town.champion_seats[town.claims.pk].reference}/endorse/"
    assert api_for(town.heads[town.claims.pk]).post(champion, {}).json()["endorsed_by"]
    assert api_for(town.lead).post(champion, {}).status_code == 403


def test_the_journal_reads_the_same_sentence(town, api_for):
    seat = town.champion_seats[town.claims.pk]
    told = api_for(town.lead).get(f"{V1}/journal/?subject={seat.reference}").json()["results"]
    assert told[0]["sentence"] == "Keep seated Fatima El Idrissi as holder of Champion, Claims"
    assert json.dumps(told)
    one = api_for(town.lead).get(f"{V1}/journal/{told[0]['id']}/").json()
    assert one == told[0]


def test_the_schema_describes_every_resource_without_a_doubt(tmp_path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))
