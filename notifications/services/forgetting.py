"""How long notifications keep who was told what."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from governance.retention import declare
from notifications.models import Channel, Delivery, Mailing, Message, MessageState

declare(
    "deliveries",
    says=_("Which mail went to whom, and what was read in the inbox"),
    days=180,
    due=lambda moment: Delivery.objects.filter(handed_at__lt=moment).exclude(channel=Channel.INBOX, read_at=None),
)
declare(
    "readers",
    says=_("Who was found to read what a seat was told, once no delivery of it is kept"),
    days=180,
    due=lambda moment: (
        Message.objects.filter(state__in=[MessageState.SETTLED, MessageState.DROPPED], settled_at__lt=moment)
        .exclude(reader=None)
        .exclude(Exists(Delivery.objects.filter(message=OuterRef("pk"))))
    ),
    blank={"reader": None},
)
declare(
    "mail_faults",
    says=_("What the mail server answered, which may name an address"),
    days=30,
    due=lambda moment: Delivery.objects.exclude(error="").filter(handed_at__lt=moment),
    blank={"error": ""},
)
declare(
    "mailings",
    says=_("On which day somebody had their digest"),
    days=90,
    due=lambda moment: Mailing.objects.filter(made_at__lt=moment),
)
