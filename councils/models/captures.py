"""What is captured while people talk."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils import oneline
from governance.models import Versioned


class CaptureKind(models.TextChoices):
    NOTE = "note", _("note")
    DECISION = "decision", _("decision")
    ACTION = "action", _("action")
    PARKED = "parked", _("parked question")


class Capture(Versioned):
    """A line of the record as it was typed in the room: its kind can change until something came of it.

    A decision is a motion that waits for its vote; an action waits for the decision that commissions it; a parked
    question goes to the backlog when the meeting closes.
    """

    meeting = models.ForeignKey("councils.Meeting", models.PROTECT, related_name="captures")
    item = models.ForeignKey("councils.AgendaItem", models.PROTECT, null=True, blank=True, related_name="captures")
    kind = models.CharField(max_length=8, choices=CaptureKind.choices)
    text = models.TextField(_("what was said"))
    seat = models.ForeignKey("governance.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    asked_for = models.DateField(_("date asked for"), null=True, blank=True)
    amount = models.BigIntegerField(default=0, help_text=_("Minor units."))
    needs_none = models.BooleanField(default=False, help_text=_("An action that was said to need nothing."))
    made_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    result = models.ForeignKey(
        "governance.Subject", models.PROTECT, null=True, related_name="+", help_text=_("What came of it.")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_captured_amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(result=None), name="what_something_came_of_is_not_undone"
            ),
            models.CheckConstraint(
                condition=~Q(kind="action") | Q(seat__isnull=False) | Q(result=None),
                name="an_action_has_a_seat_before_it_is_commissioned",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "made_at"], name="captures_of_a_meeting")]

    @property
    def text_of_action(self) -> str:
        """What is to be done, without the signs that say who, by when and how much."""
        return oneline.read(self.text).what

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:40]}"
