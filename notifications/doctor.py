"""What is wrong with an installation, and how to mend it: one line a question, each with its remedy.

Asks only; changes nothing. What cannot be asked because something before it failed (no database, say) is left out.
"""

import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from kombu import Connection

from actions import shown_files
from actions.models import Evidence
from governance import access
from governance.chain import link
from governance.models import CalendarDay, Duty, JournalEntry, Organisation, Seal, Unsealed
from governance.queries import chain
from governance.sql import guards
from notifications.queries import outbox

OK, WARN, BAD = "ok", "warn", "bad"
LATE = timedelta(minutes=10)
"""The sweep comes every 30 seconds; what is due for longer than this waits for a sweep that does not run."""
HEAD_AGE = timedelta(days=2)
APART = timedelta(seconds=5)
"""How far the clocks of this machine and of the database may be from each other."""
FULL, NEARLY_FULL = 200_000_000, 2_000_000_000
"""Free bytes."""


@dataclass(frozen=True, slots=True)
class Line:
    """``remedy`` is empty where nothing has to be done."""

    name: str
    state: str
    says: str
    remedy: str = ""


Found = Iterator[Line]


def examine(now: datetime) -> list[Line]:
    """Ask everything. Never raises: a question that fails is a finding."""
    lines = [*_settings(), *_places(), *_static(), *_fonts()]
    try:
        connection.ensure_connection()
    except (DatabaseError, OSError) as error:
        lines.append(
            Line("database", BAD, f"The database does not answer: {_first(error)}", "Start it, or mend DATABASE_URL.")
        )
        return [*lines, *_broker(), *_mail_server()]
    for ask in (_database, _schema):
        lines += _asked(ask, now)
    if all(line.state != BAD for line in lines if line.name == "migrations"):
        for ask in (_guards, _grants, _organisation, _journal, _sweep, _held, _evidence):
            lines += _asked(ask, now)
    return [*lines, *_broker(), *_mail_server()]


def _asked(ask: Callable[[datetime], Found], now: datetime) -> list[Line]:
    try:
        return list(ask(now))
    except (DatabaseError, OSError, ValueError) as error:
        name = ask.__name__.strip("_")
        return [Line(name, BAD, f"This could not be asked: {_first(error)}", "Mend what it says, and ask again.")]


def _first(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


# --- the machine ----------------------------------------------------------------------------------------------------


def _settings() -> Found:
    """Keys, addresses, what must not be on where people rely on it: what ``check --deploy`` says."""
    found = checks.run_checks(tags=["keep"], include_deployment_checks=True)
    for one in found:
        yield Line("settings", BAD if one.is_serious() else WARN, f"{one.msg} ({one.id})", one.hint or "")
    if not found:
        yield Line("settings", OK, "Keys and addresses are set.")


def _places() -> Found:
    folder = Path(settings.DATA_DIR)
    if not folder.is_dir():
        yield Line("data folder", BAD, f"{folder} is not there.", "Make it, or set DATA_DIR to where the data is.")
        return
    free = shutil.disk_usage(folder).free
    state = BAD if free < FULL else WARN if free < NEARLY_FULL else OK
    remedy = "Make room: old backups and logs first." if state != OK else ""
    yield Line("disk", state, f"{free / 1e9:.1f} GB are free at {folder}.", remedy)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Line(
            "data folder", WARN, f"Other accounts can look into {folder}: it holds keys and personal data.",
            f"chmod 700 {folder}",
        )  # fmt: skip
    else:
        yield Line("data folder", OK, f"{folder} is for this account alone.")


def _static() -> Found:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if settings.WHITENOISE_USE_FINDERS or manifest.is_file():
        yield Line("static files", OK, "Styles and scripts are there.")
    else:
        yield Line("static files", BAD, f"There are none in {settings.STATIC_ROOT}.", "Run manage.py collectstatic.")


def _fonts() -> Found:
    program = shutil.which("fc-list")
    listed = ""
    if program is not None:
        done = subprocess.run([program, ":lang=zh"], capture_output=True, text=True, check=False)  # noqa: S603
        listed = done.stdout.strip()
    if listed:
        yield Line("fonts", OK, "There are fonts for Chinese.")
    else:
        yield Line(
            "fonts", WARN, "There is no font for Chinese on this machine: printed papers would show empty boxes.",
            "Install one (Debian: fonts-noto-cjk).",
        )  # fmt: skip


def _evidence(now: datetime) -> Found:
    """Whether the files that show what was done lie where their rows say, and no others."""
    known = dict(Evidence.objects.exclude(file_key="").values_list("file_key", "file_size"))
    lying = shown_files.lying()
    lost = [key for key, size in known.items() if key not in lying or shown_files.path_of(key).stat().st_size != size]
    stray = lying - known.keys()
    if lost:
        yield Line(
            "evidence", BAD, f"{len(lost)} of {len(known)} files of evidence are gone or cut short.",
            f"Bring {shown_files.folder()} back from a backup.",
        )  # fmt: skip
    elif stray:
        yield Line(
            "evidence", WARN, f"{len(stray)} files of evidence belong to nothing: writing them was cut short.",
            f"They may be deleted from {shown_files.folder()}.",
        )  # fmt: skip
    else:
        yield Line("evidence", OK, f"{len(known)} files of evidence are in place.")


def _broker() -> Found:
    url = settings.BROKER_URL
    if url.startswith(("filesystem:", "memory:")):
        yield Line("broker", OK, "A folder; no server is needed.")
        return
    try:
        with Connection(url, connect_timeout=3) as tried:
            tried.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # noqa: BLE001 - each transport raises errors of its own
        yield Line(
            "broker", WARN, f"It does not answer: {_first(error)} The sweep does its work meanwhile, only later.",
            "Start Redis or RabbitMQ, or mend BROKER_URL.",
        )  # fmt: skip
    else:
        yield Line("broker", OK, "It answers.")


def _mail_server() -> Found:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        name = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
        yield Line("mail server", WARN, f"None is set: mails go to “{name}”.", "Set EMAIL_URL (see .env.example).")
        return
    tried = get_connection(timeout=5)
    try:
        tried.open()
        tried.close()
    except OSError as error:
        yield Line(
            "mail server", BAD, f"{settings.EMAIL_HOST} does not take mail: {_first(error)}",
            "Mend EMAIL_URL, or the mail server. What could not be sent is tried again eight times.",
        )  # fmt: skip
    else:
        yield Line("mail server", OK, f"{settings.EMAIL_HOST} takes mail.")


# --- the database ---------------------------------------------------------------------------------------------------


def _database(now: datetime) -> Found:
    wrong = checks.run_checks(tags=["database"], databases=["default"])
    for one in wrong:
        yield Line("database", BAD if one.is_serious() else WARN, str(one.msg), one.hint or "")
    if not wrong:
        yield Line("database", OK, f"{connection.display_name} answers.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - now)
        if apart > APART:
            yield Line(
                "clock", BAD, f"This machine's clock and the database's are {apart.total_seconds():.0f} s apart.",
                "Let both follow a time server (systemd-timesyncd, chrony).",
            )  # fmt: skip


def _schema(now: datetime) -> Found:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        yield Line("migrations", BAD, f"{waiting} wait to be applied.", "Make a backup, then run manage.py migrate.")
    else:
        yield Line("migrations", OK, "All are applied.")


def _guards(now: datetime) -> Found:
    gone = guards.missing()
    if gone:
        yield Line("guards", BAD, f"Missing in the database: {', '.join(gone)}.", "Run manage.py migrate.")
    else:
        yield Line("guards", OK, "All triggers stand.")


def _grants(now: datetime) -> Found:
    differ = len(access.differences())
    if differ:
        yield Line("access", BAD, f"{differ} grants differ from seats and memberships.", "Run manage.py sync_access.")
    else:
        yield Line("access", OK, "Grants equal seats and memberships.")


def _organisation(now: datetime) -> Found:
    if not Organisation.objects.exists():
        yield Line(
            "organisation", WARN, "Nobody has started an organisation here.",
            "Run manage.py setup_code, and open /setup/ with the code that it prints.",
        )  # fmt: skip
        return
    yield Line("organisation", OK, "There is one.")
    last = CalendarDay.objects.aggregate(last=Max("day"))["last"]
    if last is None or last < (now + timedelta(days=365)).date():
        yield Line("calendars", WARN, f"Working days are known until {last} only.", "Run manage.py migrate.")
    newest = JournalEntry.objects.aggregate(last=Max("at"))["last"]
    if newest is not None and newest > now + timedelta(minutes=1):
        yield Line(
            "clock", BAD, f"The journal has an entry of {newest:%Y-%m-%d %H:%M} UTC, which is still to come.",
            "Set the clock of this machine right, and see who set it wrong.",
        )  # fmt: skip


def _journal(now: datetime) -> Found:
    last = Seal.objects.order_by("-pk").first()
    if last is not None:
        before = Seal.objects.filter(following=last.pk).values_list("digest", flat=True).first() or ""
        told = chain.said([last.entry_id])
        if not told or link(before, told[0], settings.JOURNAL_KEY) != last.digest:
            yield Line(
                "journal", BAD, "The last seal does not fit: the journal was changed, or JOURNAL_KEY was.",
                "Set the JOURNAL_KEY that it was sealed with; if it is that one, run manage.py verify_journal.",
            )  # fmt: skip
            return
    oldest = Unsealed.objects.aggregate(at=Min("entry__at"))["at"]
    if oldest is not None and oldest < now - LATE:
        yield Line(
            "journal", BAD, f"Entries wait to be sealed since {oldest:%Y-%m-%d %H:%M} UTC.",
            "Start the sweep: manage.py run_sweep --loop (systemctl start keep-sweep).",
        )  # fmt: skip
    else:
        yield Line("journal", OK, f"{last.pk if last else 0} entries are sealed.")
    head = chain.last_head()
    if last is not None and (head is None or head.at < now - HEAD_AGE):
        when = f"The last head left on {head.at:%Y-%m-%d}." if head else "No head has left the database yet."
        yield Line(
            "journal head", WARN, when,
            f"Let the sweep run, and see that it can write {settings.JOURNAL_HEADS}; set JOURNAL_HEADS_TO to mail it.",
        )  # fmt: skip
    elif head is not None:
        yield Line("journal head", OK, f"The last one left on {head.at:%Y-%m-%d}.")


def _sweep(now: datetime) -> Found:
    state = outbox.outbox_state(now)
    rung = Duty.objects.filter(closed_at=None).aggregate(at=Min("next_at"))["at"]
    due = [
        moment for moment in (rung, state.oldest_at if state.hold is None else None) if moment and moment < now - LATE
    ]
    if due:
        yield Line(
            "sweep", BAD, f"Something is due since {min(due):%Y-%m-%d %H:%M} UTC and nobody has done it.",
            "Start the sweep: manage.py run_sweep --loop (systemctl start keep-sweep), and read its log.",
        )  # fmt: skip
    else:
        yield Line("sweep", OK, "Nothing that is due waits.")
    waits = outbox.due_since(now)
    if waits is not None and waits < now - outbox.UNREADY:
        minutes = int((now - waits).total_seconds() // 60)
        yield Line(
            "oldest message", BAD, f"The oldest due message waits for {minutes} minutes; /readyz answers 503.",
            "Start the sweep, and see what the mail server says: /outbox/.",
        )  # fmt: skip
    else:
        yield Line("oldest message", OK, "No due message waits for longer than five minutes.")
    if state.failed:
        yield Line(
            "outbox", WARN, f"{state.failed} messages could not be handed over.", "See /outbox/ for what was answered."
        )
    else:
        yield Line("outbox", OK, "No message was given up.")
    if state.closed_addresses:
        yield Line(
            "addresses", WARN, f"{state.closed_addresses} addresses are closed: their servers say that they are none.",
            "Each person is told when they sign in. Was it the mail server's own fault? Then /outbox/ opens them all.",
        )  # fmt: skip
    else:
        yield Line("addresses", OK, "No address is closed.")


def _held(now: datetime) -> Found:
    hold = outbox.held()
    if hold is not None:
        yield Line(
            "mail", WARN, f"All mail is held since {hold.since:%Y-%m-%d %H:%M} UTC: {hold.reason}",
            "Say what becomes of it: manage.py outbox --resend, or --skip.",
        )  # fmt: skip
    beyond = outbox.held_back(now).count()
    if beyond:
        yield Line(
            "messages", WARN, f"{beyond} messages are held back: one run made more than it may let out.",
            "See /outbox/ by which rule, and let them go or drop them; otherwise they go out over the next days.",
        )  # fmt: skip
