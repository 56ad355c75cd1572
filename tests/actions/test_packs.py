"""Packs: what everybody of the audience may see, and nothing else; frozen; made once on schedule."""

from datetime import timedelta

import pytest

from actions import packed
from actions.models import Pack
from actions.queries import packs as queries
from actions.services import packs
from tests.actions.reading_files import take
from tests.actions.test_review import Chance
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=9, hours=8)


@pytest.fixture
def world():
    made = Chance(11)
    take(EPOCH)
    for _number in range(20):
        made.one()
    return made


def test_it_is_made(world):
    pack = packs.make(wanted=world.council, by=world.town.lead, now=NOW)
    pack = queries.get(pack.reference, world.town.lead, NOW)
    print("\n".join(packed.words(pack.record)))
    open("/tmp/c-pack.pdf", "wb").write(queries.printed(pack))
    open("/tmp/c-pack.xlsx", "wb").write(queries.sheets(pack))
    assert queries.is_whole(pack)
