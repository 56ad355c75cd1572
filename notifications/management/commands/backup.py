"""Write a backup: database, files and the heads of the journal in one archive."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from governance.errors import DomainError
from governance.services import backups


class Command(BaseCommand):
    help = "Writes database, uploads and the journal's heads into one archive, while Keep goes on working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="where to; otherwise DATA_DIR/backups/keep-<moment>.tar.gz")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        target = Path(options["file"] or settings.DATA_DIR / "backups" / f"keep-{now:%Y%m%d-%H%M%S}.tar.gz").absolute()
        try:
            with tqdm(unit="parts", disable=options["json"] or not sys.stderr.isatty()) as bar:

                def show(name: str, place: int, total: int) -> None:
                    bar.total = total + 1
                    bar.update(place + 1 - bar.n)

                manifest = backups.write(target, now=now, progress=show)
        except (DomainError, OSError) as error:
            raise CommandError(f"No backup was written. {error}") from error
        size = target.stat().st_size
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "file": str(target),
                        "bytes": size,
                        "engine": manifest.engine,
                        "version": manifest.version,
                        "seals": manifest.seals,
                        "files": sum(name.startswith("files/") for name in manifest.sums),
                    }
                )
            )
            return
        self.stdout.write(
            f"{target}: {size / 1e6:.1f} MB, {len(manifest.sums)} parts, {manifest.seals} seals.\n"
            f"JOURNAL_KEY (fingerprint {manifest.journal_key}) is not in it: keep it apart, or the journal can never be"
            " verified again.\nThe archive holds personal data and is not encrypted."
        )
