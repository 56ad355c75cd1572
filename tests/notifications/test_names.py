"""Every kind of message has a name of its own."""

from notifications.kinds import Kind
from notifications.names import NAMES


def test_each_kind_has_a_name_and_no_two_the_same() -> None:
    assert set(NAMES) == set(Kind)
    assert len({str(name) for name in NAMES.values()}) == len(NAMES)
