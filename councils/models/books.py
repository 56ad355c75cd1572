"""The books: envelopes that a council may commit, and every movement of money between accounts.

A posting is one row with two lines, *from* and *to*: it cannot be out of balance. Balances are kept by the
database (a trigger on postings, ``councils.sql.guards``) and a check forbids what would go below nothing.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import SubjectModel, SubjectQuerySet


class Envelope(SubjectModel):
    """What a council may commit, granted by its parent body or, at the root, by a sponsor's signature."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="envelopes")
    currency = models.CharField(max_length=3)
    opens_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)
    statement = models.TextField(help_text=_("The sentence that was signed."))
    signed_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    signed_for = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    objects = SubjectQuerySet.as_manager()


class AccountKind(models.TextChoices):
    GRANTOR = "grantor", _("the grantor")
    FREE = "free", _("free in the envelope")
    ALLOCATION = "allocation", _("allocated")
    SPENT = "spent", _("spent")


class Account(models.Model):
    """A pot of one envelope: free, allocated to one subject, or spent on it."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    subject = models.ForeignKey("governance.Subject", models.PROTECT, null=True, related_name="accounts")
    balance = models.BigIntegerField(default=0, help_text=_("Minor units; kept by the database."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["envelope", "kind"], condition=Q(subject=None), name="an_envelope_has_an_account_once"
            ),
            models.UniqueConstraint(
                fields=["envelope", "kind", "subject"],
                condition=Q(subject__isnull=False),
                name="a_subject_has_an_account_once",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0) | Q(kind="grantor"), name="no_account_goes_below_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.kind}"


class Posting(models.Model):
    """One movement between two accounts of an envelope. Insert-only."""

    source = models.ForeignKey(Account, models.PROTECT, related_name="out")
    target = models.ForeignKey(Account, models.PROTECT, related_name="into")
    amount = models.BigIntegerField(help_text=_("Minor units, more than nothing."))
    at = models.DateTimeField()
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey("councils.Decision", models.PROTECT, null=True, related_name="postings")
    memo = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_posting_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_posting_moves_between_two_accounts"),
        ]
        indexes = [models.Index(fields=["target", "-id"], name="posting_into")]

    def __str__(self) -> str:
        return f"{self.amount} {self.source_id} to {self.target_id}"
