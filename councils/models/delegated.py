"""What was allocated without a meeting: by whom the charter lets allocate, or by the sponsor's signature."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    DELEGATED = "delegated", _("by delegation")
    SIGNED = "signed", _("by the sponsor's signature")


class DelegatedAllocation(models.Model):
    """An allocation that no meeting decided: what an owner asked for, from the council's envelope. Insert-only.

    It keeps the charter version by which it was judged, and the facts: the limits, and what was used of them.
    """

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="delegated_allocations")
    item = models.OneToOneField("councils.AgendaItem", models.PROTECT, related_name="delegated_allocation")
    about = models.ForeignKey("governance.Subject", models.PROTECT, related_name="+")
    way = models.CharField(max_length=9, choices=Way.choices)
    role = models.CharField(max_length=7, help_text=_("As the charter names it: chair, head or sponsor."))
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    amount = models.BigIntegerField(help_text=_("Minor units."))
    currency = models.CharField(max_length=3)
    charter_version = models.ForeignKey("governance.CharterVersion", models.PROTECT, related_name="+")
    facts = models.JSONField(help_text=_("The limits that held, and what was used of them."))
    statement = models.TextField(help_text=_("The sentence that was signed."))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="what_is_delegated_allocates_something"),
        ]
        indexes = [models.Index(fields=["council", "-id"], name="delegated_by_council")]

    def __str__(self) -> str:
        return f"{self.amount} to {self.about_id}"
