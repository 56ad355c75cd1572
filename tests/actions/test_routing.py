"""Which department can act on what: the pure judgement."""

import pytest

from actions.routing import Route, Rule, route

CLAIMS, DIGITAL, LEAD = 1, 2, 9
DESK, SHOP = 11, 12
RULES = [
    Rule(id=1, to_department=DIGITAL, source=SHOP, topic_contains="app"),
    Rule(id=2, to_department=CLAIMS, topic_contains="claim"),
    Rule(id=3, to_department=DIGITAL, from_department=CLAIMS),
]


@pytest.mark.parametrize(
    ("source", "topic", "named", "expected"),
    [
        (SHOP, "app crashes on my claim", None, Route(DIGITAL, 1)),
        (DESK, "app crashes on my claim", None, Route(CLAIMS, 2)),
        (DESK, "app crashes", CLAIMS, Route(DIGITAL, 3)),
        (DESK, "app crashes", DIGITAL, Route(DIGITAL)),
        (DESK, "app crashes", None, Route(LEAD)),
    ],
)
def test_the_first_rule_that_fits_then_the_named_department_then_the_leads(
    source: int, topic: str, named: int | None, expected: Route
) -> None:
    assert route(RULES, source=source, topic=topic, named=named, fallback=LEAD) == expected


def test_every_condition_of_a_rule_must_fit() -> None:
    rule = Rule(id=1, to_department=DIGITAL, source=SHOP, topic_contains="app", from_department=CLAIMS)
    assert rule.fits(source=SHOP, topic="the app", named=CLAIMS)
    assert not rule.fits(source=SHOP, topic="the app", named=None)
    assert not rule.fits(source=DESK, topic="the app", named=CLAIMS)
    assert not rule.fits(source=SHOP, topic="the form", named=CLAIMS)
