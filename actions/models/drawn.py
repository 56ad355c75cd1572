"""What became of promises and of answers, drawn up once a month: figures of groups are counted of this alone.

A projection: everything in it is found again from promises, duties and the journal (``actions/queries/record.py``).
"""

from django.db import models
from django.db.models import F, Q


class RecordDraw(models.Model):
    """The record of the twelve whole months before the one in which it was drawn up."""

    first_on = models.DateField()
    last_on = models.DateField(unique=True)
    begun_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, help_text="When it was whole; empty: it is being drawn up.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_on__lt=F("last_on")), name="a_draw_has_its_months"),
        ]

    def __str__(self) -> str:
        return f"until {self.last_on}"


class DrawnKind(models.TextChoices):
    PROMISE = "promise"
    ANSWER = "answer"


class DrawnEntry(models.Model):
    """One promise, or one answer owed to what was heard: it came to its end in those months, or ran when they ended.

    ``person`` is whose it was, so that groups of few people are told of nobody: it is read for nothing else.
    """

    draw = models.ForeignKey(RecordDraw, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=7, choices=DrawnKind.choices)
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="+")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=12, help_text="Of actions.reliability.Verdict.")
    slip = models.IntegerField(default=0, help_text="Calendar days after the first promised one.")
    given_on = models.DateField(help_text="When it was first promised, or the answer asked for.")
    settled_on = models.DateField(null=True, help_text="Empty: it was under way still.")

    class Meta:
        indexes = [models.Index(fields=["draw", "kind", "department"], name="drawn_by_department")]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.verdict}"
