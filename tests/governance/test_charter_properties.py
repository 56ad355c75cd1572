"""Whatever happens to a charter: at most one version is in force, and it is the one that the deeds led to.

Everything is compared with a second, slow derivation that reads nothing but rows: submissions, signatures, versions.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from governance.clauses import Provisional, Quorum
from governance.errors import DomainError
from governance.models import Charter, CharterState, CharterVersion, Seat, SeatKind, Signature, Submission
from governance.services import charters, submissions
from governance.services.duties import rules_in_force
from tests.engines import examples
from tests.factories import Town

pytestmark = pytest.mark.django_db

DAYS = 6
"""For which a first version holds provisionally here."""


# --- the second derivation: rows alone --------------------------------------------------------------------------------


def slow_state(version: CharterVersion) -> tuple[str, datetime | None]:
    """``(state, since when it counts)`` of one version by what was signed and refused, not by what it says of itself.

    Whether a later version took its place is asked in :func:`check`.
    """
    put_before = list(Submission.objects.filter(charter_version=version).order_by("pk"))
    if not put_before:
        return "draft", None
    last = put_before[-1]
    signed = list(Signature.objects.filter(submission=last).order_by("pk"))
    asked = {seat.pk for seat in last.seats.all()}
    said_yes = {one.seat_id for one in signed if one.verdict == "ratified"}
    provisional = [one.at for one in signed if one.verdict == "provisional"]
    if any(one.verdict == "refused" for one in signed):
        return ("superseded" if provisional else "draft"), (provisional or [None])[0]
    if said_yes >= asked:
        return "in_force", (provisional or [max(one.at for one in signed)])[0]
    if provisional:
        return "in_force", provisional[0]
    return ("draft" if last.closed_at is not None else "submitted"), None


def check(charter: Charter, default: CharterVersion, now: datetime) -> None:
    versions = list(CharterVersion.objects.filter(charter=charter).order_by("number"))
    assert [one.number for one in versions] == list(range(1, len(versions) + 1))
    derived = {one.pk: slow_state(one) for one in versions}
    began = [(since, one.number, one) for one in versions for state, since in [derived[one.pk]] if since is not None]
    # The last to begin holds, unless it was refused after it had begun; what began before it is superseded.
    latest = max(began)[2] if began else None
    for one in versions:
        state, since = derived[one.pk]
        if since is not None and one != latest:
            state = "superseded"
        assert one.state == state, f"{one} is {one.state}; by its rows {state}"
        assert one.ratified_at == since
    held = [one for one in versions if one.state == "in_force"]
    assert len(held) <= 1
    assert len([one for one in versions if one.state == "submitted"]) <= 1
    # By the clock: a provisional version that nobody completed holds for its days and not a moment longer.
    binding = default
    if held:
        (one,) = held
        last = Submission.objects.filter(charter_version=one).order_by("-pk")[0]
        said_yes = set(Signature.objects.filter(submission=last, verdict="ratified").values_list("seat_id", flat=True))
        complete = said_yes >= {seat.pk for seat in last.seats.all()}
        began_at = derived[one.pk][1]
        assert began_at is not None
        if complete or now < began_at + timedelta(days=DAYS):
            binding = one
    assert rules_in_force(Charter.objects.get(pk=charter.pk), now) == binding


# --- what may happen -------------------------------------------------------------------------------------------------


class Life:
    """Turns numbers into deeds on a charter that begins as a draft; some are in vain."""

    def __init__(self, town: Town, charter: Charter, seats: list[Seat]) -> None:
        self.town, self.now, self.charter, self.seats = town, town.now, charter, seats
        self.sponsors = [seat.tenures.get().person for seat in seats]
        self.rules = replace(town.rules, provisional=Provisional(days=DAYS))

    def pick(self, number: int) -> CharterVersion:
        """Mostly the latest: what is older is asked for in vain, which is worth asking too."""
        versions = list(CharterVersion.objects.filter(charter=self.charter).order_by("-number"))
        return versions[0] if number % 2 else versions[number // 2 % len(versions)]

    def draft(self, number: int) -> None:
        rules = replace(self.rules, quorum=Quorum(minimum=2 + number % 4))
        charters.draft(title="", charter=self.charter, rules=rules, by=self.town.lead, now=self.now)

    def submit(self, number: int) -> None:
        asked = self.seats if number % 4 < 2 else self.seats[:1]
        submissions.submit(version=self.pick(number), sponsors=asked, by=self.town.lead, now=self.now)

    def sign(self, number: int) -> None:
        submissions.ratify(version=self.pick(number), by=self.sponsors[number % 4 // 2], now=self.now)

    def sign_both(self, number: int) -> None:
        for person in self.sponsors:
            submissions.ratify(version=self.pick(number), by=person, now=self.now)

    def answer_earlier(self, number: int) -> None:
        """One who has the mail about an earlier version still, and answers it."""
        versions = list(CharterVersion.objects.filter(charter=self.charter).order_by("-number"))
        earlier = versions[min(1, len(versions) - 1)]
        if number % 3:
            for person in self.sponsors:
                submissions.ratify(version=earlier, by=person, now=self.now)
        else:
            submissions.refuse(version=earlier, reason="Too late.", by=self.sponsors[0], now=self.now)

    def refuse(self, number: int) -> None:
        submissions.refuse(
            version=self.pick(number), reason="Not yet.", by=self.sponsors[number % 4 // 2], now=self.now
        )

    def withdraw(self, number: int) -> None:
        submissions.withdraw(version=self.pick(number), by=self.town.lead, now=self.now)

    def hold(self, number: int) -> None:
        submissions.put_into_force_provisionally(version=self.pick(number), by=self.town.lead, now=self.now)

    def succeed(self, number: int) -> None:
        """The next version, before all its sponsors; every other time they sign at once."""
        self.draft(number)
        submissions.submit(version=self.pick(1), sponsors=self.seats, by=self.town.lead, now=self.now)
        if number % 2:
            for person in self.sponsors:
                submissions.ratify(version=self.pick(1), by=person, now=self.now)

    def wait(self, number: int) -> None:
        self.now += timedelta(days=number % (DAYS + 3))

    def do(self, deed: str, number: int) -> None:
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, deed)(number)
            event(deed)
        except DomainError:
            event(f"{deed}, refused")


DEEDS = ["draft", "submit", "sign", "sign_both", "refuse", "withdraw", "hold", "succeed", "answer_earlier", "wait"]
deeds = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 11)), min_size=2, max_size=9)
beginnings = st.sampled_from([(), (("submit", 1),), (("submit", 1), ("hold", 1)), (("submit", 1), ("hold", 1))])


@pytest.fixture
def life(town: Town) -> Life:
    other = town.seat(SeatKind.EX_SPONSOR, town.root, town.person("Henrik Vos"), title="EX executive sponsor")
    life = Life(town, town.charter, [town.sponsor_seat, other])
    first = charters.draft(title="Charter of the squad", rules=life.rules, by=town.lead, now=town.now)
    life.charter = first.charter
    return life


@pytest.fixture
def default(town: Town) -> CharterVersion:
    found = CharterVersion.objects.get(charter__is_default=True, state=CharterState.IN_FORCE)
    assert isinstance(found, CharterVersion)
    return found


@given(begins=beginnings, happens=deeds)
@settings(
    max_examples=examples(30),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_one_version_is_in_force(
    life: Life, default: CharterVersion, begins: tuple[tuple[str, int], ...], happens: list[tuple[str, int]]
) -> None:
    life.now = life.town.now
    with transaction.atomic():
        for deed, number in [*begins, *happens]:
            life.do(deed, number)
            check(life.charter, default, life.now)
        for days in (DAYS - 1, DAYS + 1):  # and by the clock alone
            check(life.charter, default, life.now + timedelta(days=days))
        transaction.set_rollback(True)


def test_the_derivation_can_fail(life: Life, default: CharterVersion) -> None:
    """A state that nobody signed, and a version whose time is over and that binds all the same, are both found."""
    first = CharterVersion.objects.get(charter=life.charter)
    submissions.submit(version=first, sponsors=life.seats, by=life.town.lead, now=life.now)
    check(life.charter, default, life.now)
    CharterVersion.objects.filter(pk=first.pk).update(state="in_force", ratified_at=life.now)
    with pytest.raises(AssertionError, match="by its rows submitted"):
        check(life.charter, default, life.now)


# --- the database by itself -----------------------------------------------------------------------------------------


def test_the_database_refuses_a_second_version_in_force(town: Town) -> None:
    held = town.charter.versions.get()
    next_one = charters.draft(title="", charter=town.charter, rules=town.rules, by=town.lead, now=town.now)
    in_force = {"state": "in_force", "ratified_at": town.now}
    with pytest.raises(IntegrityError), transaction.atomic():
        CharterVersion.objects.filter(pk=next_one.pk).update(**in_force)
    with pytest.raises(IntegrityError), transaction.atomic():
        CharterVersion.objects.create(
            charter=town.charter, number=9, rules=held.rules, created_at=town.now, **in_force
        )  # fmt: skip
    assert list(town.charter.versions.filter(state="in_force")) == [held]
    CharterVersion.objects.filter(pk=held.pk).update(state="superseded")
    CharterVersion.objects.filter(pk=next_one.pk).update(**in_force)  # one at a time it takes


@pytest.mark.parametrize(
    "change",
    [
        "rules = '{}'", "purpose = 'Another'", "mandate = '{\"vision\": \"Another\"}'", "number = 9",
        "ratified_at = '2027-01-01 00:00:00+00:00'", "ratified_at = NULL", "state = 'draft'", "state = 'submitted'",
        "charter_id = (SELECT subject_id FROM governance_charter WHERE is_default)",
        "provisional_until = '2027-01-01 00:00:00+00:00'",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_a_version_in_force(town: Town, change: str) -> None:
    held = town.charter.versions.get()
    before = CharterVersion.objects.filter(pk=held.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE governance_charterversion SET {change} WHERE id = %s", [held.pk])
    assert CharterVersion.objects.filter(pk=held.pk).values().get() == before
