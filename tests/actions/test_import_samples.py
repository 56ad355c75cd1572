"""Real files of real places, where they are present: all of them come in, and nothing is made of what they do not say.

Set SAMPLE_DATA_DIR to the folder of the sample data; without it these tests are skipped and say so.
"""

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from actions.models import Feedback, Routing, Theme
from actions.queries import feedback as queries
from actions.services import feedback
from governance.models import Department, Duty, DutyKind, Firing, JournalEntry
from tests.actions.reading_files import sample
from tests.factories import Town

pytestmark = pytest.mark.django_db

FORMAT = "%m/%d/%Y %I:%M:%S %p"
BOSTON = {
    "external_id": "CASE_ENQUIRY_ID",
    "received": {"column": "OPEN_DT", "format": FORMAT},
    "due": {"column": "TARGET_DT", "format": FORMAT},
    "closed": {"column": "CLOSED_DT", "format": FORMAT},
    "department": "Department",
    "topic": "TYPE",
    "text": "CLOSURE_REASON",
    "channel": "Source",
    "kind": {"value": "request"},
    "zone": "America/New_York",
}


BOSTON_JSON = json.dumps(BOSTON)


def rows_of(folder: Path) -> list[dict[str, str]]:
    """What the csv module alone makes of the files."""
    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows += csv.DictReader(file)
    return rows


def take(path: Path, mapping: dict, now, source: str = "Sample") -> feedback.Summary:
    return feedback.take_in(path_or_file=path, source_name=source, mapping=mapping, now=now)


def test_a_year_of_a_citys_requests_comes_in_whole(town: Town, now) -> None:
    folder = sample("boston-311-2015")
    entries = JournalEntry.objects.filter(event="actions.feedback.taken_in")
    summaries = [take(path, BOSTON, now, "Boston 311") for path in sorted(folder.glob("*.csv"))]
    rows = rows_of(folder)

    assert len(summaries) == 12
    assert entries.count() == 12, "an import is one entry"
    assert sum(summary.created for summary in summaries) == Feedback.objects.count() == len(rows) == 17_869
    assert not any(summary.rejected for summary in summaries)

    by_department = Counter(Feedback.objects.values_list("department__code", flat=True))
    assert by_department == Counter(row["Department"] for row in rows), "no rule, so to whom the source names"
    assert set(Department.objects.filter(to_be_placed=True).values_list("code", flat=True)) == set(by_department)

    counted = Counter((" ".join(row["TYPE"].split()), row["Department"]) for row in rows)
    kept = {(r.theme.name, r.department.code): r.heard for r in Routing.objects.select_related("theme", "department")}
    assert kept == counted
    waiting = Counter((" ".join(row["TYPE"].split()), row["Department"]) for row in rows if not row["CLOSED_DT"])
    owed = Duty.objects.filter(kind=DutyKind.ANSWER, closed_at=None).select_related("subject", "department")
    assert {(duty.subject.title, duty.department.code) for duty in owed if duty.department} == set(waiting)
    assert min(duty.opened_at for duty in owed) == now
    assert not Firing.objects.exists()


def test_requests_without_a_target_are_never_on_time_and_never_overdue(town: Town, now) -> None:
    folder = sample("boston-311-2015")
    for path in sorted(folder.glob("*.csv")):
        take(path, BOSTON, now, "Boston 311")
    without = Feedback.objects.filter(due_at=None)
    assert without.count() == 2_252
    assert sum(Routing.objects.values_list("without_target", flat=True)) == 2_252
    assert {queries.standing(one) for one in without} <= {"open at the source", "closed by the source"}
    assert all(one.answered_in_time_by_source is None for one in without)

    zone, in_time = ZoneInfo("America/New_York"), 0
    for row in rows_of(folder):
        if row["TARGET_DT"] and row["CLOSED_DT"]:
            due, closed = (
                datetime.strptime(row[name], FORMAT).replace(tzinfo=zone) for name in ("TARGET_DT", "CLOSED_DT")
            )
            in_time += closed.timestamp() <= due.timestamp()
    told = [queries.standing(one) for one in Feedback.objects.filter(due_at__isnull=False)]
    assert told.count("closed within the source's own target") == in_time


def test_a_second_time_a_citys_requests_change_nothing(town: Town, now) -> None:
    path = sample("boston-311-2015") / "Rodent Activity.csv"
    take(path, BOSTON, now)
    again = take(path, BOSTON, now)
    assert (again.read, again.unchanged, again.rejected) == (2_171, 2_171, 0)


def test_a_year_of_requests_comes_in_under_300_megabytes(tmp_path: Path) -> None:
    """In a process of its own, so that what is measured is the import's.

    The peak is read from the process's own memory: ``ru_maxrss`` would hold that of the test run that started it.
    """
    folder = sample("boston-311-2015")
    script = f"""
import json
import django
django.setup()
from django.apps import apps
from django.conf import settings
settings.MIGRATION_MODULES = {{app.label: None for app in apps.get_app_configs()}}  # the tables, not their history
from datetime import UTC, datetime
from pathlib import Path
from django.core.management import call_command
from actions.services import feedback
from governance.services import organisation
call_command("migrate", verbosity=0, run_syncdb=True)
now = datetime(2026, 11, 2, 8, tzinfo=UTC)
organisation.start(name="City", zone="America/New_York", currency="USD", now=now, email="lead@city.example",
                   person_name="Lead", password="correct-horse-battery-7")
read = sum(feedback.take_in(path_or_file=path, source_name="Boston", mapping=json.loads({BOSTON_JSON!r}), now=now).read
           for path in sorted(Path({str(folder)!r}).glob("*.csv")))
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(read, int(peak.split()[1]) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "DATA_DIR": str(tmp_path),
            # In memory, so that what is stored counts too, and nothing waits for a disk.
            "DATABASE_URL": "sqlite:///:memory:",
            "SECRET_KEY": "x" * 60,
            "JOURNAL_KEY": "y" * 60,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PATH": "/usr/bin:/bin",
            "LOG_LEVEL": "ERROR",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    read, megabytes = map(int, done.stdout.split())
    assert read == 17_869
    assert megabytes < 300


def test_reviews_without_dates_come_in_with_their_scores(town: Town, now) -> None:
    path = sample("clothing-reviews") / "Womens Clothing E-Commerce Reviews.csv"
    mapping = {
        "external_id": "",
        "topic": "Class Name",
        "department": "Department Name",
        "text": {"columns": ["Title", "Review Text"], "join": "\n"},
        "score": {"column": "Rating", "scale": [1, 5]},
        "channel": {"value": "web shop"},
    }
    summary = take(path, mapping, now)
    assert (summary.read, summary.created, summary.rejected, summary.off_scale) == (1_000, 1_000, 0, 0)
    assert summary.date_unknown == 1_000
    assert Theme.objects.count() == 18
    departments = Counter(Feedback.objects.values_list("department__name", flat=True))
    assert departments == {"Tops": 489, "Dresses": 198, "Bottoms": 155, "Intimate": 87, "Jackets": 61, "Trend": 10}
    assert not Feedback.objects.exclude(due_at=None).exists()


def test_complaints_without_a_number_stay_apart(town: Town, now) -> None:
    path = sample("cfpb-complaints") / "cfpb-2013-no-narrative-no-id.csv"
    mapping = {
        "received": {"column": "Date received", "format": "%m/%d/%Y"},
        "topic": "Product",
        "text": {"columns": ["Issue", "Sub-issue"], "join": ": "},
        "channel": "Submitted via",
    }
    assert take(path, mapping, now).created == 3_186
    again = take(path, mapping, now)
    assert (again.unchanged, again.created) == (3_186, 0)


@pytest.mark.parametrize(
    ("name", "format", "created", "rejected"),
    [
        ("boston311-100.csv", "%Y-%m-%d %H:%M:%S", 100, 0),
        ("boston311-dmy-100.csv", "%d/%m/%Y %H:%M:%S", 100, 0),
        ("boston311-100-with-nonascii.csv", "%Y-%m-%d %H:%M:%S", 100, 0),
        ("boston311-100-bad.tsv", "%Y-%m-%d %H:%M:%S", 99, 1),
    ],
)
def test_the_same_requests_come_in_whatever_their_shape(
    town: Town, now, name: str, format: str, created: int, rejected: int
) -> None:
    mapping = {
        "external_id": "case_enquiry_id",
        "received": {"column": "open_dt", "format": format},
        "due": {"column": "target_dt", "format": format},
        "closed": {"column": "closed_dt", "format": format},
        "department": "department",
        "topic": "type",
        "text": "closure_reason",
        "zone": "America/New_York",
    }
    summary = take(sample("import-quirks-311") / name, mapping, now)
    assert (summary.created, summary.rejected) == (created, rejected)
    first = Feedback.objects.get(external_id="101004143000")
    assert first.received_at is not None
    assert first.received_at.isoformat() == "2022-01-21T18:47:00+00:00"


def test_chinese_reviews_come_in_with_and_without_a_byte_order_mark(town: Town, now) -> None:
    marked = sample("zh-restaurant-aspects") / "dev_sample.csv"
    mapping = {"external_id": "index", "text": "reviewbody", "score": {"column": "star", "scale": [1, 5]}}
    assert take(marked, mapping, now, "Restaurants").created == 100
    plain = sample("zh-waimai-reviews") / "waimai_10k.csv"
    mapping = {"text": "review", "score": {"column": "label", "scale": [0, 1]}, "language": {"value": "zh-Hans"}}
    summary = take(plain, mapping, now, "Delivery")
    assert (summary.created, summary.rejected) == (11_987, 0), "seven texts are said twice, and stay twice"
    assert Feedback.objects.filter(text__contains="没有送水没有送水").exists()


def test_dates_may_be_joined_from_two_columns(town: Town, now) -> None:
    path = sample("telecom-complaints-2015") / "Comcast_telecom_complaints_data.csv"
    mapping = {
        "external_id": "Ticket #",
        "received": {"columns": ["Date", "Time"], "format": "%d-%m-%y %I:%M:%S %p"},
        "text": "Customer Complaint",
        "channel": "Received Via",
        "zone": "America/New_York",
    }
    assert take(path, mapping, now).created == 2_224
    first = Feedback.objects.get(external_id="250635")
    assert first.received_at is not None
    assert first.received_at.isoformat() == "2015-04-22T19:53:50+00:00"
