"""Old action logs that a council brought along: every line kept as it was written, with what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActionLog(models.Model):
    """An old list of actions that a council took over; it can be withdrawn as a whole while nobody has answered."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="action_logs")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["council", "-id"], name="log_of_a_council")]

    def __str__(self) -> str:
        return f"{self.council_id} {self.at:%Y-%m-%d}"


class Fate(models.TextChoices):
    ACTION = "action", _("became an action")
    HISTORY = "history", _("done before; kept as history")
    LEFT_OUT = "left_out", _("done before; left out")
    KNOWN = "known", _("taken over before")
    TWICE = "twice", _("stands there twice")
    TOTAL = "total", _("a total, no action")
    NOTHING = "nothing", _("says nothing to be done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ActionLogLine(models.Model):
    """One line of an old log in its own words. Its date is what was asked for then, never a promise."""

    log = models.ForeignKey(ActionLog, models.PROTECT, related_name="lines")
    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text=_("Which line of what was pasted."))
    key = models.CharField(max_length=64, help_text=_("Tells a line that was taken over before."))
    fate = models.CharField(max_length=9, choices=Fate.choices)
    action = models.OneToOneField("actions.ActionItem", models.PROTECT, null=True, related_name="logged")
    is_matched = models.BooleanField(default=False, help_text=_("Whether its owner was found or chosen."))
    what = models.TextField(blank=True)
    owner = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=200, blank=True)
    due = models.CharField(max_length=200, blank=True)
    asked_for = models.DateField(null=True)
    status = models.CharField(max_length=200, blank=True)
    money_words = models.CharField(max_length=200, blank=True)
    money = models.BigIntegerField(null=True, help_text=_("Minor units of the organisation's currency, as said then."))
    notes = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "key"],
                condition=models.Q(fate__in=["action", "history"]),
                name="a_council_takes_a_line_over_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(fate="action") | models.Q(action__isnull=False),
                name="a_line_that_became_an_action_has_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}, line {self.number}"
