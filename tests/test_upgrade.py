"""The demo database of the release before migrates to this one, and works: on SQLite, and on PostgreSQL.

The dumps stay from now on; ``tests/fixtures/dump_demo.py`` says how the next one is made.
"""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import empty_database

FIXTURES = Path(__file__).parent / "fixtures"
DUMPS = sorted(FIXTURES.glob("demo-*.json.gz"))
LEAD = "priya.raman@harbourline.example"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_the_demo_of_an_earlier_release_migrates_and_works(dump: Path, tmp_path: Path) -> None:
    assert dump.stat().st_size < 1_000_000
    held = json.loads(gzip.decompress(dump.read_bytes()))
    with empty_database(tmp_path) as address:
        environment = os.environ | {
            "DATABASE_URL": address, "DATA_DIR": str(tmp_path), "DEBUG": "1", "SAMPLE_DATA_DIR": "", "EMAIL_URL": "",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(FIXTURES / "upgrade.py"), str(dump), LEAD],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["engine"] == connection.vendor
    assert (told["guards_missing"], told["grants_differ"], told["misfit"]) == ([], [], "")
    assert told["people"] == len(held["governance_person"]["rows"])
    assert told["entries"] >= len(held["governance_journalentry"]["rows"])
    assert {path: status for path, status in told["pages"].items() if status != 200} == {}
