"""Small files for tests of imports, written in place so that a test shows what it reads."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from actions.services import feedback
from actions.services.feedback import Summary

DATA = Path(__file__).parents[1] / "data"
MAPPING: dict[str, Any] = {
    "external_id": "id",
    "received": {"column": "received", "format": "%Y-%m-%d %H:%M"},
    "due": {"column": "due", "format": "%Y-%m-%d %H:%M"},
    "closed": {"column": "closed", "format": "%Y-%m-%d %H:%M"},
    "department": "department",
    "topic": "topic",
    "text": "text",
}
HEADER = "id,received,due,closed,department,topic,text"
ROWS = (
    "1,2026-10-05 09:00,2026-10-12 17:00,,CLM,Claim status,Nobody tells me.",
    "2,2026-10-06 09:00,,,CLM,Claim status,Three calls.",
    "3,2026-10-07 09:00,2026-10-14 17:00,2026-10-09 10:00,DIG,Claim form,It lost everything.",
)


def file_of(*rows: str, header: str = HEADER, encoding: str = "utf-8", ends: str = "\n") -> BytesIO:
    return BytesIO((ends.join([header, *rows]) + ends).encode(encoding))


def take(now: datetime, *rows: str, mapping: Any = None, source: str = "Desk", **options: Any) -> Summary:
    """Take rows in as a file of the source."""
    file = file_of(*(rows or ROWS), **options)
    return feedback.take_in(path_or_file=file, source_name=source, mapping=mapping or MAPPING, by=None, now=now)


def sample(folder: str) -> Path:
    """A folder of the sample data; where it is absent the test is skipped, saying how to have it."""
    root = settings.SAMPLE_DATA_DIR
    if not root or not (Path(root) / folder).is_dir():
        pytest.skip(f"{folder} is not here: set SAMPLE_DATA_DIR to the folder of the sample data.")
    return Path(root) / folder
