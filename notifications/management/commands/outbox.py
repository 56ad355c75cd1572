"""Say how the outbox stands; hold all mail, or end a hold."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.errors import DomainError
from notifications.queries.outbox import outbox_state
from notifications.services import capping, holding


class Command(BaseCommand):
    help = "Says how the outbox stands. After a restore all mail is held: --resend lets it go out, --skip does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deed = parser.add_mutually_exclusive_group()
        deed.add_argument("--hold", metavar="REASON", help="hand nothing over until --resend or --skip")
        deed.add_argument("--resend", action="store_true", help="let what was held go out")
        deed.add_argument("--skip", action="store_true", help="put what was held into the inboxes, and mail none of it")
        deed.add_argument("--release", action="store_true", help="let what the cap holds back go out now")
        deed.add_argument("--drop", action="store_true", help="say none of what the cap holds back")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        done: dict[str, Any] = {}
        try:
            if options["hold"]:
                holding.hold(reason=options["hold"], by=None, now=now)
            elif options["resend"]:
                done["resent"] = holding.resend(by=None, now=now)
            elif options["skip"]:
                done["skipped"] = holding.skip(by=None, now=now)
            elif options["release"]:
                done["released"] = capping.release(by=None, now=now)
            elif options["drop"]:
                done["dropped"] = capping.drop(by=None, now=now)
        except DomainError as error:
            raise CommandError(str(error)) from error
        state = outbox_state(now)
        if options["json"]:
            counts = {name: number for name, _label, number in state.counts}
            held = {"since": state.hold.since.isoformat(), "reason": state.hold.reason} if state.hold else None
            told = {"held": held, "held_back": state.held_back, "counts": counts, "overdue": state.overdue}
            self.stdout.write(json.dumps({**done, **told}))
            return
        for what, number in done.items():
            self.stdout.write(f"{number} messages {what}.")
        for _name, label, number in state.counts:
            self.stdout.write(f"{number:>8}  {label}")
        if state.hold is not None:
            self.stdout.write(
                f"All mail is held since {state.hold.since:%Y-%m-%d %H:%M} UTC: {state.hold.reason}\n"
                "Say outbox --resend to let it go out, or outbox --skip to put it into the inboxes alone."
            )
        for one in state.beyond:
            self.stdout.write(
                f"{one.messages} of “{one.kind}” are held back until {one.last_at:%Y-%m-%d %H:%M} UTC at the latest."
                " Say outbox --release to let them go now, or outbox --drop to say none of them."
            )
