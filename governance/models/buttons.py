"""Buttons: one answer that one person may give from a mail, without signing in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ButtonEnd(models.TextChoices):
    PRESSED = "pressed", _("pressed")
    OVERTAKEN = "overtaken", _("another link for the same was pressed")
    REVOKED = "revoked", _("revoked")


class Button(models.Model):
    """A link that somebody was sent, good for one answer. The address is not kept, only its digest."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40, help_text=_("Which answer, as governance.buttons declares it."))
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="buttons")
    subject = models.ForeignKey("governance.Subject", models.PROTECT, null=True, related_name="+")
    duty = models.ForeignKey("governance.Duty", models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(
        "governance.Seat",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("For which seat it is answered: it ends once somebody else answers for that."),
    )
    owed_by = models.ForeignKey(
        "governance.Seat",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Which seat owed the duty when it was sent; handed on, it ends."),
    )
    due_on = models.DateField(null=True, help_text=_("By when that was owed; another day ends it."))
    facts = models.JSONField(default=dict)
    sent_to = models.EmailField(help_text=_("Where it went; another address of the person ends it."))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=9, choices=ButtonEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="a_button_ends_somehow",
            ),
        ]
        indexes = [models.Index(fields=["person", "purpose"], condition=Q(ended_at=None), name="button_open_by_person")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
