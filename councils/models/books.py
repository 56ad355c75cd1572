"""The books: envelopes that a council may commit, and every movement between their accounts.

A posting is one row with two lines, *from* and *to*: it cannot be out of balance. Balances are asked of the postings
and stored nowhere. Whoever moves something locks the envelope's row first; triggers (``councils.sql.guards``) refuse
what would go below nothing and what comes after an envelope is closed.
"""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from governance.models import FewQuerySet, SubjectModel


class Unit(models.TextChoices):
    MONEY = "money", _("money")
    TIME = "time", _("person-time")


class Rest(models.TextChoices):
    """What became of what was left when an envelope was closed."""

    LAPSED = "lapsed", _("lapsed")
    CARRIED = "carried", _("carried over")


class Envelope(SubjectModel):
    """What a council may commit in a period, granted by its parent body or, at the root, by a sponsor's signature."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="envelopes")
    unit = models.CharField(max_length=5, choices=Unit.choices, default=Unit.MONEY)
    currency = models.CharField(max_length=3, blank=True, help_text=_("Of money, and one alone; person-time has none."))
    opens_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)
    statement = models.TextField(help_text=_("The sentence that was signed."))
    signed_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    signed_for = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    rest = models.CharField(max_length=7, choices=Rest.choices, blank=True)
    carried_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="carried_from")

    objects = FewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(unit="time") & Q(currency="")) | (Q(unit="money") & ~Q(currency="")),
                name="an_envelope_holds_one_currency_or_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, rest="", carried_into=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, rest="lapsed", carried_into=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, rest="carried", carried_into__isnull=False),
                name="a_closed_envelope_says_what_became_of_its_rest",
            ),
        ]

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class AccountKind(models.TextChoices):
    GRANTOR = "grantor", _("the grantor")
    FREE = "free", _("free in the envelope")
    ALLOCATION = "allocation", _("allocated")
    SPENT = "spent", _("spent")
    OVERRUN = "overrun", _("overrun")


class AccountQuerySet(models.QuerySet["Account"]):
    def weighed(self) -> "AccountQuerySet":
        """With ``balance``: what came in less what went out."""
        return self.annotate(balance=_sum("target") - _sum("source"))


def _sum(side: str) -> Coalesce:
    rows = Posting.objects.filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(rows.annotate(total=Sum("amount")).values("total")), 0)


class Account(models.Model):
    """A pot of one envelope: free, or allocated to one thing, spent on it, or owed for it (its overrun).

    None goes below nothing but the grantor's, which granted, and an overrun, which is a debt and never above nothing.
    """

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    subject = models.ForeignKey("governance.Subject", models.PROTECT, null=True, related_name="accounts")

    objects = AccountQuerySet.as_manager()

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
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.kind}"


class Why(models.TextChoices):
    """Why something moved between the grantor and an envelope after it was granted."""

    LAPSED = "lapsed", _("lapsed")
    CARRIED = "carried", _("carried over")
    TRANSFERRED = "transferred", _("transferred")
    COVERED = "covered", _("overrun covered by the grantor")


class Spending(models.Model):
    """What an action was spent on, once: how much, on which day, for what. A mistake is reversed, never changed."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="spending")
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="spending")
    amount = models.BigIntegerField(help_text=_("Minor units, or minutes."))
    overrun = models.BigIntegerField(default=0, help_text=_("How much of it was beyond the allocation when posted."))
    on = models.DateField(_("day"))
    what = models.CharField(_("what for"), max_length=200)
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    external_reference = models.CharField(_("external reference"), max_length=80, blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("spending")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="spending_is_more_than_nothing"),
            models.CheckConstraint(
                condition=Q(overrun__gte=0, overrun__lte=F("amount")), name="an_overrun_is_part_of_its_spending"
            ),
            models.UniqueConstraint(
                fields=["envelope", "external_reference"],
                condition=Q(reverses=None, reversed_at=None) & ~Q(external_reference=""),
                name="an_external_reference_is_posted_once",
            ),
        ]
        indexes = [models.Index(fields=["subject", "-id"], name="spending_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.amount} on {self.subject_id}"

    @property
    def counts(self) -> bool:
        """Whether it stands: neither reversed nor the reversal of another."""
        return self.reverses_id is None and self.reversed_at is None


class Posting(models.Model):
    """One movement between two accounts of an envelope. Insert-only."""

    source = models.ForeignKey(Account, models.PROTECT, related_name="out")
    target = models.ForeignKey(Account, models.PROTECT, related_name="into")
    amount = models.BigIntegerField(help_text=_("Minor units or minutes, more than nothing."))
    at = models.DateTimeField()
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey("councils.Decision", models.PROTECT, null=True, related_name="postings")
    delegated = models.ForeignKey("councils.DelegatedAllocation", models.PROTECT, null=True, related_name="postings")
    memo = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=11, choices=Why.choices, blank=True)
    spending = models.ForeignKey(Spending, models.PROTECT, null=True, related_name="postings")
    twin = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="continued_by",
        help_text=_("The movement out of another envelope that this one continues."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_posting_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_posting_moves_between_two_accounts"),
        ]
        indexes = [models.Index(fields=["target", "-id"], name="posting_into")]

    def __str__(self) -> str:
        return f"{self.amount} {self.source_id} to {self.target_id}"
