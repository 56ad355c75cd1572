"""Several people at one envelope at once: its row is the lock, so nothing is overdrawn and nobody waits for ever."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from councils.models import Posting
from councils.queries import books as queries
from councils.services import books, periods, spending
from governance.errors import Conflict
from tests.councils.test_books import derived, things
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What came of each: its result, or the conflict that it met. Any other error is the test's."""
    begin, told = threading.Barrier(len(acts)), []

    def work(act: Callable[[], object]) -> None:
        try:
            begin.wait()
            told.append(act())
        except Exception as error:  # noqa: BLE001 - told by the test
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not [one for one in told if isinstance(one, Exception) and not isinstance(one, Conflict)], told
    return told


def test_writers_at_once_overdraw_nothing_and_a_closing_leaves_nothing_behind() -> None:
    town = Town()
    council = Chamber(town, name="Executive Committee", size=3).council
    envelope = books.grant(council=council, amount=500, by=town.sponsor, now=EPOCH)
    subjects = things(council, 8)

    def allocate(place: int) -> Callable[[], object]:
        return lambda: books.commit(council=council, subject=subjects[place], amount=100, by=None, now=EPOCH)

    told = at_once([allocate(place) for place in range(8)])
    assert sum(isinstance(one, books.EnvelopeShort) for one in told) == 3
    assert queries.balances([envelope.pk])[envelope.pk] == queries.Balances(granted=500, free=0, allocated=500)

    funded = [line.subject for line in queries.lines(envelope)]

    def spend(place: int) -> Callable[[], object]:
        return lambda: spending.spend(
            subject=funded[place // 2], amount=60, on=EPOCH.date(), what="Texts", by=town.sponsor, now=EPOCH,
            external_reference=f"INV-{place}",
        )  # fmt: skip

    told = at_once([spend(place) for place in range(10)])
    assert sum(isinstance(one, spending.BeyondAllocation) for one in told) == 5, "two at one allocation: one fits"
    acts: list[Callable[[], object]] = [lambda: periods.close(envelope=envelope, by=town.sponsor, now=EPOCH)]
    acts += [lambda: spending.spend(
        subject=funded[0], amount=10, on=EPOCH.date(), what="Late", by=town.sponsor, now=EPOCH
    )] * 3  # fmt: skip
    at_once(acts)
    envelope.refresh_from_db()
    assert envelope.is_closed
    sums = derived()
    assert sum(sums.values()) == 0
    kinds = {account.kind: 0 for account in envelope.accounts.all()}
    for account in envelope.accounts.all():
        kinds[account.kind] += sums[account.pk]
    assert (kinds["free"], kinds["allocation"]) == (0, 0)
    assert kinds["spent"] == -kinds["grantor"]
    assert Posting.objects.filter(target__kind="spent").count() == envelope.spending.count()
