"""Compare the journal with its chain of seals, and name the first row that does not fit."""

import json
import re
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from governance.chain import Head
from governance.models import Seal
from governance.queries import chain

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


class Command(BaseCommand):
    help = "Says whether the journal is what it was; names the first row that was changed, removed or put in (exit 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], metavar="SEALS:DIGEST", help="a head from a mail, to compare as well"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        heads = _heads(options["head"])
        total = Seal.objects.count()
        with tqdm(total=total, unit="seals", disable=options["json"] or not sys.stderr.isatty()) as bar:
            verdict = chain.verify(heads=heads, progress=lambda done: bar.update(done - bar.n))
        if options["json"]:
            misfit = verdict.misfit
            told = None if misfit is None else {
                "kind": misfit.kind, "seal": misfit.seal, "entry": misfit.entry, "says": misfit.says
            }  # fmt: skip
            self.stdout.write(
                json.dumps(
                    {
                        "fits": misfit is None,
                        "sealed": verdict.sealed,
                        "waiting": verdict.waiting,
                        "erased": verdict.erased,
                        "heads": verdict.heads,
                        "misfit": told,
                    }
                )
            )
        if verdict.misfit is not None:
            raise CommandError(f"The journal does not fit its seals. {verdict.misfit.says}")
        if not options["json"]:
            self.stdout.write(
                f"{verdict.sealed} entries fit their seals; {verdict.waiting} wait to be sealed; the words of"
                f" {verdict.erased} were erased. Compared with {verdict.heads} heads that left the database."
            )
            if not verdict.heads:
                self.stdout.write(
                    f"No head has left yet ({settings.JOURNAL_HEADS}): an end that was cut off would not show."
                )


def _heads(given: list[str]) -> list[Head]:
    found = []
    for text in given:
        fits = _HEAD.fullmatch(text.strip())
        if fits is None:
            raise CommandError(
                f"“{text}” is no head. Write the number of seals, a colon and the 64 signs of the digest."
            )
        found.append(Head(int(fits[1]), fits[2], timezone.now()))
    try:
        return [*chain.heads(), *found]
    except ValueError as error:
        raise CommandError(
            f"The file of heads cannot be read: {error}. Compare {settings.JOURNAL_HEADS} with your mailed heads."
        ) from error
