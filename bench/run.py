"""Run every line of the bench, on a temporary database, and print it beside its limit.

``make bench``, or ``python -m bench [NAME...]``. The last lines are one JSON object each, for machines: ``name``,
``ours``, ``limit``, ``unit``, ``ratio`` (ours / limit), ``size``, ``goal`` (the ratio that we want to stay below).
The limits' SQL stands in ``bench/limits/``; each line prints its plan. Nothing of an installation is touched.
"""

import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import django

LIMITS = Path(__file__).with_name("limits")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a line: the best of several rounds, so that ours and the limit meet the same machine.

    ``goal``: stay below; of rates (a unit that ends in ``/s``): reach.
    """

    name: str
    ours: float
    limit: float
    unit: str
    ratio: float
    size: int
    goal: float


def statements(name: str) -> dict[str, str]:
    """The statements of ``limits/NAME.sql``, each below a line ``-- name: ...``."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (LIMITS / f"{name}.sql").read_text().splitlines():
        if line.startswith("-- name: "):
            current = found.setdefault(line.removeprefix("-- name: ").strip(), [])
        elif not line.startswith("--"):
            current.append(line)
    return {key: "\n".join(lines).strip().rstrip(";") for key, lines in found.items()}


def main(wanted: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="keep-bench-"))
    os.environ |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    # On SQLite, unless BENCH_DATABASE_URL names an empty PostgreSQL database; the import's limit knows SQLite alone.
    os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", "")
    os.environ["BROKER_URL"] = os.environ.get("BENCH_BROKER_URL", "")
    os.environ["MESSAGES_A_RUN"] = "0"  # no cap on what is said at once
    # A database of one's own asks for keys of one's own; these last as long as this run.
    os.environ |= {name: secrets.token_urlsafe(64) for name in ("SECRET_KEY", "JOURNAL_KEY")}
    try:
        django.setup()
        from bench.lines import (  # noqa: PLC0415 - models can only be imported now
            executive,
            import_,
            list_api,
            outbox,
            permission_list,
            sweep,
        )

        lines: dict[str, Callable[[Path], list[Figure]]] = {
            "import": import_.run,
            "permission_list": permission_list.run,
            "list_api": list_api.run,
            "sweep": sweep.run,
            "outbox": outbox.run,
            "executive": executive.run,
        }
        if os.environ["DATABASE_URL"]:
            del lines["import"]
        unknown = set(wanted) - lines.keys()
        if unknown:
            print(f"No such line: {', '.join(sorted(unknown))}. There are: {', '.join(lines)}.", file=sys.stderr)
            return 2
        figures = [one for name, line in lines.items() if not wanted or name in wanted for one in line(folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print()
    for figure in figures:
        print(json.dumps(asdict(figure)))
    return 0
