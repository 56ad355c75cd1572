"""Charters and rosters at Harbourline Mutual: adopted from templates, one new version before its sponsor."""

from dataclasses import replace
from datetime import datetime

from councils.models import Council
from councils.queries.councils import sitting_of
from councils.services import rosters
from governance import blueprints
from governance.clauses import Rules
from governance.mandates import Mandate
from governance.models import CharterState, CharterVersion, Person, Seat
from governance.services import charters, submissions


def mandate_of(kind: str) -> Mandate:
    """What the template for a kind of council says."""
    blueprint = blueprints.of_kind(kind)
    return blueprint.mandate if blueprint is not None else Mandate()


def acknowledge(council: Council, now: datetime) -> None:
    """Everybody who sits there takes on rules and roster."""
    for sitting in sitting_of(council, now):
        if sitting.holder is not None:
            rosters.acknowledge(council=council, by=sitting.holder, now=now)


def rewrite(council: Council, name: str, role: str, expectations: str, by: Person, now: datetime) -> None:
    """The secretary says anew what one member is there for; that one has not found the time to acknowledge it."""
    for sitting in sitting_of(council, now):
        if sitting.holder is not None and sitting.holder.name == name:
            rosters.write(membership=sitting.membership, role=role, expectations=expectations, by=by, now=now)


def propose_more(council: Council, sponsor: Seat, by: Person, now: datetime) -> None:
    """The next version, which lets the council commit more by one decision, waits for its sponsor's signature."""
    held = CharterVersion.objects.get(charter=council.charter, state=CharterState.IN_FORCE)
    rules = Rules.from_json(held.rules)
    version = charters.draft(
        title=council.charter.title,
        charter=council.charter,
        rules=replace(rules, right=replace(rules.right, per_decision=rules.right.per_decision * 3 // 2)),
        purpose=held.purpose,
        mandate=Mandate.from_json(held.mandate),
        by=by,
        now=now,
    )
    submissions.submit(version=version, sponsors=[sponsor], by=by, now=now)
