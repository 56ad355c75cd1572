"""Makes a database for each round of faults, and runs the round in a process of its own.

The organisation is built once an engine; every round gets a copy. PostgreSQL is the server that DATABASE_URL names.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.faults.place import LEASH, ROOT, free_port
from tests.faults.round import Spec

BUILD = """
import json, sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.faults.world import build
open(sys.argv[1], "w").write(json.dumps(build().as_json()))
"""


class Rounds:
    """Runs rounds on one engine. ``server`` is the URL of a PostgreSQL database to work beside; none is SQLite."""

    def __init__(self, server: str = "") -> None:
        self.server = server
        self.folder = Path(tempfile.mkdtemp(prefix="keep-faults-"))
        self.world = self.folder / "world.json"
        self.keys = {name: secrets.token_urlsafe(64) for name in ("SECRET_KEY", "JOURNAL_KEY")}
        self.number = 0
        self.databases: list[str] = []
        self._build()

    @property
    def engine(self) -> str:
        return "postgresql" if self.server else "sqlite"

    def _build(self) -> None:
        self.template = f"faults_{secrets.token_hex(4)}"
        if self.server:
            self._order(f"CREATE DATABASE {self.template}")
        subprocess.run(
            [sys.executable, "-c", BUILD, str(self.world)],
            cwd=ROOT, env=self._environment(self.folder / "template", self._url(self.template)), check=True,
        )  # fmt: skip

    def _order(self, *orders: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            for order in orders:
                connection.execute(order)

    def _url(self, name: str) -> str:
        if self.server:
            return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))
        return f"sqlite:///{self.folder / name}.sqlite3"

    def _environment(self, data: Path, url: str) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("BROKER_URL", "EMAIL_URL", "CACHE_URL", "DEBUG", "PYTEST_CURRENT_TEST")
        }
        data.mkdir(mode=0o700, exist_ok=True)
        return kept | self.keys | {
            "DATABASE_URL": url,
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DEBUG": "0",
            "PLAIN_HTTP": "1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1",
            "LOG_LEVEL": "INFO",
            "MESSAGES_A_RUN": "0",  # no cap: more is said here in a minute than elsewhere in a week
        }  # fmt: skip

    def run(self, spec: Spec) -> dict[str, Any]:
        """What came of one round. Its folder, with the logs of its processes, is kept where it went wrong."""
        self.number += 1
        name = f"{self.template}_{self.number}"
        folder = self.folder / name
        if self.server:
            self._order(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        else:
            shutil.copy(self.folder / f"{self.template}.sqlite3", self.folder / f"{name}.sqlite3")
        smtp, redis = free_port(), free_port() if self.server else None
        environment = self._environment(folder, self._url(name)) | {
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
            "FAULTS_SMTP": str(smtp),
            "FAULTS_WEB": str(free_port()),
            "FAULTS_WORLD": str(self.world),
            "OUTBOX_LEASE": str(spec.lease),
            "SWEEP_EVERY": str(spec.every),
        }
        if redis:
            environment |= {"BROKER_URL": f"redis://127.0.0.1:{redis}/0", "FAULTS_REDIS": str(redis)}
        asked, told = folder / "spec.json", folder / "result.json"
        asked.write_text(json.dumps(asdict(spec)))
        ran = subprocess.run(
            [*LEASH, sys.executable, "-m", "tests.faults.round", str(asked), str(told)],
            cwd=ROOT, env=environment, check=False,
        )  # fmt: skip
        if self.server:
            self._order(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not told.exists():
            return {"name": spec.name, "ok": False, "errors": [f"the round ended with {ran.returncode}: see {folder}"]}
        result: dict[str, Any] = json.loads(told.read_text())
        if not result["ok"]:
            result["folder"] = str(folder)
        return result

    def end(self, *, keep: bool = False) -> None:
        if self.server:
            self._order(f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)")
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
