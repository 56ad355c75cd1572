"""Print a one-time code for an empty installation."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from governance.errors import Conflict
from governance.services.organisation import issue_setup_code


class Command(BaseCommand):
    help = "Prints the one-time code with which the first person starts the organisation. Prints nothing when it was."

    def handle(self, *args: Any, **options: Any) -> str | None:
        try:
            return issue_setup_code(now=timezone.now())
        except Conflict as error:
            self.stderr.write(str(error))
            return None
