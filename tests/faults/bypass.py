"""What Keep would be without its outbox: a deed sends a task, and the task sends the mail.

It shows that the faults of this folder can lose something: the same kills, the same count.
"""

from celery import shared_task
from django.core.mail import EmailMessage

from config.celery import app

__all__ = ["app", "tell"]


@shared_task(name="tests.faults.bypass.tell")
def tell(to: str, mark: str) -> None:
    EmailMessage(subject=f"Promise {mark}", body=mark, to=[to]).send()
