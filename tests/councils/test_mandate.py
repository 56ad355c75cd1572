"""A decision's mandate is bound to its matter, its outcome and its payload, and is used once."""

import pytest
from django.db import DatabaseError, transaction

from actions.models import ActionItem
from actions.services import items, promises
from councils import matters
from councils.models import AgendaItem, Decision, Verdict
from councils.services import decisions
from governance.errors import Conflict, Invalid, Refused
from tests.councils.rooms import sit
from tests.councils.test_ballots import NEW_DAY, Late
from tests.factories import EPOCH


@pytest.fixture
def late(town):
    return Late(town)


def decided(late, outcome="extend", payload=NEW_DAY, choice="for"):
    votes = dict.fromkeys(sit(late.council)[1], choice)
    return decisions.settle(
        item=AgendaItem.objects.get(pk=late.item.pk), outcome=outcome, motion="m", payload=payload,
        votes=votes, by=late.clerk, now=EPOCH,
    )  # fmt: skip


def another(late):
    seat, owner = late.council.memberships[5].seat, late.council.members[5]
    made = items.create(
        title="Another", seat=seat, council=late.council.council, proof="p", by=late.town.lead, now=EPOCH
    )
    return items.accept(action=made, promised_on=late.action.promised, by=owner, now=EPOCH)


def test_it_is_used_once(late):
    decision = decided(late)
    with pytest.raises(Conflict, match="only once"):
        matters.carry_out(decision, by=late.clerk, now=EPOCH)
    with pytest.raises(Refused, match="once"):
        items.create(
            title="More", seat=late.seat, council=late.council.council, proof="p", decision=decision, by=late.clerk,
            now=EPOCH,
        )  # fmt: skip


def test_what_does_not_count_is_no_mandate(late):
    lost = decided(late, choice="against")
    assert lost.verdict != Verdict.VALID
    with pytest.raises(Conflict, match="valid"):
        matters.carry_out(lost, by=late.clerk, now=EPOCH)
    with pytest.raises(Refused):
        items.create(
            title="More", seat=late.seat, council=late.council.council, proof="p", decision=lost, by=late.clerk,
            now=EPOCH,
        )  # fmt: skip


def test_it_moves_the_action_of_its_item_and_no_other(late):
    other = another(late)
    decided(late, payload={**NEW_DAY, "action": other.reference, "about": other.pk, "subject": other.reference})
    assert ActionItem.objects.get(pk=other.pk).promised == late.action.promised
    assert ActionItem.objects.get(pk=late.action.pk).promised != late.action.promised


@pytest.mark.parametrize("outcome", ["create_action", "allocate", "ratify", "approve", "replicate"])
def test_another_matters_outcome_is_none_of_its(late, outcome):
    with pytest.raises(Invalid) as refused:
        decided(late, outcome, {})
    assert refused.value.field == "outcome"


@pytest.mark.parametrize(
    "change", [{"payload": {}}, {"outcome": "drop"}, {"motion": "Another."}, {"verdict": "valid"}], ids=str
)
def test_what_was_voted_on_is_what_is_carried_out(late, change):
    """Its words, its outcome and its payload never change: not before it is carried out, and not after."""
    decision = decided(late, choice="against")
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**change)


def test_whoever_records_has_no_hand_on_an_action_without_a_decision(late):
    action = ActionItem.objects.get(pk=late.action.pk)
    with pytest.raises((Refused, Conflict)):
        items.reassign(action=action, seat=late.council.memberships[6].seat, by=late.clerk, now=EPOCH)
    with pytest.raises((Refused, Conflict)):
        promises.set_date(action=action, due_on=action.promised, by=late.clerk, now=EPOCH)
    with pytest.raises((Refused, Conflict)):
        items.report(action=action, health="on_track", by=late.clerk, now=EPOCH)
    assert ActionItem.objects.get(pk=action.pk).version == action.version
