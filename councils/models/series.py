"""A council that meets again and again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils import recurrence
from councils.models.meetings import new_uid
from governance.models import FewQuerySet, SubjectModel, Versioned


class MeetingSeries(Versioned, SubjectModel):
    """A council's promise to meet again and again, by a rule on its own clock; its meetings are called ahead."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="series")
    rule = models.CharField(
        _("rule"), max_length=recurrence.LONGEST_TEXT, help_text=_("RFC 5545, as councils.recurrence writes it.")
    )
    starts_on = models.DateField(_("from"), help_text=_("The first day by this rule."))
    at = models.TimeField(_("at"), help_text=_("On the clock of its zone, before and after a change of clocks."))
    zone = models.CharField(max_length=64, help_text=_("The council's, when the rule was set."))
    lasts = models.PositiveSmallIntegerField(_("lasts"), default=60, help_text=_("Minutes, as planned."))
    place = models.CharField(_("where"), max_length=200, blank=True, help_text=_("A room, or a link to join by."))
    uid = models.CharField(max_length=255, default=new_uid, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    next_slot = models.DateTimeField(
        null=True, help_text=_("The first moment for which no meeting was called yet; empty: there is none.")
    )
    ended_at = models.DateTimeField(null=True)
    because = models.TextField(_("why"), blank=True, help_text=_("Why it was changed or ended, in the last words."))

    objects = FewQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("meeting series")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(next_slot=None), name="a_series_that_ended_calls_no_meeting"
            ),
            models.CheckConstraint(condition=Q(lasts__gte=5, lasts__lte=1440), name="a_series_lasts_a_day_at_most"),
        ]
        indexes = [
            models.Index(fields=["next_slot"], condition=Q(next_slot__isnull=False), name="series_to_be_called"),
        ]

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def repeats(self) -> recurrence.Rule:
        return recurrence.read(self.rule, self.starts_on, self.clock)

    @property
    def sentence(self) -> str:
        """ "Every two weeks on Tuesday at 10:00"."""
        return self.repeats.sentence(self.at)

    def upcoming(self, now: datetime, many: int) -> list[datetime]:
        """The next moments by the rule, whatever was moved or called off."""
        return recurrence.upcoming(self.repeats, self.starts_on, self.at, self.clock, after=now, many=many)


class Coming(models.TextChoices):
    YES = "yes", _("comes")
    NO = "no", _("does not come")
    DEPUTY = "deputy", _("the deputy comes")


class MeetingAnswer(models.Model):
    """Whether a seat will be taken at a meeting. Nobody says why: absence is nobody's business."""

    meeting = models.ForeignKey("councils.Meeting", models.PROTECT, related_name="answers")
    membership = models.ForeignKey("councils.Membership", models.PROTECT, related_name="+")
    coming = models.CharField(max_length=6, choices=Coming.choices)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    sequence = models.PositiveIntegerField(
        default=0, help_text=_("Of the meeting, when it was answered: of another day nothing was said.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="a_seat_answers_for_a_meeting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.coming}"
