"""What workers are woken up for. The database says what is due, so a task may run twice, or not at all."""

from celery import shared_task
from django.utils import timezone

from notifications.services import keeping, outbox
from notifications.services import sweep as sweeping


@shared_task(name="notifications.tasks.sweep")
def sweep() -> None:
    """Let due rungs fall and hear what happened."""
    sweeping.sweep(timezone.now())


@shared_task(name="notifications.tasks.drain")
def drain() -> None:
    """Hand over what waits in the outbox."""
    outbox.drain(timezone.now())


@shared_task(name="notifications.tasks.keep")
def keep() -> None:
    """Seal what the journal recorded, and once a day let the head leave."""
    keeping.keep(timezone.now())
