"""What must be true of an installation, told with an id and a remedy: by `manage.py check`, and before serving."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

TAG = "keep"
BROKERS = frozenset({"filesystem", "redis", "rediss", "amqp", "amqps", "memory", "sentinel"})
# What `config.settings` asks of SQLite, and the number or word by which SQLite confirms it.
PRAGMAS: dict[str, object] = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000, "foreign_keys": 1}


@checks.register(TAG)
def readable_environment(**_: Any) -> list[checks.CheckMessage]:
    """E001, E003: what settings could not read. E002: a broker that Keep was not tried with."""
    found: list[checks.CheckMessage] = [
        checks.Error(text, hint=hint, id=code) for code, text, hint in settings.PROBLEMS
    ]
    try:
        broker = urlsplit(settings.BROKER_URL)
        usable = broker.scheme in BROKERS and (broker.scheme in {"filesystem", "memory"} or bool(broker.netloc))
        usable = usable and broker.port != 0  # reading the port is what judges it
    except ValueError:
        usable = False
    if not usable:
        found.append(
            checks.Error(
                "BROKER_URL cannot be read.",
                hint="Write redis://host:6379/0 or amqp://user:password@host:5672//, or leave it out on one machine.",
                id="keep.E002",
            )
        )
    return found


@checks.register(TAG)
def strong_keys(**_: Any) -> list[checks.CheckMessage]:
    """E004: a key that can be guessed. E005: one key for two purposes."""
    found: list[checks.CheckMessage] = [
        checks.Error(
            f"{name} is too weak.",
            hint='Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"',
            id="keep.E004",
        )
        for name in ("SECRET_KEY", "JOURNAL_KEY")
        if len(getattr(settings, name)) < 50 or len(set(getattr(settings, name))) < 10
    ]
    if settings.SECRET_KEY == settings.JOURNAL_KEY:
        found.append(
            checks.Error(
                "JOURNAL_KEY is the same as SECRET_KEY.",
                hint="SECRET_KEY may be changed at any time, the journal's key never: make a second one.",
                id="keep.E005",
            )
        )
    return found


@checks.register(TAG, checks.Tags.database)
def sqlite_pragmas(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """E006: SQLite ignores a misplaced option without a word, so ask it what is really in force."""
    found: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        in_force: dict[str, object] = {}
        try:
            with connection.cursor() as cursor:
                in_force["transaction_mode"] = getattr(connection, "transaction_mode", None)
                for pragma in PRAGMAS:
                    cursor.execute(f"PRAGMA {pragma}")
                    in_force[pragma] = cursor.fetchone()[0]
        except DatabaseError as error:
            found.append(
                checks.Error(
                    f"The SQLite database cannot be opened: {error}.",
                    hint="Make its folder writable for the account that runs Keep.",
                    id="keep.E007",
                )
            )
            continue
        expected = PRAGMAS | {"transaction_mode": "IMMEDIATE"}
        wrong = [f"{key} is {in_force[key]}, not {value}" for key, value in expected.items() if in_force[key] != value]
        if wrong:
            found.append(
                checks.Error(
                    f"SQLite does not run as Keep needs it: {'; '.join(wrong)}.",
                    hint="Keep the database on a local disk (WAL does not work on network shares) and in a file.",
                    id="keep.E006",
                )
            )
    return found


@checks.register(TAG, deploy=True)
def fit_to_deploy(**_: Any) -> list[checks.CheckMessage]:
    """W001-W004: what is handy on one's own machine and wrong where people rely on it."""
    wrong = [
        (
            settings.DEBUG,
            "keep.W001",
            "DEBUG is on.",
            "Unset DEBUG: error pages would show settings and data.",
        ),
        (
            settings.TIME_TRAVEL,
            "keep.W002",
            "TIME_TRAVEL is on.",
            "Unset TIME_TRAVEL: a sweep could be told that it is next year.",
        ),
        (
            settings.PLAIN_HTTP,
            "keep.W003",
            "PLAIN_HTTP is on.",
            "Unset PLAIN_HTTP and serve over TLS: cookies would travel readable.",
        ),
        (
            not re.match(r"https://[^/]+$", settings.PUBLIC_URL),
            "keep.W004",
            "PUBLIC_URL is not an https:// address.",
            "Set PUBLIC_URL=https://keep.example.org: links in mails are made from it.",
        ),
    ]
    return [checks.Warning(text, hint=hint, id=code) for is_wrong, code, text, hint in wrong if is_wrong]


def refuse_errors() -> None:
    """Stop a server process that was started without `manage.py`, which would have run the checks."""
    errors = [found for found in checks.run_checks(tags=[TAG], databases=["default"]) if found.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(str(error) for error in errors))
