"""A champion is nominated, endorsed by the head, and accepts; a term is renewed or ends by the clock."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance import access
from governance.errors import Conflict, Invalid, Refused
from governance.models import Champion, Duty, Nomination, SeatKind, Tenure, TenureRole
from governance.queries.duties import my_moves
from governance.queries.seats import answering
from governance.services import champions, people, seats
from notifications.queries.home import load_of, waiting_for
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import working_days_after

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(town: Town):
    """The champion's seat of Claims, which nobody holds any more."""
    seat = town.champion_seats[town.claims.pk]
    seats.leave(seat=seat, by=None, now=town.now)
    return seat


@pytest.fixture
def wei(town: Town):
    return town.person("Wei Zhang")


def champion_of(seat) -> Champion:
    return Champion.objects.select_related("seat__subject").get(pk=seat.pk)


def open_kinds(seat) -> set[str]:
    return set(
        Duty.objects.filter(subject=seat.subject, closed_at=None).exclude(kind="fill").values_list("kind", flat=True)
    )


def nominated(town, seat, person, **said):
    return champions.nominate(champion=champion_of(seat), person=person, by=town.lead, now=town.now, **said)


def test_the_head_is_asked_then_the_nominee_and_only_then_somebody_sits_there(town, seat, wei) -> None:
    head, ends = town.heads[town.claims.pk], town.now.date() + timedelta(days=365)
    nominated(town, seat, wei, pledged_minutes=300, term_ends_on=ends)
    assert open_kinds(seat) == {"endorse"}
    assert [move.kind for move in my_moves(head, town.now) if move.subject_id == seat.pk] == ["endorse"]
    with pytest.raises(Conflict, match="not endorsed"):
        champions.accept(champion=champion_of(seat), by=wei, now=town.now)
    champions.endorse(champion=champion_of(seat), by=head, now=town.now)
    assert open_kinds(seat) == {"join"}
    assert answering([seat.pk], town.now) == {}, "nobody sits there before they said yes"
    assert not access.may(wei, access.REPORT, town.claims, town.now)
    champions.accept(champion=champion_of(seat), by=wei, now=town.now, pledged_minutes=240)
    assert open_kinds(seat) == set()
    assert answering([seat.pk], town.now)[seat.pk].person_id == wei.pk
    assert access.may(wei, access.REPORT, town.claims, town.now)
    champion = champion_of(seat)
    assert (champion.endorsed_by, champion.pledged_minutes, champion.term_ends_on) == (head, 240, ends)


def test_a_nominee_who_sits_nowhere_finds_the_question_at_home(town, seat, wei) -> None:
    nominated(town, seat, wei)
    champions.endorse(champion=champion_of(seat), by=town.heads[town.claims.pk], now=town.now)
    waiting = waiting_for(wei, town.now)
    assert [task.move.kind for task in waiting.answers] == ["join"]
    assert load_of(wei, town.now).mine == 1
    assert "join" not in {move.kind for move in my_moves(town.lead, town.now)}, "it is not the CX lead's to answer"
    assert load_of(town.lead, town.now).mine == waiting_for(town.lead, town.now).mine


def test_a_head_who_nominates_has_endorsed(town, seat, wei) -> None:
    head = town.heads[town.claims.pk]
    nomination = champions.nominate(champion=champion_of(seat), person=wei, by=head, now=town.now)
    assert (nomination.state, nomination.endorsed_by) == ("endorsed", head)
    assert open_kinds(seat) == {"join"}


def test_a_no_names_its_reason_and_leaves_the_seat_vacant(town, seat, wei) -> None:
    head = town.heads[town.claims.pk]
    nominated(town, seat, wei)
    with pytest.raises(Invalid, match="Say why"):
        champions.refuse(champion=champion_of(seat), reason="  ", by=head, now=town.now)
    champions.refuse(champion=champion_of(seat), reason="Wei starts a course.", by=head, now=town.now)
    nominated(town, seat, wei)
    champions.endorse(champion=champion_of(seat), by=head, now=town.now)
    champions.decline(champion=champion_of(seat), reason="No time.", by=wei, now=town.now)
    assert list(Nomination.objects.order_by("pk").values_list("state", "reason")) == [
        ("refused", "Wei starts a course."), ("declined", "No time."),
    ]  # fmt: skip
    assert open_kinds(seat) == set()
    assert answering([seat.pk], town.now) == {}


def test_only_whose_word_it_is_gives_it(town, seat, wei) -> None:
    stranger, other_head = town.person("Ola Norman"), town.heads[town.digital.pk]
    with pytest.raises(Refused):
        champions.nominate(champion=champion_of(seat), person=wei, by=other_head, now=town.now)
    nominated(town, seat, wei)
    for person in (stranger, other_head, town.lead, wei):
        with pytest.raises(Refused):
            champions.endorse(champion=champion_of(seat), by=person, now=town.now)
    champions.endorse(champion=champion_of(seat), by=town.heads[town.claims.pk], now=town.now)
    for person in (stranger, town.lead, town.heads[town.claims.pk]):
        with pytest.raises(Refused):
            champions.accept(champion=champion_of(seat), by=person, now=town.now)


def test_nobody_endorses_themselves(town, seat) -> None:
    head = town.heads[town.claims.pk]
    champions.nominate(champion=champion_of(seat), person=head, by=head, now=town.now)
    assert Duty.objects.get(subject=seat.subject, kind="endorse", closed_at=None).seat.kind == SeatKind.CX_LEAD
    with pytest.raises(Refused):
        champions.endorse(champion=champion_of(seat), by=head, now=town.now)
    champions.endorse(champion=champion_of(seat), by=town.lead, now=town.now)


def test_somebody_seated_by_hand_is_asked_afterwards_and_a_no_ends_the_tenure(town, seat, wei) -> None:
    head = town.heads[town.claims.pk]
    seats.seat_person(seat=seat, person=wei, by=town.lead, now=town.now)
    assert open_kinds(seat) == {"endorse"}
    assert answering([seat.pk], town.now)[seat.pk].person_id == wei.pk, "they begin at once"
    champions.endorse(champion=champion_of(seat), by=head, now=town.now)
    assert champion_of(seat).endorsed_by == head
    champions.decline(champion=champion_of(seat), reason="Nobody asked me.", by=wei, now=town.now + timedelta(days=1))
    assert answering([seat.pk], town.now + timedelta(days=1)) == {}


def test_a_nominee_who_leaves_is_nominated_no_more(town, seat, wei) -> None:
    nominated(town, seat, wei)
    people.end_access(person=wei, by=town.lead, now=town.now)
    sweep(town.now + timedelta(hours=1))
    assert Nomination.objects.get().state == "withdrawn"
    assert open_kinds(seat) == set()


def test_the_renewal_is_owed_twenty_working_days_before_the_end_and_not_before(town) -> None:
    seat, head = town.champion_seats[town.claims.pk], town.heads[town.claims.pk]
    ends = town.now.date() + timedelta(days=120)
    champions.endorse(champion=champion_of(seat), by=head, now=town.now, term_ends_on=ends)
    opens = working_days_after(ends, -20)
    early = town.now + (opens - town.now.date()) - timedelta(days=1)
    sweep(early)
    assert open_kinds(seat) == set()
    sweep(early + timedelta(days=1))
    sweep(early + timedelta(days=1, hours=1))
    duty = Duty.objects.get(subject=seat.subject, kind="renew")
    assert duty.due_on == working_days_after(ends, -10)
    assert duty.seat == town.claims.seats.get(kind=SeatKind.HEAD)
    champions.renew(
        champion=champion_of(seat), term_ends_on=ends + timedelta(days=365), by=head, now=early + timedelta(days=2)
    )
    assert open_kinds(seat) == set()
    sweep(early + timedelta(days=3))
    assert open_kinds(seat) == set(), "the next term's renewal is a year away"


def test_a_term_that_is_let_end_ends_by_the_clock_and_with_it_the_access(town) -> None:
    seat, head = town.champion_seats[town.claims.pk], town.heads[town.claims.pk]
    fatima, ends = town.champions[town.claims.pk], town.now.date() + timedelta(days=20)
    champions.endorse(champion=champion_of(seat), by=head, now=town.now, term_ends_on=ends)
    champions.let_end(champion=champion_of(seat), by=head, now=town.now)
    last, after = town.now + timedelta(days=20), town.now + timedelta(days=21)
    assert access.may(fatima, access.REPORT, town.claims, last)
    assert not access.may(fatima, access.REPORT, town.claims, after)
    assert answering([seat.pk], after) == {}
    sweep(last)
    assert "renew" not in open_kinds(seat), "it was answered"


def test_a_term_is_not_renewed_over_whoever_is_to_begin(town, wei) -> None:
    seat, head = town.champion_seats[town.claims.pk], town.heads[town.claims.pk]
    seats.seat_person(seat=seat, person=wei, from_at=town.now + timedelta(days=9), by=town.lead, now=town.now)
    with pytest.raises(Conflict, match="is to begin in this seat"):
        champions.renew(champion=champion_of(seat), term_ends_on=None, by=head, now=town.now + timedelta(days=1))


def test_the_database_holds_one_open_nomination_and_no_champion_without_the_heads_word(town, seat, wei) -> None:
    nominated(town, seat, wei)
    row = {"champion_id": seat.pk, "person": wei, "nominated_at": town.now}
    for broken in ({}, {"state": "accepted", "closed_at": town.now}, {"state": "refused", "closed_at": town.now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Nomination.objects.create(**row, **broken)


def test_the_way_over_the_pages(town, seat, wei, client_for) -> None:
    root = f"/champions/{seat.reference}"
    lead, head = client_for(town.lead), client_for(town.heads[town.claims.pk])
    ends = (town.now + timedelta(days=300)).date().isoformat()
    said = {"person": wei.pk, "pledged_minutes": "5", "term_ends_on": ends}
    assert lead.post(f"{root}/nominate/", {**said, "person": ""}).status_code == 422
    assert lead.post(f"{root}/nominate/", said).status_code == 302
    page = head.get(f"{root}/").content.decode()
    assert "endorses the champion" in page
    assert f"{root}/endorse/" in page
    assert f"{root}/endorse/" not in client_for(wei).get(f"{root}/").content.decode()
    assert head.post(f"{root}/endorse/", {"term_ends_on": ends}).status_code == 302
    assert f"{root}/accept/" in client_for(wei).get(f"{root}/").content.decode()
    assert "Wei Zhang" in lead.get("/champions/").content.decode()
    assert client_for(wei).post(f"{root}/accept/", {"pledged_minutes": "4.5"}).status_code == 302
    assert champion_of(seat).pledged_minutes == 270
    assert Tenure.objects.get(seat=seat, role=TenureRole.HOLDER, until_at=None).person == wei
    assert lead.get(f"{root}/renew/").status_code == 403


def test_the_way_over_the_api(town, seat, wei, api_for) -> None:
    root = f"/api/v1/champions/{seat.reference}"
    told = api_for(town.lead).post(f"{root}/nominate/", {"person": wei.pk}).json()
    assert (told["nomination"]["name"], told["nomination"]["state"]) == ("Wei Zhang", "nominated")
    head = api_for(town.heads[town.claims.pk])
    assert head.post(f"{root}/endorse/", {}).json()["nomination"]["state"] == "endorsed"
    done = api_for(wei).post(f"{root}/accept/", {"pledged_minutes": 200}).json()
    assert (done["nomination"], done["answering"]["name"], done["pledged_minutes"]) == (None, "Wei Zhang", 200)
