"""Copying the whole database out and in: by SQLite's online backup, or by PostgreSQL's own programs."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from django.db import connection

from governance.errors import Conflict

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
_KEPT = ("dbname", "host", "port", "user", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")


def save(target: Path) -> None:
    """Write the database into ``target`` as it is at one moment, while others go on working."""
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _address())
        return
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy, pages=1000)
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    copy.close()
    if verdict != "ok":
        raise Conflict(f"The copy of the database is damaged: {verdict}. Look at the disk before you go on.")


def load(source: Path) -> None:
    """Put a saved database in the place of an empty one."""
    if connection.vendor == "postgresql":
        connection.close()
        _run(
            "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            f"--dbname={_address()}", str(source),
        )  # fmt: skip
        return
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    for leftover in ("-wal", "-shm"):
        Path(f"{place}{leftover}").unlink(missing_ok=True)
    aside = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(source, aside)
    aside.chmod(0o600)
    aside.replace(place)


def _address() -> str:
    """How libpq's programs reach the database; the password goes through the environment, where ``ps`` shows none."""
    parameters = connection.get_connection_params()
    quoted = {
        key: "'" + str(value).replace("\\", r"\\").replace("'", r"\'") + "'"
        for key, value in parameters.items()
        if key in _KEPT and value not in (None, "")
    }
    return " ".join(f"{key}={value}" for key, value in quoted.items())


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Conflict(
            f"{program} is not on this machine. Install PostgreSQL's client programs (Debian: postgresql-client), of"
            " the server's version or newer."
        )
    password = str(connection.get_connection_params().get("password") or "")
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, with arguments of ours
        [found, *arguments],
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Conflict(
            f"{program} failed: {said[-1] if said else done.returncode}. If it says that versions differ, install the"
            " client programs of the server's version."
        )
