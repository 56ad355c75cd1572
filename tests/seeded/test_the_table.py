"""The table of seeded bugs fits the tree: what is to be changed is there once, and each test that is named exists."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.seeded.bugs import BUGS, RULES, Bug

ROOT = Path(__file__).parents[2]


@cache
def functions_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_seeded_bug_can_be_planted_and_its_test_is_there(bug: Bug) -> None:
    text = (ROOT / bug.path).read_text()
    assert bug.old
    assert text.count(bug.old) == 1, "what is to be changed stands there once"
    ast.parse(text.replace(bug.old, bug.new))
    path, _, name = bug.test.partition("::")
    assert name in functions_in(path)


def test_every_bug_has_its_own_name_and_every_rule_a_bug_and_its_line_in_the_document() -> None:
    assert [name for name, times in Counter(bug.name for bug in BUGS).items() if times > 1] == []
    document = (ROOT / "docs" / "invariants.md").read_text()
    for rule in RULES:
        assert rule.bugs
        assert f"## {rule.says}\n" in document, rule.says
        for bug in rule.bugs:
            assert f"- {bug.name}: `{bug.test.partition('::')[2]}`" in document, f"{rule.says}: {bug.name}"
