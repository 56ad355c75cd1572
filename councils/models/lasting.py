"""What lasts of a decision: what it was decided on, when it is looked at again, what took its place."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DecisionEvidence(models.Model):
    """What a decision was based on: by reference, with the words as they were when it was decided."""

    decision = models.ForeignKey("councils.Decision", models.PROTECT, related_name="evidence")
    key = models.CharField(max_length=60, help_text=_("What it is, as the registry of evidence names it."))
    label = models.CharField(max_length=80, help_text=_("Its kind, in words."))
    words = models.TextField(help_text=_("As they were when it was decided."))
    about = models.ForeignKey(
        "governance.Subject", models.PROTECT, related_name="+", help_text=_("Whoever may see it may read the words.")
    )

    class Meta:
        verbose_name_plural = _("evidence")
        constraints = [models.UniqueConstraint(fields=["decision", "key"], name="evidence_is_named_once")]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.key}"


class DecisionReview(models.Model):
    """A look at a standing decision: what was found, and until when it stands; without a day it needs none any more."""

    decision = models.ForeignKey("councils.Decision", models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    finding = models.TextField(_("what was found"))
    next_on = models.DateField(_("reviewed again on"), null=True)

    class Meta:
        indexes = [models.Index(fields=["decision", "-id"], name="reviews_of_a_decision")]

    def __str__(self) -> str:
        return f"{self.decision_id} reviewed, next {self.next_on}"


class Supersession(models.Model):
    """A decision took the place of another. Both stay as they were written."""

    old = models.ForeignKey("councils.Decision", models.PROTECT, related_name="superseded_by")
    new = models.ForeignKey("councils.Decision", models.PROTECT, related_name="supersedes")
    at = models.DateTimeField()
    lapsed_at = models.DateTimeField(null=True, help_text=_("When the newer decision was taken back as a slip."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old"], condition=Q(lapsed_at=None), name="a_decision_is_superseded_by_one"
            ),
            models.CheckConstraint(condition=~Q(old=F("new")), name="a_decision_does_not_supersede_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.new_id} instead of {self.old_id}"
