"""Whom a rung asks."""

import pytest

from notifications.queries.climbing import Body, Directory, Owed

LEAD, SPONSOR, CHAIR, HEAD, TOP_HEAD, OWNER, CHAMPION = 1, 2, 3, 4, 5, 6, 7
SECRET, COUNCIL, ROOT = 30, 31, 32
PLACE = Directory(
    heads={10: [HEAD, TOP_HEAD], 11: []},
    champions={10: CHAMPION},
    bodies={
        COUNCIL: Body(sponsor_id=SPONSOR, chair_id=CHAIR, parent_id=ROOT),
        SECRET: Body(sponsor_id=22, chair_id=23, is_confidential=True),
        ROOT: Body(sponsor_id=SPONSOR, chair_id=33),
    },
    lead_id=LEAD,
    sponsor_id=SPONSOR,
    root_body_id=ROOT,
)


@pytest.mark.parametrize(
    ("owed", "target", "seat"),
    [
        (Owed(OWNER, 10, COUNCIL), "owner", OWNER),
        (Owed(OWNER, 10, COUNCIL), "warning", OWNER),
        (Owed(OWNER, 10, COUNCIL), "head", HEAD),
        (Owed(HEAD, 10, COUNCIL), "head", TOP_HEAD),
        (Owed(TOP_HEAD, 11, COUNCIL), "head", LEAD),
        (Owed(OWNER, 10, COUNCIL), "sponsor", SPONSOR),
        (Owed(OWNER, 10, None), "sponsor", SPONSOR),
        (Owed(SPONSOR, 10, COUNCIL), "sponsor", LEAD),
        (Owed(OWNER, 10, COUNCIL), "council", CHAIR),
        (Owed(CHAIR, 10, COUNCIL), "council", CHAIR),
        (Owed(OWNER, 10, None), "council", 33),
        # What a confidential council oversees is spoken of inside it alone.
        (Owed(OWNER, 10, SECRET), "head", 23),
        (Owed(OWNER, 10, SECRET), "sponsor", 22),
        (Owed(22, 10, SECRET), "sponsor", 23),
        (Owed(OWNER, 10, SECRET), "council", 23),
        # A vacancy is missed in the department of the vacant seat; the vacant seat itself is asked nothing.
        (Owed(LEAD, 10, None, vacant_id=OWNER), "head", HEAD),
        (Owed(LEAD, 10, None, vacant_id=HEAD), "head", TOP_HEAD),
        (Owed(SPONSOR, 10, COUNCIL, vacant_id=CHAIR), "council", SPONSOR),
        (Owed(23, 10, SECRET, vacant_id=OWNER), "head", 22),
        (Owed(22, 10, SECRET, vacant_id=23), "sponsor", 22),
        (Owed(22, 10, SECRET, vacant_id=23), "head", 22),
    ],
)
def test_a_rung_asks_the_seat_that_can_help(owed: Owed, target: str, seat: int) -> None:
    assert PLACE.asked(owed, target) == seat


LADDER = ["owner", "champion", "head", "sponsor", "chair", "council", "parent"]


@pytest.mark.parametrize(
    ("owed", "asked"),
    [
        (Owed(OWNER, 10, COUNCIL), [OWNER, CHAMPION, HEAD, SPONSOR, CHAIR, CHAIR, 33]),
        # Who owes it is not asked to help: the next one up is, and nobody is asked twice.
        (Owed(CHAMPION, 10, COUNCIL), [CHAMPION, HEAD, TOP_HEAD, SPONSOR, CHAIR, CHAIR, 33]),
        (Owed(HEAD, 10, COUNCIL), [HEAD, CHAMPION, TOP_HEAD, SPONSOR, CHAIR, CHAIR, 33]),
        (Owed(CHAIR, 11, COUNCIL), [CHAIR, LEAD, LEAD, SPONSOR, LEAD, CHAIR, 33]),
        # At the root no body stands above: its sponsor alone is asked.
        (Owed(OWNER, 10, ROOT), [OWNER, CHAMPION, HEAD, SPONSOR, 33, 33, SPONSOR]),
        (Owed(OWNER, 10, None), [OWNER, CHAMPION, HEAD, SPONSOR, 33, 33, SPONSOR]),
        # What a confidential council oversees is spoken of inside it alone, at every rung.
        (Owed(OWNER, 10, SECRET), [OWNER, 23, 22, 23, 22, 23, 22]),
    ],
)
def test_a_ladder_asks_one_after_another_and_nobody_twice_in_a_row(owed: Owed, asked: list[int]) -> None:
    assert [PLACE.asked(owed, to, LADDER[:place]) for place, to in enumerate(LADDER)] == asked


def test_without_any_council_the_lead_is_asked() -> None:
    bare = Directory(lead_id=LEAD)
    assert bare.asked(Owed(OWNER, 10, None), "council") == LEAD
    assert bare.asked(Owed(OWNER, 10, None), "sponsor") == LEAD
    assert bare.body_for(Owed(OWNER, 10, None)) is None
    assert Directory().asked(Owed(OWNER, 10, None), "head") == OWNER
