"""Import: our time over that of parsing and bulk-inserting the same columns by hand.

Both read the same files and write the same rows with the same indexes; a comparison of what was written comes before
the figures. Ours also tells new rows from known ones, routes, counts, opens duties and keeps every transaction short.
The limit gets its source, themes and departments ready made, and one transaction for everything.
"""

import csv
import hashlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from actions.services import feedback
from bench.run import Figure, statements
from governance.services import departments, organisation

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
ROUNDS = 5
GOAL = 4.0
SIZE = 17_869
FORMAT = "%m/%d/%Y %I:%M:%S %p"
HEADER = ("CASE_ENQUIRY_ID", "OPEN_DT", "TARGET_DT", "CLOSED_DT", "Department", "TYPE", "CLOSURE_REASON", "Source")
MAPPING = {
    "external_id": "CASE_ENQUIRY_ID",
    "received": {"column": "OPEN_DT", "format": FORMAT},
    "due": {"column": "TARGET_DT", "format": FORMAT},
    "closed": {"column": "CLOSED_DT", "format": FORMAT},
    "department": "Department",
    "topic": "TYPE",
    "text": "CLOSURE_REASON",
    "channel": "Source",
    "kind": {"value": "request"},
    "zone": ZONE.key,
}


def run(folder: Path) -> list[Figure]:
    files = sample() or generated(folder)
    prepared = prepare(folder, files)
    live = Path(settings.DATABASES["default"]["NAME"])
    best_ours = best_limit = float("inf")
    size = 0
    for number in range(1, ROUNDS + 1):
        restore(prepared, live)
        ours = by_us(files)
        connection.close()
        limit, size = by_hand(live, folder / "limit.sqlite3", files, tell_plan=number == 1)
        print(f"import, round {number}: ours {ours:.2f} s, by hand {limit:.2f} s, {size} rows")
        best_ours, best_limit = min(best_ours, ours), min(best_limit, limit)
    return [
        Figure(
            name="import",
            ours=round(best_ours, 3),
            limit=round(best_limit, 3),
            unit="s",
            ratio=round(best_ours / best_limit, 2),
            size=size,
            goal=GOAL,
        )
    ]


# --- what is taken in ----------------------------------------------------------------------------------------------


def sample() -> list[Path]:
    """The twelve files of the sample data, where it is present."""
    if not settings.SAMPLE_DATA_DIR:
        return []
    return sorted((Path(settings.SAMPLE_DATA_DIR) / "boston-311-2015").glob("*.csv"))


def generated(folder: Path) -> list[Path]:
    """As many rows of the same shape, always the same ones."""
    print("import: no sample data (SAMPLE_DATA_DIR), so the rows are made up")
    dice = random.Random(311)
    path = folder / "requests.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "",
                "CASE_ENQUIRY_ID",
                "OPEN_DT",
                "TARGET_DT",
                "CLOSED_DT",
                "Department",
                "TYPE",
                "CLOSURE_REASON",
                "Source",
            ]
        )
        for number in range(SIZE):
            opened = datetime(2015, 1, 2, 9) + timedelta(minutes=dice.randrange(500_000))  # noqa: DTZ001
            due = opened + timedelta(days=dice.randrange(1, 40)) if dice.random() > 0.126 else None
            closed = opened + timedelta(days=dice.randrange(1, 50)) if dice.random() > 0.25 else None
            dates = [f"{moment:{FORMAT}}" if moment else "" for moment in (opened, due, closed)]
            words = " ".join(dice.choice(["case", "closed", "crew", "resolved", "street", "noted"]) for _ in range(14))
            place = dice.choice(["PWDx", "BTDT", "ISD", "PARK", "INFO"])
            writer.writerow(
                [number, 101_000_000_000 + number, *dates, place, f"Type {dice.randrange(12)}", words, "Call"]
            )
    return [path]


def prepare(folder: Path, files: list[Path]) -> Path:
    """A database with an organisation whose departments are known; every round starts from a copy of it."""
    call_command("migrate", verbosity=0)
    organisation.start(
        name="City",
        zone=ZONE.key,
        currency="USD",
        country="US",
        now=NOW,
        email="lead@city.example",
        person_name="Lead",
        password="correct-horse-battery-7",
    )
    for code in sorted({row[place] for path in files for row, place in _column(path, "Department") if row[place]}):
        departments.create(code=code, name=code, by=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    prepared = folder / "prepared.sqlite3"
    shutil.copy(settings.DATABASES["default"]["NAME"], prepared)
    return prepared


def restore(prepared: Path, live: Path) -> None:
    connection.close()
    for ending in ("-wal", "-shm"):
        live.with_name(live.name + ending).unlink(missing_ok=True)
    shutil.copy(prepared, live)


def _column(path: Path, name: str) -> Iterator[tuple[list[str], int]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        place = next(reader).index(name)
        for row in reader:
            yield row, place


# --- the two ways --------------------------------------------------------------------------------------------------


def by_us(files: list[Path]) -> float:
    began = perf_counter()
    for path in files:
        feedback.take_in(path_or_file=path, source_name="Requests", mapping=MAPPING, now=NOW)
    return perf_counter() - began


def by_hand(ours: Path, database: Path, files: list[Path], *, tell_plan: bool) -> tuple[float, int]:
    """``(seconds, rows)`` of the limit, on a copy of what we left, emptied of feedback and packed."""
    sql = statements("import")
    restore(ours, database)
    link = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        link.execute(f"PRAGMA {pragma}")
    written = link.execute(sql["written"]).fetchall()
    source, brought = link.execute("SELECT source_id, first_import_id FROM actions_feedback LIMIT 1").fetchone()
    for statement in ("PRAGMA foreign_keys=OFF", sql["empty"], "VACUUM", "PRAGMA foreign_keys=ON"):
        link.execute(statement)
    if tell_plan:
        for (line,) in link.execute(sql["plan"]):
            print(f"import, each row pays for: {line}")
    themes, places = dict(link.execute(sql["themes"])), dict(link.execute(sql["departments"]))
    began = perf_counter()
    rows = [row for path in files for row in _rows(path, source, brought, themes, places)]
    link.execute("BEGIN IMMEDIATE")
    link.executemany(sql["insert"], rows)
    link.execute("COMMIT")
    took = perf_counter() - began
    if link.execute(sql["written"]).fetchall() != written:
        raise AssertionError("the limit did not write what we wrote, so the figures say nothing")
    link.close()
    return took, len(rows)


def _rows(path: Path, source: int, first_import: int, themes: dict[str, int], places: dict[str, int]) -> Iterator[Any]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader)
        names = (
            "CASE_ENQUIRY_ID",
            "OPEN_DT",
            "TARGET_DT",
            "CLOSED_DT",
            "Department",
            "TYPE",
            "CLOSURE_REASON",
            "Source",
        )
        key, opened, due, closed, place, topic, text, channel = map(header.index, names)
        for row in reader:
            digest = hashlib.sha256("\x1f".join(row).encode()).hexdigest()
            kind = row[topic].strip()
            at = places[row[place].strip()]
            yield (
                *(source, row[key], first_import, themes[" ".join(kind.split())], at, at),
                *(_moment(row[opened]), _moment(row[due]), _moment(row[closed])),
                *(kind, row[text].strip(), row[channel].strip(), "request", digest),
            )


def _moment(words: str) -> str | None:
    """``02/01/2015 11:15:21 AM`` in Boston as the UTC text that is stored."""
    if not words:
        return None
    hour = int(words[11:13]) % 12 + (12 if words[20] == "P" else 0)
    local = datetime(
        int(words[6:10]), int(words[:2]), int(words[3:5]), hour, int(words[14:16]), int(words[17:19]), tzinfo=ZONE
    )
    return str(local.astimezone(UTC).replace(tzinfo=None))
