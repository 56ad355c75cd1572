"""A build that skipped a test is not a build that passed it, unless the test is named with a reason."""

from pathlib import Path

import pytest

from tests import check_skips

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.x.test_y" name="test_runs" file="tests/x/test_y.py"/>
<testcase classname="tests.x.test_y.TestZ" name="test_left_out[1]" file="tests/x/test_y.py">
  <skipped type="pytest.skip" message="no cable"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def allowing(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "allowed.txt"
    path.write_text("\n".join(("# why", *lines)))
    return path


def test_a_skip_that_nobody_named_fails_and_is_told(report, tmp_path, capsys) -> None:
    assert check_skips.main([report], allowing(tmp_path)) == 1
    assert "tests/x/test_y.py::TestZ::test_left_out[1] was skipped (no cable)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line", ["tests/x/test_y.py::TestZ::test_left_out[1]", "tests/x/test_y.py::TestZ::test_left_out"]
)
def test_a_named_skip_passes_with_or_without_its_parameters(report, tmp_path, line) -> None:
    assert check_skips.main([report], allowing(tmp_path, line)) == 0


def test_a_comment_names_nothing(report, tmp_path) -> None:
    assert check_skips.main([report], allowing(tmp_path, "#tests/x/test_y.py::TestZ::test_left_out[1]")) == 1


@pytest.mark.parametrize("content", [None, "<testsuites/>"])
def test_a_report_that_is_missing_or_empty_fails(tmp_path, content) -> None:
    path = tmp_path / "none.xml"
    if content:
        path.write_text(content)
    assert check_skips.main([path], allowing(tmp_path)) == 1


def test_no_report_at_all_fails(tmp_path) -> None:
    assert check_skips.main([], allowing(tmp_path)) != 0


def test_every_allowed_skip_is_a_test_that_exists() -> None:
    root = Path(check_skips.__file__).parent.parent
    for test in check_skips.allowed_ids(check_skips.ALLOWED):
        file, _, name = test.partition("::")
        assert (root / file).is_file(), test
        assert f"def {name.split('::')[-1].partition('[')[0]}(" in (root / file).read_text(), test
