"""The bars on the pages of the ledger name what was granted, or allocated, with the overrun beside it."""

import pytest

from tests.actions.test_spending import Funded

pytestmark = pytest.mark.django_db


def test_an_overrun_stands_beside_what_was_granted_and_what_was_allocated(client) -> None:
    room = Funded()
    room.spend(1_380, overrun=True)
    told = {
        "/envelopes/": "€1,380 spent of €5,000",
        f"/envelopes/{room.envelope.reference}/": "€1,380 spent of €5,000",
        f"/councils/{room.chamber.council.reference}/": "€1,380 spent of €5,000",
        f"/actions/{room.work.reference}/": "€1,380 spent of €1,000",
    }
    client.force_login(room.sponsor)
    for path, words in told.items():
        text = " ".join(client.get(path).text.split())
        assert words in text, path
        assert "€380 of what was spent is beyond the allocation" in text, path
        assert ("€4,000 free" in text) == ("/actions/" not in path), path
