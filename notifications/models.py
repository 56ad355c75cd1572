"""The outbox: what is to be said to whom, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications import reach


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("being handed over")
    SETTLED = "settled", _("handed over")
    DROPPED = "dropped", _("no longer wanted")
    FAILED = "failed", _("could not be handed over")


class Message(models.Model):
    """Something to be said once, addressed to a seat or a person; who reads it is decided at hand-over."""

    occurrence = models.CharField(max_length=120, unique=True, help_text=_("What happened, to whom: said once."))
    seat = models.ForeignKey("governance.Seat", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40, help_text=_("The rule that made it: selects sentence and urgency."))
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="messages")
    duty = models.ForeignKey("governance.Duty", models.PROTECT, null=True, related_name="messages")
    entry = models.ForeignKey("governance.JournalEntry", models.PROTECT, null=True, related_name="messages")
    facts = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.WAITING)
    token = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    reader = models.ForeignKey(
        "governance.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Who was found to read it, and whose mail it waits for; asked again at hand-over."),
    )
    held_at = models.DateTimeField(null=True, help_text=_("Since when the cap holds it back; until not_before."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False) | Q(person__isnull=False), name="a_message_is_addressed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"], condition=Q(state__in=["waiting", "claimed"]), name="message_to_hand_over"
            ),
            models.Index(
                fields=["reader", "not_before"],
                condition=Q(state__in=["waiting", "claimed"]),
                name="message_of_a_reader",
            ),
            models.Index(fields=["created_at"], name="message_of_a_run"),
            models.Index(fields=["held_at"], condition=Q(held_at__isnull=False), name="message_held_back"),
        ]

    def __str__(self) -> str:
        return self.occurrence


class Channel(models.TextChoices):
    INBOX = "inbox", _("inbox")
    MAIL = "mail", _("e-mail")


class Delivery(models.Model):
    """A message handed to one person by one channel; in the inbox it stays until read."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    mail_id = models.CharField(max_length=200, blank=True, help_text=_("Of the mail: stable over retries."))
    handed_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True, help_text=_("Until then it is not in the inbox."))
    error = models.CharField(max_length=300, blank=True)
    why = models.JSONField(
        default=dict,
        help_text=_("Why it reached this person: rule, rung, day, in what capacity, in which hours. Keys, no names."),
    )

    class Meta:
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["message", "person", "channel"], name="said_once_to_a_person_by_a_channel"),
        ]
        indexes = [
            models.Index(fields=["person", "channel", "-id"], name="delivery_inbox"),
            models.Index(fields=["handed_at"], condition=Q(channel="mail"), name="delivery_mailed"),
            models.Index(fields=["message"], condition=~Q(error=""), name="delivery_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} by {self.channel}"


class Cadence(models.TextChoices):
    DAILY = reach.DAILY, _("one digest a day")
    WEEKLY = reach.WEEKLY, _("one digest a week")
    AT_ONCE = reach.AT_ONCE, _("each thing at once")


class Preference(models.Model):
    """Whether one person wants mail, how often, and when."""

    person = models.OneToOneField("governance.Person", models.CASCADE, related_name="preference")
    wants_mail = models.BooleanField(_("send me e-mail"), default=True)
    from_hour = models.PositiveSmallIntegerField(_("not before (hour)"), default=8)
    until_hour = models.PositiveSmallIntegerField(_("not after (hour)"), default=18)
    cadence = models.CharField(_("how often"), max_length=7, choices=Cadence.choices, default=Cadence.DAILY)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=9)
    weekday = models.PositiveSmallIntegerField(_("day of a weekly digest"), default=0, help_text=_("0 is Monday."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_hour__lt=models.F("until_hour"), until_hour__lte=24), name="mail_hours_are_a_span"
            ),
            models.CheckConstraint(condition=Q(digest_hour__lte=23, weekday__lte=6), name="a_digest_has_its_hour"),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def hours(self, zone: str) -> reach.Hours:
        """What was chosen, by the clock of a zone."""
        return reach.Hours(zone, self.from_hour, self.until_hour, self.digest_hour, self.cadence, self.weekday)


class Wish(models.Model):
    """Whether one person wants one family of messages by one channel, where that is not as it comes."""

    person = models.ForeignKey("governance.Person", models.CASCADE, related_name="wishes")
    family = models.CharField(max_length=12)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    is_wanted = models.BooleanField()

    class Meta:
        verbose_name_plural = _("wishes")
        constraints = [
            models.UniqueConstraint(fields=["person", "family", "channel"], name="a_wish_is_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.family} by {self.channel}"


class Mute(models.Model):
    """A thing whose news one person does not want; what they owe or are asked about it still reaches them."""

    person = models.ForeignKey("governance.Person", models.CASCADE, related_name="mutes")
    subject = models.ForeignKey("governance.Subject", models.CASCADE, related_name="+")
    muted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "subject"], name="a_thing_is_muted_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} for {self.person_id}"


class CalendarFeed(models.Model):
    """The private calendar of one person, read by whoever has its address. Only a digest of that is kept."""

    person = models.OneToOneField("governance.Person", models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person)


class Mailing(models.Model):
    """A mail that one person gets once: the digest of a day, or the summary of a meeting."""

    person = models.ForeignKey("governance.Person", models.CASCADE, related_name="mailings")
    occasion = models.CharField(max_length=40, help_text=_("day:2026-11-27, or meeting: and its key."))
    mail_id = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "occasion"], name="an_occasion_is_mailed_once")]

    def __str__(self) -> str:
        return f"{self.occasion} for {self.person_id}"


class HoldEnd(models.TextChoices):
    RESENT = "resent", _("went out")
    SKIPPED = "skipped", _("went into the inboxes alone")


class MailHold(models.Model):
    """A time in which nothing was handed over: from a restore until an operator said what becomes of it."""

    since = models.DateTimeField()
    reason = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    ended_as = models.CharField(max_length=7, choices=HoldEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ended_as"], condition=Q(ended_at=None), name="mail_is_held_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="a_hold_ends_with_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"held since {self.since:%Y-%m-%d %H:%M}"
