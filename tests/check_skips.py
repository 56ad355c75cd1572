"""Fails when a test was skipped that `allowed_skips.txt` does not name.

    check_skips.py REPORT.xml...

reads JUnit reports written with `-o junit_family=xunit1`. A test that is expected to fail counts as skipped: it
too proves nothing. A report that is missing or has no test fails as well.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ALLOWED = Path(__file__).with_name("allowed_skips.txt")


def node_id(case: ElementTree.Element) -> str:
    """`tests/x/test_y.py::TestZ::test_name[a]` from the three attributes that JUnit has for it."""
    file, name = case.get("file") or "", case.get("name") or ""
    if not file:
        return name or case.get("classname") or "?"
    module = file.removesuffix(".py").replace("/", ".")
    classes = (case.get("classname") or "").removeprefix(module).strip(".")
    return "::".join([file, *filter(None, classes.split(".")), name])


def skipped(report: Path) -> Iterator[tuple[str, str]]:
    for case in ElementTree.parse(report).iter("testcase"):
        mark = case.find("skipped")
        if mark is not None:
            yield node_id(case), mark.get("message") or "no reason given"


def allowed_ids(path: Path) -> set[str]:
    lines = (line.strip() for line in path.read_text().splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def main(reports: list[Path], allowed_path: Path = ALLOWED) -> int:
    if not reports:
        print("check_skips: name at least one report.")
        return 2
    allowed = allowed_ids(allowed_path)
    refused = total = 0
    for report in reports:
        if not report.is_file() or next(ElementTree.parse(report).iter("testcase"), None) is None:
            print(f"{report}: missing, or without a single test")
            refused += 1
            continue
        for test, reason in skipped(report):
            total += 1
            if test not in allowed and test.partition("[")[0] not in allowed:
                print(f"{report}: {test} was skipped ({reason})")
                refused += 1
    if refused:
        print(f"{refused} refused: run these tests, or name them with a reason in tests/allowed_skips.txt.")
    else:
        print(f"{total} skipped, all of them allowed.")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
