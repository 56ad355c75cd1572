"""Check-ins: a sponsor looked in on a council, and wrote down what came of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CheckIn(models.Model):
    """A sponsor spoke with a council that they sponsor, and notes what was said."""

    sponsor = models.ForeignKey("governance.ExecutiveSponsor", models.PROTECT, related_name="checkins")
    subject = models.ForeignKey(
        "governance.Subject", models.PROTECT, related_name="checkins", help_text=_("The council.")
    )
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(_("what was said"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="a_check_in_says_something")]
        indexes = [models.Index(fields=["subject", "-id"], name="check_in_of_a_council")]

    def __str__(self) -> str:
        return f"{self.sponsor_id} with {self.subject_id}"
