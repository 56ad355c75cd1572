"""Ways past a door that were tried: each is shut, for pages and API alike, since the service shuts it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from actions.importing.dates import Dates
from actions.matters import check_action
from actions.services import items
from councils.models import AgendaItem, Council, Decision, Envelope, Meeting
from councils.services import agenda, books, councils, decisions, meetings
from governance import access, checks
from governance.errors import Conflict, DomainError, Invalid, Refused
from governance.models import (
    ORGANISATION_WIDE,
    Button,
    CheckIn,
    ExecutiveSponsor,
    IdempotencyRecord,
    JournalEntry,
    Seat,
    SeatKind,
    TenureRole,
)  # fmt: skip
from governance.queries import personal
from governance.queries.search import search
from governance.services import briefs, people, redaction, seats, sponsors
from tests.access.world import _item
from tests.access.world import build as build_world
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

LIMIT = 4_000_00


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


def secret_of(town: Town) -> Chamber:
    return Chamber(town, name="Restructuring Committee", size=3, confidential=True)


def test_a_council_decides_about_actions_that_it_oversees_and_no_others(town: Town, chamber: Chamber) -> None:
    other = Chamber(town, name="Culture Council", size=5)
    action = items.create(
        title="Text customers", proof="Seen", seat=town.champion_seats[town.claims.pk], council=chamber.council,
        by=town.lead, now=town.now,
    )  # fmt: skip
    with pytest.raises(Refused, match="Another council oversees"):
        agenda.propose(council=other.council, about=action.subject, matter="late_action", by=town.lead, now=town.now)
    # Even where such an item stands already, what it decides does not reach the action.
    item = agenda.put(
        council=other.council, about=action.subject, matter="late_action", by=None, now=town.now, ask="?", proposal={}
    )
    meeting = meetings.call(council=other.council, starts_at=town.now, by=other.secretary, now=town.now)
    meetings.open_meeting(meeting=meeting, by=other.secretary, now=town.now)
    item.refresh_from_db()
    votes = {}
    for membership in other.memberships:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=other.secretary, now=town.now)
        votes[membership.pk] = "for"
    with pytest.raises(Conflict, match="Another council oversees"):
        decisions.settle(
            item=item, outcome="drop", motion="Drop it", payload={"reason": "r"}, votes=votes, by=other.secretary,
            now=town.now,
        )  # fmt: skip
    action.refresh_from_db()
    assert action.state == "proposed"
    assert not Decision.objects.exists()


@pytest.mark.parametrize("matter", ["late_action", "theme", "referral", "nonsense"])
def test_a_matter_is_about_the_kind_of_thing_that_it_can_settle(town: Town, chamber: Chamber, matter: str) -> None:
    for about in (None, town.champion_seats[town.claims.pk].subject):
        with pytest.raises(Invalid):
            agenda.propose(
                council=chamber.council, about=about, matter=matter, by=chamber.chair, now=town.now, ask="What?"
            )
    assert not AgendaItem.objects.exists()


def test_nobody_seats_themselves_and_a_secretary_names_no_chair(town: Town, chamber: Chamber) -> None:
    chair, member = chamber.memberships[0], chamber.memberships[2]
    other = town.person("Some Body")
    for membership, person, by in (
        (chair, chamber.secretary, chamber.secretary),
        (chair, other, chamber.secretary),
        (member, chamber.chair, chamber.chair),
        (chair, town.sponsor, town.sponsor),
    ):
        with pytest.raises(Refused):
            councils.seat_member(membership=membership, person=person, by=by, now=town.now)
    with pytest.raises(Refused):
        councils.add_member(council=chamber.council, person=chamber.secretary, by=chamber.secretary, now=town.now)
    councils.seat_member(membership=member, person=other, by=chamber.secretary, now=town.now)
    councils.seat_member(membership=chair, person=other, by=town.sponsor, now=town.now)


def test_a_councils_seat_is_filled_by_its_council_alone(town: Town, chamber: Chamber, client_for) -> None:
    administrator = town.person("Ada Ministrator")
    town.seat(SeatKind.ADMINISTRATOR, town.root, administrator)
    chair = chamber.memberships[0].seat
    with pytest.raises(Refused, match="belongs to a council"):
        seats.seat_person(seat=chair, person=administrator, by=administrator, now=town.now)
    with pytest.raises(Refused, match="belongs to a council"):
        seats.leave(seat=chair, by=administrator, now=town.now)
    assert client_for(administrator).get(f"/seats/{chair.reference}/seat-person/").status_code in (403, 404)


def test_an_administrator_does_not_let_themselves_into_a_confidential_council(town: Town) -> None:
    secret = secret_of(town)
    administrator, accomplice = town.person("Ada Ministrator"), town.person("Some Body")
    town.seat(SeatKind.ADMINISTRATOR, town.root, administrator)
    for person in (administrator, accomplice):
        with pytest.raises(Refused):
            seats.seat_person(
                seat=town.sponsor_seat, person=person, role=TenureRole.DEPUTY, by=administrator, now=town.now
            )
    with pytest.raises(Refused):
        seats.seat_person(seat=town.sponsor_seat, person=administrator, by=administrator, now=town.now)
    assert not access.may_see(administrator, secret.council.pk, town.now)
    seats.seat_person(seat=town.sponsor_seat, person=accomplice, role=TenureRole.DEPUTY, by=town.sponsor, now=town.now)
    assert access.may_see(accomplice, secret.council.pk, town.now), "whom the sponsor chose is cleared"


def test_nobody_raises_their_own_funding_authority(town: Town) -> None:
    given: dict[str, Any] = {"response_days": 3, "attendance_pledge": 75, "checkins_a_quarter": 3}
    sponsor = ExecutiveSponsor.objects.get(pk=town.sponsor_seat.pk)
    held = sponsor.funding_authority
    with pytest.raises(Refused, match="own funding authority"):
        sponsors.pledge(sponsor=sponsor, **given, funding_authority=held + 1, by=town.sponsor, now=town.now)
    sponsors.pledge(sponsor=sponsor, **given, funding_authority=held - 1, by=town.sponsor, now=town.now)
    sponsors.pledge(sponsor=sponsor, **given, funding_authority=held + 5, by=town.lead, now=town.now)
    with pytest.raises(Invalid):
        sponsors.pledge(sponsor=sponsor, **given, funding_authority=2**63, by=town.lead, now=town.now)


def test_the_chair_above_grants_no_more_than_one_decision_there_may_commit(town: Town, chamber: Chamber) -> None:
    below = Chamber(town, name="Squad", size=3, parent=chamber.council)
    with pytest.raises(Refused, match="authority"):
        books.grant(council=below.council, amount=LIMIT + 1, by=chamber.chair, now=town.now)
    assert books.grant(council=below.council, amount=LIMIT, by=chamber.chair, now=town.now)
    assert Envelope.objects.count() == 1


def test_what_a_confidential_council_noted_is_read_by_its_members_alone() -> None:
    world = build_world()
    room, now = world.rooms["closed"], world.now
    clerk = room.memberships[1].seat.tenures.get().person
    item = _item(world.town, room, world.theme, "Zephyr noting", now)
    item = agenda.place(item=item, meeting=room.open_meeting, by=clerk, now=now)
    decision = decisions.settle(
        item=item, outcome="note", motion="Zephyr notes", payload={"note": "Zephyr saw it"},
        votes={membership.pk: "for" for membership in room.memberships}, by=clerk, now=now,
    )  # fmt: skip
    assert decision.verdict == "valid"
    entry = JournalEntry.objects.get(event="actions.theme.noted")
    assert not access.may_see(world.town.lead, entry.subject_id, now)
    assert access.may_see(room.chair, entry.subject_id, now)


def test_a_hidden_reference_filters_like_an_absent_one(town: Town, api_for) -> None:
    secret = secret_of(town)
    meeting = meetings.call(council=secret.council, starts_at=town.now, by=secret.secretary, now=town.now)
    champion = api_for(town.champions[town.claims.pk])
    for reference in (meeting.reference, secret.council.reference, "COU-9"):
        assert champion.get(f"/api/v1/journal/?subject={reference}").json()["count"] == 0
    # An entry that the champion may see mentions a thing that they may not.
    assert not access.may_see(town.champions[town.claims.pk], meeting.pk, town.now)


def test_a_council_may_bear_a_confidential_councils_name(town: Town) -> None:
    secret = secret_of(town)
    found: dict[str, Any] = {
        "kind": "governance", "department": town.root, "sponsor": town.exec_sponsor, "by": town.lead, "now": town.now,
    }  # fmt: skip
    councils.found(name=secret.council.name, **found)
    assert Council.objects.filter(name=secret.council.name).count() == 2
    with pytest.raises(Invalid):
        councils.found(name=secret.council.name.upper(), **found)


@pytest.mark.parametrize("days", [-5, 366 * 6])
def test_a_meeting_starts_within_reach_of_the_calendar(town: Town, chamber: Chamber, days: int) -> None:
    with pytest.raises(Invalid, match="starts today at the earliest"):
        meetings.call(
            council=chamber.council, starts_at=town.now + timedelta(days=days), by=chamber.secretary, now=town.now
        )
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    "rules",
    [
        5, True, [None], {"right": {"per_decision": 1.5}}, {"right": {"per_decision": "4000"}},
        {"right": {"per_decision": True}}, {"right": {"per_decision": 10**30}}, {"quorum": {"minimum": "5"}},
        {"quorum": {"minimum": 2.5}}, {"quorum": {"chair_required": "no"}}, {"terms": {"settle": 10**9}},
        {"ladder": {"steps": [{"on": "keep", "days": 10**9, "to": "head"}]}}, {"quorum": 5}, {"quorum": [None]},
    ],
)  # fmt: skip
def test_rules_of_the_wrong_kind_are_refused_at_their_clause(town: Town, api_for, rules: Any) -> None:
    answer = api_for(town.lead).post("/api/v1/charters/", {"title": "Odd", "rules": rules}, format="json")
    assert answer.status_code == 422, answer.content


@pytest.mark.parametrize("sent", ['{"name": "a\\u0000b"}', '{"name": "\\ud800"}', "[" * 100_000])
def test_what_no_database_stores_is_refused_at_the_door(town: Town, api_for, sent: str) -> None:
    answer = api_for(town.lead).post("/api/v1/departments/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_an_address_with_a_nul_leads_nowhere(town: Town, client_for, api_for) -> None:
    assert client_for(town.lead).get("/decisions/?council=a%00b").status_code == 404
    assert api_for(town.lead).get("/api/v1/journal/?subject=a%00b").status_code == 404


@pytest.mark.parametrize("amount", [399_900.99, True, "3_999", "٣٩٩٩", "1e3", 10**16, -1])
def test_money_is_a_whole_number_and_never_rounded_to_one(town: Town, chamber: Chamber, amount: Any) -> None:
    payload = {"title": "t", "proof": "p", "seat": town.champion_seats[town.claims.pk].reference, "amount": amount}
    with pytest.raises(DomainError):
        check_action(None, payload)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59", "0001-01-01T00:00:00"])
def test_a_sweep_is_asked_about_moments_within_reach(town: Town, at: str) -> None:
    with pytest.raises(CommandError, match="between 2000 and 2199"):
        call_command("run_sweep", "--at", at, "--dry-run")


@pytest.mark.parametrize("words", ["9999-12-31T23:30:00", "0001-01-01T00:00:00", "1899-12-31"])
def test_feedback_of_other_centuries_is_no_date(words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Dates(format="", zone=ZoneInfo("Asia/Hong_Kong")).read(words)


def test_a_source_is_named_in_letters_that_can_be_stored(town: Town) -> None:
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_feedback", "requests.csv", "--source", "Desk\udcff")


def test_a_seats_capacity_fits_a_week(town: Town, api_for) -> None:
    asked = {"kind": "other", "department": town.claims.reference, "capacity_minutes": 10**30}
    assert api_for(town.lead).post("/api/v1/seats/", asked, format="json").status_code == 422


@pytest.mark.parametrize("kind", ORGANISATION_WIDE)
def test_the_head_of_one_department_founds_no_seat_that_reaches_all(town: Town, kind: str, client_for, api_for) -> None:
    head = town.heads[town.claims.pk]
    with pytest.raises(Refused, match="reaches the whole organisation"):
        seats.found(kind=kind, department=town.claims, by=head, now=town.now)
    asked = {"kind": kind, "department": town.claims.reference}
    assert api_for(head).post("/api/v1/seats/", asked, format="json").status_code == 403
    form = client_for(head).get("/seats/new/").context["form"]
    assert kind not in dict(form.fields["kind"].choices)
    assert "other" in dict(form.fields["kind"].choices)


@pytest.mark.parametrize("kind", [SeatKind.ADMINISTRATOR, SeatKind.CORE_TEAM, SeatKind.AUDITOR, SeatKind.CX_SPONSOR])
def test_the_head_of_one_department_fills_no_seat_that_reaches_all(town: Town, kind: str) -> None:
    head, other = town.heads[town.claims.pk], town.champions[town.claims.pk]
    seat = town.seat(kind, town.claims, town.person("Al Ready"))
    for person in (head, other):
        for role in TenureRole.values:
            with pytest.raises(Refused):
                seats.seat_person(seat=seat, person=person, role=role, by=head, now=town.now)
    with pytest.raises(Refused):
        seats.leave(seat=seat, by=head, now=town.now)
    with pytest.raises(Refused):  # nor do they make themselves its filler
        briefs.write(
            seat=seat, title="Mine", expectations="", criteria="", capacity_minutes=0, by=head, now=town.now
        )  # fmt: skip
    if kind == SeatKind.CX_SPONSOR:
        with pytest.raises(Refused):
            sponsors.pledge(
                sponsor=ExecutiveSponsor.objects.get(pk=seat.pk), by=head, now=town.now, response_days=3,
                attendance_pledge=75, checkins_a_quarter=3, funding_authority=1,
            )  # fmt: skip


def test_owing_the_filling_of_a_seat_that_administers_fills_it_not(town: Town) -> None:
    filler = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    head, other = town.heads[town.claims.pk], town.champions[town.claims.pk]
    made = {
        kind: seats.found(kind=kind, department=town.root, filled_by=filler, by=town.lead, now=town.now)
        for kind in (SeatKind.ADMINISTRATOR, SeatKind.AUDITOR)
    }
    assert not seats.may_fill(made[SeatKind.ADMINISTRATOR], head, town.now)
    with pytest.raises(Refused):
        seats.seat_person(seat=made[SeatKind.ADMINISTRATOR], person=other, by=head, now=town.now)
    seats.seat_person(seat=made[SeatKind.AUDITOR], person=other, by=head, now=town.now)


@pytest.mark.parametrize("kind", [SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER])
def test_a_councils_seat_is_founded_by_its_council_alone(town: Town, kind: str, client_for) -> None:
    with pytest.raises(Invalid) as told:
        seats.found(kind=kind, department=town.claims, by=town.lead, now=town.now)
    assert told.value.field == "kind"
    form = client_for(town.lead).get("/seats/new/").context["form"]
    assert kind not in dict(form.fields["kind"].choices)


@pytest.mark.parametrize("is_confidential", [False, True])
def test_nobody_founds_a_council_with_themselves_in_it(town: Town, is_confidential: bool, api_for) -> None:
    head, administrator = town.heads[town.claims.pk], town.person("Ad Ministrator")
    town.seat(SeatKind.ADMINISTRATOR, town.root, administrator, title="Second administrator")
    sent = {
        "name": "Mine", "kind": "governance", "department": town.claims.reference, "is_confidential": is_confidential,
        "sponsor": town.sponsor_seat.reference,
    }  # fmt: skip
    assert api_for(head).post("/api/v1/councils/", sent, format="json").status_code == 403, "of one department only"
    for person in (administrator, town.lead):
        for role in ("chair", "secretary"):
            answer = api_for(person).post("/api/v1/councils/", sent | {role: person.pk}, format="json")
            assert answer.status_code == (201 if person == town.lead and not is_confidential else 403), role
            Council.objects.filter(name="Mine").update(name=f"Mine {role}")


def test_an_export_tells_nothing_of_what_a_program_was_answered(town: Town, api_for) -> None:
    secret = secret_of(town)
    said = {"council": secret.council.reference, "starts_at": (town.now + timedelta(days=30)).isoformat()}
    made = api_for(secret.chair).post("/api/v1/meetings/", said, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201, made.content
    assert IdempotencyRecord.objects.get().body, "the program that asks again is answered again"
    later = town.now + timedelta(hours=1)
    for viewer in (town.lead, secret.chair, None):
        told = personal.export(secret.chair, viewer, later)
        kept = [row for kind in told["kept"] if kind["model"] == "governance.idempotencyrecord" for row in kind["rows"]]
        assert [row for row in kept if "body" in row] == []
    leads = personal.as_json(personal.export(secret.chair, town.lead, later))
    assert "Restructuring Committee" not in leads
    assert secret.council.reference not in leads
    # Nor is it searched for whoever is only named in the answer to somebody else.
    IdempotencyRecord.objects.update(body=town.sponsor.name)
    told = personal.export(town.sponsor, town.lead, later)
    assert "governance.idempotencyrecord" not in {kind["model"] for kind in told["kept"]}


def test_an_answer_with_a_way_in_is_kept_nowhere(town: Town, api_for) -> None:
    newcomer = people.add(name="New Comer", email="new.comer@x.example", by=town.lead, now=town.now)
    api, key = api_for(town.lead), {"Idempotency-Key": "k"}
    made = api.post("/api/v1/people/invitations/", {"people": [newcomer.pk]}, headers=key)
    assert made.status_code == 200, made.content
    record = IdempotencyRecord.objects.get()
    assert (record.status, record.body) == (200, "")
    buttons = Button.objects.count()
    again = api.post("/api/v1/people/invitations/", {"people": [newcomer.pk]}, headers=key)
    assert (again.status_code, "once only" in again.text, Button.objects.count()) == (409, True, buttons)


def test_an_export_tells_a_check_in_to_those_alone_who_may_see_its_council(town: Town) -> None:
    secret = secret_of(town)
    CheckIn.objects.create(
        subject=secret.council.subject, sponsor=town.exec_sponsor, by=town.sponsor, at=town.now, note="About layoffs"
    )
    later = town.now + timedelta(hours=1)
    assert not access.may_see(town.lead, secret.council.pk, later)
    assert "layoffs" not in personal.as_json(personal.export(town.sponsor, town.lead, later))
    assert "layoffs" in personal.as_json(personal.export(town.sponsor, secret.chair, later))
    assert "layoffs" in personal.as_json(personal.export(town.sponsor, None, later))


def test_personal_data_of_a_thing_that_names_no_way_to_it_is_refused_at_start(monkeypatch) -> None:
    assert checks.personal_data_is_seen_through_its_thing(None) == []
    for label in ("governance.checkin", "governance.helprequest", "councils.council", "actions.actionlogline"):
        blind = {**checks.HOLDS, label: replace(checks.HOLDS[label], through="")}
        monkeypatch.setattr(checks, "HOLDS", blind)
        (error,) = checks.personal_data_is_seen_through_its_thing(None)
        assert (error.id, label in error.msg) == ("governance.E005", True)
        monkeypatch.undo()


def test_redacting_one_person_erases_the_name_of_nothing_else(town: Town) -> None:
    secret = secret_of(town)
    left = people.end_access(person=town.person("Gone Person"), by=town.lead, now=town.now)
    refusals = set()
    for word in (
        "restructuring  COMMITTEE", town.claims.name, town.sponsor.name, town.sponsor.email.upper(),
        secret.memberships[0].seat.title,
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            redaction.redact(person=left, by=town.lead, now=town.now, also=["Goney", word])
        refusals.add(str(caught.value))
    assert len(refusals) == 1, "whether it may be seen or not, the words are the same"
    with pytest.raises(Conflict):
        redaction.redact_words(words=["Restructuring Committee"], by=town.lead, now=town.now)
    with pytest.raises(Invalid, match="too short"):
        redaction.redact(person=left, by=town.lead, now=town.now, also=["Bod"])
    secret.council.refresh_from_db()
    assert secret.council.name == "Restructuring Committee"
    redaction.redact(person=left, by=town.lead, now=town.now, also=["Goney", "Gone Person"])


def test_a_search_of_a_thousand_words_asks_for_the_first_eight(town: Town, client_for) -> None:
    words = "a " * 1500
    assert client_for(town.lead).get("/people/", {"search": words}).status_code == 200
    assert search(words, town.lead, town.now).count() > 0
