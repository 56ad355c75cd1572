"""Two sealers at once: one chain, nothing sealed twice, nobody waits."""

import threading

import pytest
from django.db import connection

from governance.models import JournalEntry, Seal, Unsealed
from governance.queries import chain
from governance.services import sealing
from tests.factories import Town

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_sealers_make_one_chain() -> None:
    town = Town()
    begin, sealed, errors = threading.Barrier(2), [], []

    def work() -> None:
        try:
            begin.wait()
            while Unsealed.objects.exists():
                sealed.append(sealing.seal(town.now, limit=3))
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _one in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert errors == []
    assert sum(sealed) == Seal.objects.count() == JournalEntry.objects.count()
    assert chain.verify().misfit is None
