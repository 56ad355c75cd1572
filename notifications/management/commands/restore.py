"""Restore a backup onto an empty machine; all mail is held afterwards."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import access
from governance.errors import DomainError
from governance.queries import chain
from governance.services import backups
from notifications.services import holding


class Command(BaseCommand):
    help = "Restores a backup onto an empty machine, migrates it, verifies the journal and holds all mail."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the archive that manage.py backup wrote")
        parser.add_argument("--check", action="store_true", help="only compare its checksums, restore nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        self.quiet = bool(options["json"])
        try:
            with backups.unpacked(Path(options["file"])) as (manifest, folder):
                self.tell(f"The archive is whole: {manifest.organisation or 'no organisation'}, {manifest.made_at}.")
                if not options["check"]:
                    backups.require_fitting(manifest)
                    self.tell("Putting database and files in place.")
                    backups.take_in(manifest, folder)
        except (DomainError, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        report: dict[str, Any] = {"made_at": manifest.made_at, "version": manifest.version, "engine": manifest.engine}
        if not options["check"]:
            report |= self._settle(manifest, timezone.now())
        if self.quiet:
            self.stdout.write(json.dumps(report))
        if report.get("misfit"):
            raise CommandError(f"Restored, but the journal does not fit its seals. {report['misfit']}")
        if not options["check"]:
            self.tell(
                f"{report['sealed']} entries fit their seals. All mail is held. Start Keep, look at /outbox/, and say"
                " what becomes of it there, or with: manage.py outbox --resend, or --skip."
            )

    def tell(self, sentence: str) -> None:
        if not self.quiet:
            self.stdout.write(sentence)

    def _settle(self, manifest: backups.Manifest, now: datetime) -> dict[str, Any]:
        """Bring what was taken in up to this release, hold its mail, and look whether it is what it was."""
        self.tell("Migrating.")
        call_command("migrate", verbosity=0)
        holding.hold(reason=f"Restored from the backup of {manifest.made_at[:16]} UTC.", by=None, now=now)
        added, removed = access.sync()
        self.tell("Verifying the journal.")
        # A head that left after the backup was made knows of entries that are lost: that is no tampering.
        verdict = chain.verify(heads=[head for head in chain.heads() if head.seals <= manifest.seals])
        return {
            "grants_added": added,
            "grants_removed": removed,
            "sealed": verdict.sealed,
            "waiting": verdict.waiting,
            "misfit": verdict.misfit.says if verdict.misfit else "",
            "mail": "held",
        }
