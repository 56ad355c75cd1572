"""What the outbox is compared with: one Celery task a notification, which reads it, says it, and keeps that it did."""

from celery import shared_task
from django.apps import apps
from django.core.mail import EmailMessage
from django.utils import timezone

from config.celery import app

__all__ = ["app", "tell"]


@shared_task(name="bench.one_task.tell")
def tell(key: int) -> None:
    # A worker loads this module before it knows its models.
    messages = apps.get_model("notifications", "Message")._default_manager
    deliveries = apps.get_model("notifications", "Delivery")._default_manager
    now = timezone.now()
    message = messages.select_related("subject", "person").get(pk=key)
    person = message.person
    if person is None:
        raise ValueError("the bench writes to people, not to seats")
    EmailMessage(subject=message.subject.title, body=message.kind, to=[person.email]).send()
    deliveries.create(message=message, person=person, channel="mail", mail_id=f"<{key}>", handed_at=now)
    messages.filter(pk=key).update(state="settled", settled_at=now)
