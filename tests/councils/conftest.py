"""A council of nine below a committee, and a matter of the tests' own that commits money."""

import pytest

from councils import matters
from councils.matters import Field, Matter, Outcome
from governance.errors import Invalid
from governance.models import SubjectKind
from governance.services import subjects
from tests.councils.rooms import CARRIED_OUT
from tests.factories import Chamber


def _make(decision, by, now):
    """Stands for an action: a subject that came of the decision."""
    CARRIED_OUT.append((decision.reference, decision.amount))
    return subjects.create(SubjectKind.THEME, title=decision.motion, now=now, audience=[decision.council_id])


def _checked(item, payload):
    if not payload.get("title"):
        raise Invalid("Say what is to be done.", field="title")
    return {"title": payload["title"], "amount": int(payload.get("amount") or 0)}


@pytest.fixture(autouse=True)
def _spending(monkeypatch):
    """A matter that commits money, so that councils are tested without what lies above them."""
    CARRIED_OUT.clear()
    spend = Outcome(
        key="spend",
        label="Spend",
        carry_out=_make,
        check=_checked,
        fields=(Field("title", "What", required=True), Field("amount", "How much", kind="money")),
        commits=lambda payload: payload["amount"],
    )
    monkeypatch.setitem(matters.MATTERS, "spending", Matter("spending", "spending", {"spend": spend}))


@pytest.fixture
def committee(town):
    return Chamber(town, name="Executive Committee", size=3)


@pytest.fixture
def council(town, committee):
    return Chamber(town, name="CX Governance Council", size=9, parent=committee.council)
