"""A draft charter is rehearsed: whom its ladder would have reached, and how decisions would have ended."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from councils import rehearsal as cases
from councils.models import Decision
from councils.services import books
from governance.clauses import (
    CHAMPION,
    COUNCIL,
    HEAD,
    OWNER,
    SPONSOR,
    DecisionRight,
    Ladder,
    Quorum,
    Rules,
    Step,
    Voting,
)
from governance.errors import Invalid
from governance.models import CharterVersion, Duty, Firing, JournalEntry, Subject
from governance.services import charters, duties
from governance.services.subjects import audience_of
from notifications.models import Message
from notifications.queries import rehearsal
from notifications.queries.rehearsal import rehearse
from notifications.services.sweep import sweep
from tests.councils.conftest import _spending  # noqa: F401 - a matter that commits money
from tests.councils.rooms import EUROS, decide, sit
from tests.engines import examples
from tests.factories import EPOCH, Chamber, Town
from tests.notifications.building import owe

pytestmark = pytest.mark.django_db


def draft(town: Town, rules: Rules) -> CharterVersion:
    return charters.draft(charter=town.charter, title=town.charter.title, rules=rules, by=town.lead, now=timezone.now())


def ladder(*steps: tuple[int, str]) -> Rules:
    return Rules(ladder=Ladder(tuple(Step("keep", days, to) for days, to in steps)))


def test_a_ladder_is_counted_for_the_weeks_past_and_what_it_would_say_next(town: Town) -> None:
    now = timezone.now()  # a Monday, three weeks after the town was founded
    late, soon, closed, undated = (
        owe(town, number, due_on=day)
        for number, day in (
            (4, date(2026, 11, 5)),
            (1, now.date() + timedelta(days=4)),
            (1, date(2026, 11, 5)),
            (1, None),
        )
    )
    Duty.objects.filter(pk__in=[duty.pk for duty in closed]).update(closed_at=EPOCH, next_at=None, closed_as="kept")
    version = draft(town, ladder((0, OWNER), (1, HEAD), (2, SPONSOR), (3, COUNCIL)))
    found = rehearse(town.charter, version, town.lead, now)
    # Reminder, three warnings, head, sponsor, council, for each of the four that were late all the time.
    assert (found.after.messages, found.after.asks, found.after.agenda) == (4 * 7, 4 * 2, 4)
    # For the four late ones the head should have been asked already; the rungs above keep their distance from today.
    assert found.at_once == 4
    assert found.coming_in_all == 4 * 4 + 7
    assert {rung.reference for rung in found.coming} == {duty.subject.reference for duty in [*late, *soon]}
    assert Counter(rung.target for rung in found.coming[:4]) == {"head": 4}
    # The rules that hold, counted the same way, are what the sweep lets fall.
    for moment in range(22):
        sweep(EPOCH + timedelta(days=moment, hours=12))
    assert found.before.messages == Message.objects.filter(duty__in=late).count()
    assert undated[0].subject.reference not in {rung.reference for rung in found.coming}


def test_a_rehearsal_writes_nothing_and_asks_no_more_for_more(town: Town) -> None:
    now = timezone.now()
    version = draft(town, ladder((1, HEAD)))
    owe(town, 2, due_on=date(2026, 11, 5))

    def asked() -> int:
        before = JournalEntry.objects.count(), Message.objects.count(), list(Duty.objects.order_by("pk").values())
        with CaptureQueriesContext(connection) as captured:
            rehearse(town.charter, version, town.lead, now)
        assert before == (
            JournalEntry.objects.count(), Message.objects.count(), list(Duty.objects.order_by("pk").values())
        )  # fmt: skip
        assert not [one for one in captured.captured_queries if not one["sql"].lstrip().upper().startswith("SELECT")]
        return len(captured)

    few = asked()
    owe(town, 40, due_on=date(2026, 11, 6))
    assert asked() == few


def test_decisions_are_judged_again_with_the_people_votes_and_money_of_the_day(town: Town) -> None:
    council = Chamber(town, name="Claims council", size=9)
    town.rule_anew(Rules(quorum=Quorum(minimum=5), right=DecisionRight(400_000)))
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=EPOCH)
    meeting, votes = sit(council, present=6)
    decide(council, meeting, votes, 1_000, title="Small")
    decide(council, meeting, votes, 3_000, title="Large")
    decide(council, meeting, {**dict.fromkeys(votes, "against")}, 10, title="Unwanted")
    now = timezone.now()
    stricter = draft(town, Rules(quorum=Quorum(minimum=6), right=DecisionRight(250_000), voting=Voting()))
    found = rehearse(town.charter, stricter, town.lead, now)
    assert [(one.motion, one.then, one.now) for one in found.decisions] == [
        ("Large", "valid", "referred"),
        ("Unwanted", "rejected", "rejected"),
        ("Small", "valid", "valid"),
    ]
    assert found.changed == 1
    same = rehearse(town.charter, CharterVersion.objects.get(charter=town.charter, state="in_force"), town.lead, now)
    assert same.changed == 0, "its own rules find what they found"
    # A limit for the period counts what the draft itself found valid before.
    right = DecisionRight(300_000, period="year", per_period=350_000)
    CharterVersion.objects.filter(pk=stricter.pk).update(rules=Rules(quorum=Quorum(minimum=7), right=right).to_json())
    stricter.refresh_from_db()
    assert {one.now for one in rehearse(town.charter, stricter, town.lead, now).decisions} == {"advisory"}
    CharterVersion.objects.filter(pk=stricter.pk).update(rules=Rules(quorum=Quorum(minimum=5), right=right).to_json())
    stricter.refresh_from_db()
    verdicts = {one.motion: one.now for one in rehearse(town.charter, stricter, town.lead, now).decisions}
    assert verdicts == {"Small": "valid", "Large": "referred", "Unwanted": "rejected"}
    assert Decision.objects.count() == 3


def test_pasted_decisions_are_tried_and_a_bad_line_is_named(town: Town, client_for) -> None:
    version = draft(town, Rules(quorum=Quorum(minimum=5), right=DecisionRight(400_000)))
    address = f"/charters/{town.charter.reference}/versions/{version.number}/rehearsal/"
    client = client_for(town.lead)
    text = (
        "Hire two; 3000; 5 of 7; 4:1\nNo quorum; 10; 4 of 7; 4:0\nToo much; 4000,01; 7 of 7; 7:0\nLost; 0; 5 of 7; 2:3"
    )
    assert [cases.judge(case, Rules.from_json(version.rules), "EUR").verdict for case in cases.pasted(text, "EUR")] == [
        "valid", "advisory", "referred", "rejected",
    ]  # fmt: skip
    page = client.post(address, {"decisions": text})
    assert page.status_code == 200
    assert [one.now for one in page.context["found"].pasted] == ["valid", "advisory", "referred", "rejected"]
    for bad, said in (
        ("Hire two; 3000; 5 of 7", "Line 1"),
        ("Fine; 1; 5 of 7; 4:1\nHire; much; 5 of 7; 4:1", "Line 2"),
        ("More votes; 1; 2 of 7; 3:0", "more votes"),
        ("x; 1; 5 of 7; 1:0\n" * 51, "At most 50"),
    ):
        page = client.post(address, {"decisions": bad})
        assert page.status_code == 422
        assert said in str(page.context["form"].errors["decisions"]), bad
        assert bad.splitlines()[0] in page.content.decode(), "nothing is lost of what was typed"
    with pytest.raises(Invalid):
        cases.pasted("a; -1; 1 of 1; 1:0", "EUR")


def test_a_rehearsal_counts_what_its_reader_may_see_alone(town: Town, client_for, api_for) -> None:
    secret = Chamber(town, name="Secret council", size=5, confidential=True)
    hidden = owe(town, 3, due_on=date(2026, 11, 5), overseer_id=secret.council.pk)
    Subject.objects.filter(duties__in=hidden).update(audience=audience_of([secret.council.pk]))
    owe(town, 1, due_on=date(2026, 11, 5))
    version, now = draft(town, ladder((1, HEAD))), timezone.now()
    inside, outside = (rehearse(town.charter, version, who, now) for who in (secret.chair, town.lead))
    assert (inside.after.messages, outside.after.messages) == (3 * 2, 1 * 2)
    assert (secret.council in inside.councils, secret.council in outside.councils) == (True, False)
    address = f"charters/{town.charter.reference}/versions/{version.number}/rehearsal/"
    told = [client_for(town.lead).get(f"/{address}"), api_for(town.lead).get(f"/api/v1/{address}")]
    assert [answer.status_code for answer in told] == [200, 200]
    assert not [answer for answer in told if "Secret council" in answer.content.decode()]
    assert client_for(town.lead).get(f"/{address.replace(town.charter.reference, 'CHA-9999')}").status_code == 404


STEPS = st.lists(
    st.tuples(st.integers(-3, 9), st.sampled_from((OWNER, CHAMPION, HEAD, SPONSOR, COUNCIL))), min_size=1, max_size=5
)


def test_what_is_rehearsed_is_what_falls_once_it_holds(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rehearse, ratify, sweep each noon for two weeks: the same rungs for the same things."""
    lived = ladder((-2, OWNER), (1, CHAMPION), (3, HEAD), (6, SPONSOR), (9, COUNCIL)).ladder
    town.rule_anew(replace(town.rules, ladder=lived))
    now = timezone.now().replace(hour=12)
    things = [
        one
        for days in (-12, -8, -4, -2, -1, 0, 1, 3, 6)
        for one in owe(town, 1, due_on=now.date() + timedelta(days=days))
    ]
    for day in range(21, 0, -1):
        sweep(now - timedelta(days=day))
        if day in (9, 6):  # two were held: one till after today, one till two days ago
            duties.pause(subject_id=things[day // 3].subject_id, to=(now + timedelta(days=day - 8)).date())
    sweep(now)
    town.now = now

    monkeypatch.setattr(rehearsal, "LISTED", 10_000)

    @settings(
        max_examples=examples(12),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(STEPS, STEPS)
    def rehearsed(between: list[tuple[int, str]], steps: list[tuple[int, str]]) -> None:
        with transaction.atomic():
            town.rule_anew(replace(town.rules, ladder=ladder(*between).ladder))
            sweep(now)
            rules = replace(town.rules, ladder=ladder(*steps).ladder)
            version = draft(town, rules)
            foretold = rehearse(town.charter, version, town.lead, now)
            known = list(Firing.objects.values_list("pk", flat=True))
            charters.ratify(version=version, by=None, now=now)
            for day in range(15):
                sweep(now + timedelta(days=day))
            fell = Firing.objects.filter(duty__in=things).exclude(pk__in=known)
            targets = Counter(fell.values_list("duty__subject__reference", "target"))
            assert Counter((rung.reference, rung.target) for rung in foretold.coming) == targets, steps
            transaction.set_rollback(True)

    rehearsed()
