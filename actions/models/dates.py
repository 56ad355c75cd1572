"""Another day that was asked for: the way from one promise to the next."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DateAnswer(models.TextChoices):
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    # The work was done, dropped or given away, or another date came first.
    OVERTAKEN = "overtaken", _("overtaken")


class DateRequest(models.Model):
    """An owner says before the day passes, or after it, which later day can be kept, and somebody else answers."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="date_requests")
    promise = models.ForeignKey("actions.Promise", models.PROTECT, related_name="requests", help_text=_("To be moved."))
    due_on = models.DateField(_("day asked for"))
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_on = models.DateField(help_text=_("The day on which it was asked for, by the seat's calendar."))
    asked_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        "governance.Seat", models.PROTECT, null=True, related_name="+", help_text=_("Empty: the council.")
    )
    item = models.ForeignKey("councils.AgendaItem", models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=9, choices=DateAnswer.choices, blank=True, default="")
    said = models.TextField(blank=True, default="", help_text=_("What was answered."))
    answered_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(answer="", item=None), name="another_day_is_asked_for_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(approver=None, item__isnull=False) | Q(approver__isnull=False, item=None),
                name="a_seat_or_the_council_is_asked_for_a_day",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")),
                name="nobody_answers_their_own_request_for_a_day",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answered_day_has_a_moment",
            ),
            models.CheckConstraint(condition=~Q(answer="refused") | ~Q(said=""), name="a_refused_day_has_its_sentence"),
        ]
        indexes = [models.Index(fields=["action", "promise"], name="day_asked_for_by_action")]

    def __str__(self) -> str:
        return f"{self.action_id} asked for {self.due_on}"
