"""Help that was asked for: an escalation is a request for help, and is answered as one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    HELPED = "helped", _("help is given")
    MOVED = "moved", _("the date may move")
    RESOURCED = "resourced", _("a resource is found")
    NOT_NOW = "not_now", _("not now, because")


class HelpRequest(models.Model):
    """A seat is asked to help with what another seat owes: by a rung of the ladder, or by somebody who needs it now."""

    duty = models.ForeignKey("governance.Duty", models.PROTECT, related_name="help_requests")
    asked = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+", help_text=_("Whose help."))
    asked_at = models.DateTimeField()
    due_on = models.DateField(null=True, help_text=_("The day that was owed when help was asked for."))
    position = models.PositiveSmallIntegerField(null=True, help_text=_("The rung; empty: a person asked."))
    turn = models.PositiveSmallIntegerField(default=0, help_text=_("Whose rung, as of the firing."))
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    words = models.TextField(blank=True, default="", help_text=_("What would help, in the words of who asked."))
    passed_to = models.ForeignKey(
        "governance.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The deputy to whom whoever was asked passed it on; they answer it too."),
    )
    answer = models.CharField(max_length=9, choices=Answer.choices, blank=True, default="")
    said = models.TextField(blank=True, default="", help_text=_("What was answered."))
    answered_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "turn", "position"],
                condition=Q(position__isnull=False),
                name="a_rung_asks_for_help_once",
            ),
            models.UniqueConstraint(
                fields=["duty", "asked"],
                condition=Q(position=None, answered_at=None),
                name="help_is_asked_of_a_seat_once_until_it_answers",
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=False) | Q(by__isnull=False), name="a_rung_or_a_person_asks_for_help"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answered_by=None)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="an_answer_has_a_person_and_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["asked"], condition=Q(answered_at=None), name="help_unanswered_by_seat")]

    def __str__(self) -> str:
        return f"help with {self.duty_id} asked of {self.asked_id}"
