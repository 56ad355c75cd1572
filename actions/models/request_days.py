"""Another day for what two departments agreed on: proposed by one side, answered by the other."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models.dates import DateAnswer


class ProposedBy(models.TextChoices):
    """The sides of ``actions.requesting`` that agree on days."""

    ASKING = "asking", _("whoever asked")
    ASKED = "asked", _("whoever was asked")


class RequestDay(models.Model):
    """One side of an agreed request says which other day it can keep or needs, and why; the other side answers.

    The first agreed day stays in the request for ever. Until it is answered the day that holds stays.
    """

    request = models.ForeignKey("actions.Request", models.PROTECT, related_name="days")
    instead_of = models.DateField(help_text=_("The day that held when it was proposed."))
    day = models.DateField(_("day proposed"))
    reason = models.TextField(_("why"))
    side = models.CharField(max_length=6, choices=ProposedBy.choices)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=DateAnswer.choices, blank=True, default="")
    said = models.TextField(blank=True, default="", help_text=_("What was answered."))
    answered_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(answer=""), name="another_day_is_proposed_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("by")), name="nobody_answers_their_own_proposal"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answered_proposal_has_a_moment",
            ),
            models.CheckConstraint(condition=~Q(day=F("instead_of")), name="another_day_is_another_day"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.day} instead of {self.instead_of}"
