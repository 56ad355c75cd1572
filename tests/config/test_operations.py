"""The files of docs/operations name settings, commands and modules that there are; the guide names every term."""

import re
from importlib.util import find_spec
from pathlib import Path

import yaml
from django.core.management import get_commands

from governance.retention import TERMS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "operations"
KNOWN = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())


def commands() -> list[str]:
    units = [line[10:] for path in FOLDER.glob("*.service") for line in path.read_text().splitlines()
             if line.startswith("ExecStart=")]  # fmt: skip
    return units + [" ".join(one["command"]) for one in COMPOSE["services"].values() if "command" in one]


def test_every_setting_of_the_examples_is_one() -> None:
    named = set(re.findall(r"^([A-Z_]+)=", (FOLDER / "keep.env").read_text(), re.MULTILINE))
    named |= set(COMPOSE["x-keep"]["environment"])
    assert named - KNOWN == set()


def test_every_process_runs_something_that_there_is() -> None:
    assert len(commands()) == 9
    for command in commands():
        module = re.search(r"-m (\w+)", command)
        told = re.search(r"manage\.py (\w+)", command)
        assert (module and find_spec(module[1])) or (told and told[1] in get_commands()), command


def test_the_guide_names_how_long_everything_is_kept() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| .* \| (\d+) \|$", guide, re.MULTILINE))
    assert told == {name: str(term.days) for name, term in TERMS.items()}
