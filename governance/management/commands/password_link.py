"""``manage.py password_link EMAIL``: a link to a new password, where no mail server can send one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.models import Person
from governance.services.invitations import reset_link


class Command(BaseCommand):
    help = "Print a link with which one person chooses a password. Hand it to nobody else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError("Nobody here has this address.")
        self.stdout.write(reset_link(person=person, now=timezone.now()))
