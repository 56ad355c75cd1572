"""Blueprints: a charter for each of the six kinds of council, written to be adopted as it stands.

Pure: no ORM, no clock. A blueprint is only where a draft begins: what the council then changes is its own, and a better
blueprint later changes no charter. The kinds are those of ``councils.CouncilKind``, named here because a charter is
drafted before there is a council.
"""

from collections.abc import Callable

from governance.blueprints import core_team, culture, excellence, executive, governing, squad
from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, Role

__all__ = ["BLUEPRINTS", "CHAIR", "MEMBER", "SECRETARY", "Blueprint", "Role", "all_of_them", "of_kind"]

BLUEPRINTS: dict[str, Callable[[], Blueprint]] = {
    "executive": executive.blueprint,
    "governance": governing.blueprint,
    "core_team": core_team.blueprint,
    "culture": culture.blueprint,
    "excellence": excellence.blueprint,
    "squad": squad.blueprint,
}


def of_kind(kind: str) -> Blueprint | None:
    """The blueprint for a kind of council, in the language that is active; nothing for a kind that has none."""
    write = BLUEPRINTS.get(kind)
    return write() if write is not None else None


def all_of_them() -> list[Blueprint]:
    return [write() for write in BLUEPRINTS.values()]
