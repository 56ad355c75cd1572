"""The journal: what happened, who did it, in which seat. Insert-only."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce


class JournalEntry(models.Model):
    """One intention carried out. Rows are never changed; their order of commit is the seal's business."""

    at = models.DateTimeField()
    event = models.CharField(max_length=60)
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="journal")
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    text_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [
            models.Index(fields=["subject", "-id"], name="journal_of_a_subject"),
            models.Index(fields=["event", "at"], name="journal_by_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class JournalText(models.Model):
    """Free words beside an entry, under a salted digest: they can be erased and the chain still verifies."""

    entry = models.OneToOneField(JournalEntry, models.PROTECT, primary_key=True, related_name="text")
    salt = models.CharField(max_length=32)
    body = models.TextField()

    def __str__(self) -> str:
        return f"text of {self.entry_id}"


class JournalMention(models.Model):
    """Another subject that an entry speaks of."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="mentions")
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="mentioned_in")
    role = models.CharField(max_length=20, default="about")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "subject", "role"], name="a_subject_is_mentioned_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.role} {self.subject_id}"


class Unheard(models.Model):
    """An entry that notifications has not listened to yet."""

    entry = models.OneToOneField(JournalEntry, models.PROTECT, primary_key=True, related_name="unheard")

    def __str__(self) -> str:
        return str(self.entry_id)


class Unsealed(models.Model):
    """An entry that is not yet in the chain of seals."""

    entry = models.OneToOneField(JournalEntry, models.PROTECT, primary_key=True, related_name="unsealed")

    def __str__(self) -> str:
        return str(self.entry_id)


class Seal(models.Model):
    """One link of the chain over the journal, appended by the sealer alone and numbered by it, from 1 without a gap."""

    entry = models.OneToOneField(JournalEntry, models.PROTECT, related_name="seal")
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="following")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("previous", Value(0)), name="a_chain_has_one_beginning_and_no_forks"),
            models.CheckConstraint(
                condition=Q(pk=1, previous=None) | Q(pk=F("previous") + 1), name="seals_are_numbered_without_a_gap"
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
