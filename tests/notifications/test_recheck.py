"""What is asked again before a message is handed over."""

import pytest

from notifications.explaining import is_owed
from notifications.kinds import Kind
from notifications.recheck import Facts, Reason, why_not

RUNG = {"due_then": "2026-11-10", "due_now": "2026-11-10", "position": 2, "rung": 2, "reader_id": 7}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(Kind.HEAD, **RUNG), None),
        (Facts(Kind.HEAD, **RUNG | {"rung": 3}), None),
        (Facts(Kind.WARNING, **RUNG), None),
        (Facts(Kind.WARNING, **RUNG | {"rung": 3}), Reason.OVERTAKEN),
        (Facts(Kind.DUE_SOON, **RUNG | {"rung": 3}), Reason.OVERTAKEN),
        (Facts(Kind.HEAD, **RUNG | {"due_now": "2026-12-01"}), Reason.MOVED),
        (Facts(Kind.HEAD, **RUNG | {"due_now": None}), Reason.MOVED),
        (Facts(Kind.HEAD, **RUNG, is_owed=False), Reason.SETTLED),
        (Facts(Kind.ASKED, is_owed=False, reader_id=7), Reason.SETTLED),
        (Facts(Kind.ASKED, by_id=7, reader_id=7), Reason.OWN_DEED),
        (Facts(Kind.ASKED, by_id=8, reader_id=7), None),
        (Facts(Kind.VERIFIED, by_id=None, reader_id=7), None),
        (Facts(Kind.VERIFIED, reader_id=7, is_visible=False), Reason.HIDDEN),
        (Facts(Kind.VERIFIED, is_muted=True), Reason.MUTED),
        (Facts(Kind.VERIFIED, is_muted=True, has_duty=True), None),
        (Facts(Kind.HEARD, is_muted=True), None),
        (Facts(Kind.INVITED, may_sign_in=True), Reason.OPENED),
        (Facts(Kind.INVITED), None),
        (Facts(Kind.RESET, may_sign_in=True), None),
        (Facts(Kind.RESET, may_sign_in=True, is_too_late=True), Reason.TOO_LATE),
    ],
)
def test_a_message_is_dropped_when_it_no_longer_holds(facts: Facts, reason: Reason | None) -> None:
    assert why_not(facts) == reason


@pytest.mark.parametrize("has_duty", [False, True])
def test_a_mute_swallows_what_is_said_to_ask_nothing_and_only_that(has_duty: bool) -> None:
    for kind in Kind:
        is_swallowed = why_not(Facts(kind, is_muted=True, has_duty=has_duty)) == Reason.MUTED
        assert is_swallowed != is_owed(kind, has_duty=has_duty), kind
