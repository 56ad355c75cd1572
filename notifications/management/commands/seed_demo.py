"""Load the demo organisation into an empty installation."""

import json
import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from actions.models import ActionItem, Feedback
from governance.models import Organisation, Person
from notifications.demo import cast
from notifications.demo.script import Script
from notifications.demo.story import tell
from notifications.models import Delivery

ACCOUNTS = (
    ("CX lead and administrator", cast.LEAD),
    ("Council chair", cast.CHAIR),
    ("Champion", cast.CHAMPION),
    ("Executive sponsor", cast.SPONSOR),
)
STORY = (
    f"Sign in as the champion, {cast.CHAMPION}: home says what she owes. Take on “Tell customers what “residual value” "
    "means” with a date, and tap where “Text customers at each step of a motor claim” stands.",
    "Open Feedback, then the theme “Claim status”: what customers said this week. Answer it for Claims in a sentence.",
    f"In another browser sign in as the council chair, {cast.CHAIR}: open today's meeting of the CX Governance Council "
    "and mark who is here. Five of the nine seats, the chair among them, are a quorum; take one away and see what a "
    "vote is worth.",
    "Decide on “App sign-in”: an action for the champion of Digital & App, a date, and €3,999. Then try €4,001 on the "
    "next item: it becomes a referral to the Executive Committee, and nothing is allocated.",
    "As the chair open “A move reported once moves every policy”: it was sent back once and is said to be done again. "
    "Look at the evidence and verify it, or say what is missing.",
    f"Sign in as the executive sponsor, {cast.SPONSOR}: the executive review shows each department's open work: "
    "late, blocked, without a date or money. Every number opens its list; “What happens next” says who is asked, when.",
    f"As the CX lead, {cast.LEAD}, look at Seats: the Broker Network has no champion since somebody left. Seat one, "
    "and see what the seat owes move with it. Look at the Journal for how all this came about.",
)


class Command(BaseCommand):
    help = "Loads Harbourline Mutual, with people, councils, feedback and promises, into an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing, and say nothing, when there is one")
        parser.add_argument("--json", action="store_true", help="print log-ins and the story as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There is an organisation already. The demo goes only into an empty installation.")
        passwords = {name: secrets.token_urlsafe(12) for _role, name in ACCOUNTS}
        # Five months of mails are not sent again; their deliveries stand in the inboxes all the same.
        sends, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
        try:
            with transaction.atomic():
                tell(Script(timezone.now()), passwords=passwords)
        finally:
            settings.EMAIL_BACKEND = sends
        accounts = _accounts(passwords)
        if options["json"]:
            self.stdout.write(json.dumps({"accounts": accounts, "story": list(STORY)}, ensure_ascii=False))
            return
        self.stdout.write(
            f"{cast.NAME}: {Person.objects.count()} people, {ActionItem.objects.count()} actions, "
            f"{Feedback.objects.count()} voices, {Delivery.objects.count()} messages handed over."
        )
        for account in accounts:
            self.stdout.write("  {role}: {email}  {password}".format(**account))


def _accounts(passwords: dict[str, str]) -> list[dict[str, str]]:
    people = {person.name: person for person in Person.objects.filter(name__in=passwords)}
    return [
        {"role": role, "email": people[name].email, "password": passwords[name], "name": name}
        for role, name in ACCOUNTS
    ]
