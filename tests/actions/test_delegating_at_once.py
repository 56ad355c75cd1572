"""Several allocations without a meeting at once: together never beyond what is delegated, nor beyond the envelope."""

from collections.abc import Callable

import pytest

from actions.models import ActionItem
from councils.models import DelegatedAllocation
from governance.errors import Refused
from tests.actions.test_delegating import EUROS, Purse, give
from tests.councils import test_books_at_once
from tests.councils.test_books_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_allocations_at_once_stay_within_the_limit_of_the_period_and_none_is_made_twice(monkeypatch) -> None:
    monkeypatch.setattr(test_books_at_once, "Conflict", Refused)
    purse = Purse()
    chair = purse.chamber.chair
    actions = [purse.asked(400) for _number in range(6)]

    def act(action: ActionItem) -> Callable[[], object]:
        return lambda: give(action, chair)

    told = at_once([act(action) for action in actions])
    assert sum(isinstance(one, DelegatedAllocation) for one in told) == 3, "of 1,500 there is room for three of 400"
    assert purse.free() == 9_000 - 1_200
    purse.town.charter.refresh_from_db()
    other = purse.asked(100)
    told = at_once([act(other)] * 4)
    assert sum(isinstance(one, DelegatedAllocation) for one in told) == 1
    assert DelegatedAllocation.objects.count() == 4
    assert sum(DelegatedAllocation.objects.values_list("amount", flat=True)) == 1_300 * EUROS
