"""Let due rungs fall, hear what happened, hand over what waits: once, or every thirty seconds."""

import json
import signal
import threading
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from actions.services import uploads
from governance.models import Organisation
from notifications.services import keeping, outbox
from notifications.services.sweep import SweepReport, sweep

log = structlog.get_logger(__name__)

EVERY: float = settings.SWEEP_EVERY
"""Seconds between two sweeps of the loop."""


class Command(BaseCommand):
    help = "Lets due rungs fall, each once, and hands over what waits in the outbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", metavar="ISO-TIME", help="the moment to act at; without an offset, local time")
        parser.add_argument("--dry-run", action="store_true", help="only say which rungs would fall")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
        parser.add_argument("--loop", action="store_true", help="every 30 seconds, until it is told to stop")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["loop"]:
            if options["at"] or options["dry_run"]:
                raise CommandError("--loop acts now: leave out --at and --dry-run.")
            self._loop()
            return
        now = timezone.now()
        at = _moment(options["at"]) if options["at"] else now
        if at > now and not options["dry_run"] and not settings.TIME_TRAVEL:
            raise CommandError("This moment is still to come. Add --dry-run to see what would happen then.")
        started = time.monotonic()
        report = sweep(at, dry_run=options["dry_run"])
        handed_over = 0 if options["dry_run"] else outbox.drain(at)
        if not options["dry_run"]:
            keeping.keep(now)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(report, handed_over, time.monotonic() - started)))
        else:
            self._tell(report, handed_over)

    def _tell(self, report: SweepReport, handed_over: int) -> None:
        for rung in report.expected:
            onto = f", onto the agenda of {rung.onto}" if rung.onto else ""
            self.stdout.write(
                f"{rung.at:%Y-%m-%d %H:%M} UTC  {rung.reference} rung {rung.position} ({rung.target}) reaches"
                f" {rung.who or 'nobody'}, {rung.seat}{onto}"
            )
        fell = ", ".join(f"{number} {target}" for target, number in sorted(report.fell.items())) or "none"
        would = "would fall" if report.dry_run else "fell"
        self.stdout.write(f"At {report.at.isoformat()}: rungs that {would}: {fell}.")
        if not report.dry_run:
            self.stdout.write(
                f"{report.agenda_items} onto agendas, {report.heard} journal entries heard,"
                f" {handed_over} messages handed over, {report.errors} errors."
            )

    def _loop(self) -> None:
        """Sweep until told to stop; what goes wrong once is logged and tried again."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                tick(timezone.now())
            except Exception as error:
                log.error("sweep.failed", error=type(error).__name__, exc_info=not isinstance(error, DatabaseError))
                connection.close()
            stop.wait(EVERY)


def tick(now: datetime) -> None:
    """One turn of the loop; a line in the log where something happened."""
    uploads.forget(now=now)
    uploads.carry_on(now=now)
    report = sweep(now)
    handed_over = outbox.drain(now)
    sealed = keeping.keep(now)
    if report.did_something or handed_over or sealed:
        log.info(
            "sweep.done",
            fell=dict(report.fell),
            agenda_items=report.agenda_items,
            heard=report.heard,
            handed_over=handed_over,
            sealed=sealed,
            errors=report.errors,
        )


def _moment(text: str) -> datetime:
    """An ISO moment; without an offset it is on the organisation's clock. A day alone is its midnight."""
    try:
        found = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no ISO time. Write 2026-11-17T09:00, or 2026-11-17T09:00+01:00.") from error
    if not 2000 <= found.year <= 2199:
        raise CommandError(f"“{text}” lies too far away. Name a moment between 2000 and 2199.")
    if timezone.is_aware(found):
        return found
    organisation = Organisation.objects.select_related("calendar").first()
    return found.replace(tzinfo=ZoneInfo(organisation.zone if organisation else "UTC"))


def _as_json(report: SweepReport, handed_over: int, seconds: float) -> dict[str, Any]:
    return {
        "at": report.at.isoformat(),
        "dry_run": report.dry_run,
        "fell": dict(report.fell),
        "messages": report.messages,
        "agenda_items": report.agenda_items,
        "heard": report.heard,
        "handed_over": handed_over,
        "errors": report.errors,
        "seconds": round(seconds, 3),
        "rungs": [
            {
                "at": rung.at.isoformat(),
                "reference": rung.reference,
                "position": rung.position,
                "target": rung.target,
                "seat": rung.seat,
                "agenda_of": rung.onto,
            }
            for rung in report.expected
        ],
    }
