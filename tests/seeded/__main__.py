"""Plants each seeded bug in a copy of the tree and demands that its test notices: ``python -m tests.seeded [WORD]``.

With words only bugs whose name or path holds one of them. First every named test passes on the copy as it is; then
each bug is planted alone, its test has to fail by an assertion of its own, and the file is put back. What was seen is
kept in ``.data/seeded.json`` under a digest of the bug, its file and its test, so that a run that was stopped goes on
where it was and a change runs again what it concerns. Needs no service: everything runs on SQLite.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.seeded.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
SEEN = ROOT / ".data" / "seeded.json"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".data", ".hypothesis", "reports", "__pycache__", ".*_cache")
OPTIONS = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "--no-migrations")
"""Tables are made from the models, which takes a third of the time; the guards come after them all the same."""
LONGEST = 900
"""Seconds after which a run is given up: a bug may make something go on for ever, which no test notices."""
BY_ITSELF = ("assert", "AssertionError", "Failed: DID NOT RAISE")
"""How a failure begins that is the test's own finding, and no accident on the way to it."""
OF_THE_PROGRAM = re.compile(r"^(?:governance|councils|actions|notifications|config)/\S+:\d+: ", re.MULTILINE)
"""A line of a traceback that lies in the program: then something broke there before the test could look."""


def digest(bug: Bug) -> str:
    parts = [bug.name, bug.path, bug.old, bug.new, bug.test]
    parts += [(ROOT / path).read_text() for path in (bug.path, bug.test.partition("::")[0])]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run(tree: Path, tests: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Run tests in a tree: ``(passed, failed or error, how)`` by the test's name, the worst of its parameters."""
    report = tree / "seeded.xml"
    report.unlink(missing_ok=True)
    environment = {**os.environ, "DATA_DIR": str(tree / ".data"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "pytest", *OPTIONS, f"--junit-xml={report}", *sorted(set(tests))]
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return {}
    if not report.exists():
        raise SystemExit(f"The tests did not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    found: dict[str, tuple[str, str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("name", "").partition("[")[0]
        outcome = ("passed", "")
        for kind in ("failure", "error"):
            said = case.find(kind)
            if said is not None:
                outcome = ("failed" if kind == "failure" else "error", f"{said.get('message')}\n{said.text}")
        if found.get(name, ("passed", ""))[0] == "passed":
            found[name] = outcome
    return found


def verdict(bug: Bug, outcomes: dict[str, tuple[str, str]]) -> str:
    """Empty where the test noticed; else what was wrong."""
    how, says = outcomes.get(name_of(bug), ("not run", ""))
    if how == "passed":
        return "the test passes with it"
    if how != "failed":
        return f"the test did not get as far as failing ({how}): {says[:300]}"
    # A row that the test looks for and does not find is a finding, too.
    noticed = says.startswith(BY_ITSELF) or not OF_THE_PROGRAM.search(says)
    return "" if noticed else f"it fails by accident: {says[:300]}"


def name_of(bug: Bug) -> str:
    return bug.test.partition("::")[2]


def plant(tree: Path, bug: Bug) -> str:
    """Change the file of the copy; returns what it was."""
    path = tree / bug.path
    text = path.read_text()
    if text.count(bug.old) != 1:
        raise SystemExit(f"{bug.path} holds what is to be changed {text.count(bug.old)} times: {bug.name}")
    path.write_text(text.replace(bug.old, bug.new))
    return text


def main(words: Sequence[str]) -> int:
    chosen = [bug for bug in BUGS if not words or any(word in f"{bug.name} {bug.path} {bug.test}" for word in words)]
    seen: dict[str, str] = json.loads(SEEN.read_text()) if SEEN.exists() else {}
    waiting = [bug for bug in chosen if seen.get(bug.name) != digest(bug)]
    print(f"{len(chosen)} bugs, {len(chosen) - len(waiting)} of them seen as they are now.", flush=True)
    if not waiting:
        return 0
    missed: list[tuple[Bug, str]] = []
    with tempfile.TemporaryDirectory(prefix="seeded-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        sound = run(tree, [bug.test for bug in waiting])
        broken = sorted({name_of(bug) for bug in waiting if sound.get(name_of(bug), ("",))[0] != "passed"})
        if broken:
            print(f"Without any bug these do not pass: {', '.join(broken)}")
            return 1
        for number, bug in enumerate(waiting, start=1):
            began, text = time.monotonic(), plant(tree, bug)
            wrong = verdict(bug, run(tree, [bug.test]))
            (tree / bug.path).write_text(text)
            if wrong:
                missed.append((bug, wrong))
            else:
                seen[bug.name] = digest(bug)
                SEEN.parent.mkdir(exist_ok=True)
                SEEN.write_text(json.dumps(seen, indent=1))
            spent = time.monotonic() - began
            print(
                f"{number}/{len(waiting)} {'MISSED' if wrong else 'noticed'} in {spent:.0f} s: {bug.name}", flush=True
            )
    for bug, wrong in missed:
        print(f"\n{bug.name}\n  {bug.path}, {bug.test}\n  {wrong}")
    print(f"\n{len(waiting) - len(missed)} noticed, {len(missed)} missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
