"""An envelope whose period is over is owed until it is closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.services import books, ending, periods
from governance.models import Duty, DutyKind, JournalEntry
from notifications.services import keeping
from tests.factories import EPOCH

TODAY = EPOCH.date()


def owed(envelope):
    return Duty.objects.filter(subject_id=envelope.pk, kind=DutyKind.CLOSE_ENVELOPE)


def granted(chamber, by, last_day=TODAY, unit="money"):
    return books.grant(
        council=chamber.council,
        amount=1_000,
        by=by,
        now=EPOCH,
        unit=unit,
        opens_on=TODAY - timedelta(days=60),
        closes_on=last_day,
    )


def test_the_day_after_its_last_one_whoever_granted_it_owes_the_closing_once(town, council):
    envelope = granted(council, town.sponsor)
    time = granted(council, town.sponsor, unit="time")
    granted(council, town.sponsor, last_day=None)
    assert ending.owe_closing(EPOCH) == 0, "its last day is not over"
    tomorrow = EPOCH + timedelta(days=1)
    assert ending.owe_closing(tomorrow) == 2
    assert ending.owe_closing(tomorrow) == 0
    duty = owed(envelope).get()
    assert (duty.seat, duty.overseer_id) == (town.sponsor_seat, council.council.pk)
    assert duty.due_on == (tomorrow + timedelta(days=14)).date()
    assert JournalEntry.objects.filter(event="councils.envelope.ended").count() == 2
    assert owed(time).get().due_on == duty.due_on


@pytest.mark.parametrize("carried", [False, True])
def test_it_closes_by_itself_with_the_envelope_whether_the_rest_lapses_or_is_carried_over(town, council, carried):
    envelope, next_one = granted(council, town.sponsor), granted(council, town.sponsor, last_day=None)
    tomorrow = EPOCH + timedelta(days=1)
    keeping.keep(tomorrow)
    assert owed(envelope).get().closed_at is None
    periods.close(envelope=envelope, into=next_one if carried else None, by=town.sponsor, now=tomorrow)
    assert owed(envelope).get().closed_as == ("carried" if carried else "lapsed")
    assert ending.owe_closing(tomorrow + timedelta(days=1)) == 0


def test_the_chair_of_the_body_above_owes_what_that_seat_granted(town, committee, council):
    envelope = granted(council, committee.chair)
    ending.owe_closing(EPOCH + timedelta(days=1))
    assert owed(envelope).get().seat == committee.memberships[0].seat


def test_looking_for_ended_envelopes_costs_the_same_however_many_run(town, council):
    counts = []
    for _round in range(2):
        for _number in range(3):
            granted(council, town.sponsor, last_day=TODAY + timedelta(days=300))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ending.owe_closing(EPOCH)
        counts.append(len(asked))
    assert counts[0] == counts[1]
