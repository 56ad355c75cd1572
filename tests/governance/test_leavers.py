"""Whoever left long ago is anonymised by the clock: once, on the right day, and nobody who must not be."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from councils.models import Decision, Vote
from councils.queries import health
from councils.services import agenda, decisions
from governance import retention
from governance.models import CharterVersion, Duty, DutyKind, JournalEntry, Person, SavedView, SeatKind, Tenure
from governance.queries import chain, journal
from governance.queries.people import one
from governance.services import leavers, nominations, people, redaction, sealing, seats
from governance.sql import guards
from tests.councils.rooms import sit
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
KEPT = 1095


@pytest.fixture
def chamber(town: Town, tmp_path: Path, settings) -> Chamber:
    """A council that decided, and one of its members who left; a successor has the seat."""
    settings.MEDIA_ROOT, settings.UPLOADS_ROOT = str(tmp_path / "files"), str(tmp_path / "uploads")
    settings.DATA_DIR, settings.JOURNAL_HEADS = tmp_path, str(tmp_path / "heads.jsonl")
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "worker.log").write_text("Dear CX Member4,\n")
    made = town.council_of_nine()
    meeting, votes = sit(made)
    item = agenda.propose(council=made.council, about=None, matter="general", by=made.chair, now=town.now, ask="Noted?")
    item = agenda.place(item=item, meeting=meeting, by=made.secretary, now=town.now)
    decisions.settle(
        item=item, outcome="note", motion="As CX Member4 (cx.member4@harbourline.example) said", payload={"note": "So"},
        votes=votes, by=made.secretary, now=town.now,
    )  # fmt: skip
    SavedView.objects.create(person=made.members[3], page="actions", name="Mine", query="late", created_at=town.now)
    return made


def leave(town: Town, person: Person, *, followed: bool = True) -> Person:
    """Their access ends; where ``followed``, somebody takes each seat that they held."""
    held = list(Tenure.objects.at(town.now).filter(person=person, role="holder").select_related("seat"))
    gone = people.end_access(person=person, by=town.lead, now=town.now)
    if followed:
        for number, tenure in enumerate(held):
            after = town.person(f"Successor {number} of {person.pk}")
            seats.seat_person(seat=tenure.seat, person=after, by=None, now=town.now)
    return gone


def is_anonymous(person: Person) -> bool:
    return Person.objects.get(pk=person.pk).name == f"Former member {person.pk}"


def test_a_leaver_is_anonymised_once_on_the_right_day(town: Town, chamber: Chamber, tmp_path: Path) -> None:
    gone = leave(town, chamber.members[3])
    version = CharterVersion.objects.get(charter=town.charter, state="in_force")
    before = health.of_council(chamber.council, version, town.lead, town.now)
    votes = Vote.objects.filter(person=gone).count()
    assert votes == 1
    assert retention.forget(town.now + KEPT * DAY)["leavers"] == 0
    assert gone.name in Decision.objects.get().motion

    day = town.now + KEPT * DAY + timedelta(seconds=1)
    assert retention.forget(day)["leavers"] == 1
    found = Person.objects.get(pk=gone.pk)
    assert (found.name, found.email, found.is_active) == (
        f"Former member {gone.pk}", f"redacted-{gone.pk}@invalid", False,
    )  # fmt: skip
    assert "[redacted]" in Decision.objects.get().motion
    assert "Member4" not in Decision.objects.get().motion
    assert "Member4" not in (tmp_path / "log" / "worker.log").read_text()
    assert not SavedView.objects.filter(person=gone).exists()
    assert Vote.objects.filter(person=gone).count() == votes, "what was decided stays, and counts"
    assert health.of_council(chamber.council, version, town.lead, town.now) == before

    assert retention.forget(day)["leavers"] == 0
    assert retention.forget(day + DAY)["leavers"] == 0
    entry = JournalEntry.objects.get(event="governance.person.anonymised")
    assert (entry.by, entry.at, entry.facts) == (None, day, {"person": gone.pk})
    (told,) = journal.sentences([entry], town.lead, day)
    assert told.text.startswith(f"The name and the address of Former member {gone.pk}")


def test_the_chain_still_verifies_and_the_guards_stand(town: Town, chamber: Chamber) -> None:
    leave(town, chamber.members[3])
    sealing.seal(town.now)
    retention.forget(town.now + (KEPT + 1) * DAY)
    sealing.seal(town.now + (KEPT + 1) * DAY)
    assert chain.verify().misfit is None
    assert guards.missing() == []


def nobody_left(town: Town, chamber: Chamber) -> Person:
    return chamber.members[3]


def only_the_seat_was_left(town: Town, chamber: Chamber) -> Person:
    person = chamber.members[3]
    seats.vacate(person=person, now=town.now)
    return person


def nobody_knows_since_when(town: Town, chamber: Chamber) -> Person:
    person = town.person("Switched Off")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    return person


def a_seat_is_theirs(role: str, **later: int) -> Callable[[Town, Chamber], Person]:
    def prepare(town: Town, chamber: Chamber) -> Person:
        person = leave(town, town.person("Once More"))
        seat = town.seat(SeatKind.OTHER, town.claims, title="Booking desk")
        at = town.now + timedelta(**later)
        Tenure.objects.create(seat=seat, person=person, role=role, from_at=at)
        return person

    return prepare


def a_seat_is_offered(town: Town, chamber: Chamber) -> Person:
    person = leave(town, town.person("Once More"))
    champion = town.champion_seats[town.claims.pk].champion
    nominations.nominate(champion=champion, person=person, by=None, now=town.now)
    return person


def their_seat_is_not_handed_over(town: Town, chamber: Chamber) -> Person:
    person = leave(town, chamber.members[3], followed=False)
    assert Duty.objects.filter(kind=DutyKind.HAND_OVER, closed_at=None).exists(), "the test must be able to fail"
    return person


def the_last_administrator(town: Town, chamber: Chamber) -> Person:
    return town.lead


@pytest.mark.parametrize(
    "prepare",
    [
        nobody_left,
        only_the_seat_was_left,
        nobody_knows_since_when,
        a_seat_is_theirs("holder"),
        a_seat_is_theirs("deputy"),
        a_seat_is_theirs("holder", days=KEPT * 3),
        a_seat_is_offered,
        their_seat_is_not_handed_over,
        the_last_administrator,
    ],
)
def test_nobody_is_anonymised_who_is_here_or_will_be(town: Town, chamber: Chamber, prepare) -> None:
    person = prepare(town, chamber)
    control = leave(town, town.person("Truly Gone"))
    assert retention.forget(town.now + 2 * KEPT * DAY)["leavers"] == 1
    assert is_anonymous(control)
    assert not is_anonymous(person)


def test_kept_for_ever_where_the_operator_says_so_and_shorter_where_they_do(
    town: Town, chamber: Chamber, settings
) -> None:
    gone = leave(town, town.person("Truly Gone"))
    settings.RETENTION_DAYS = {"leavers": 0}
    assert "leavers" not in retention.forget(town.now + 50 * KEPT * DAY)
    assert not is_anonymous(gone)
    settings.RETENTION_DAYS = {"leavers": 30}
    assert retention.forget(town.now + 31 * DAY)["leavers"] == 1


def test_a_namesake_keeps_the_name_and_so_do_words_that_are_no_name(town: Town, chamber: Chamber) -> None:
    gone, short = leave(town, chamber.members[3]), town.person("Slow")
    namesake = people.add(email="jr@example.org", name="CX  Member4 Jr", by=None, now=town.now)
    assert leavers.looked_for(gone) == ["cx.member4@harbourline.example"]
    assert leavers.looked_for(short) == [short.email]
    assert leavers.looked_for(town.person("Head of Claims")) == ["head.of.claims@harbourline.example"]
    retention.forget(town.now + (KEPT + 1) * DAY)
    assert "As CX Member4 ([redacted]) said" in Decision.objects.get().motion
    assert one(town.lead, town.now, namesake.pk).name == "CX  Member4 Jr"


def test_whoever_was_redacted_by_hand_is_not_done_again(town: Town, chamber: Chamber) -> None:
    gone = leave(town, chamber.members[3])
    redaction.redact(person=gone, by=town.lead, now=town.now)
    assert retention.forget(town.now + 2 * KEPT * DAY)["leavers"] == 0


def test_many_leavers_follow_day_by_day(town: Town, chamber: Chamber, monkeypatch) -> None:
    monkeypatch.setattr(leavers, "AT_ONCE", 2)
    for number in range(5):
        leave(town, town.person(f"Truly Gone{number}"))
    later = town.now + 2 * KEPT * DAY
    assert [retention.forget(later + day * DAY)["leavers"] for day in range(4)] == [2, 2, 1, 0]
