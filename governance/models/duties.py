"""Duties: what one seat owes next, by when, under which rule."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DutyKind(models.TextChoices):
    ACCEPT = "accept", _("accepts or declines")
    SET_DATE = "set_date", _("promises a date")
    KEEP = "keep", _("keeps the promise")
    VERIFY = "verify", _("verifies")
    ANSWER = "answer", _("answers what was heard")
    ANSWER_REQUEST = "answer_request", _("agrees, refuses or proposes otherwise")
    WEIGH = "weigh", _("accepts what is proposed, or withdraws")
    DELIVER = "deliver", _("delivers what was agreed")
    CONFIRM = "confirm", _("confirms the delivery, or sends it back")
    SETTLE = "settle", _("brings it to a decision")
    REASSIGN = "reassign", _("finds another owner")
    RECONSIDER = "reconsider", _("looks at a standing decision again")
    CLOSE_MEETING = "close_meeting", _("holds and closes the meeting")
    CALL_MEETING = "call_meeting", _("calls a meeting")
    SEND_MINUTES = "send_minutes", _("sends the minutes out for comment")
    APPROVE_MINUTES = "approve_minutes", _("sees the minutes approved")
    FILL = "fill", _("fills the seat")
    HAND_OVER = "hand_over", _("hands over what the seat held")
    TAKE_OVER = "take_over", _("accepts the dates taken over, or restates them")
    RESPOND = "respond", _("answers the escalation")
    CHECK_IN = "check_in", _("checks in with the council")
    ATTEND = "attend", _("attends the meeting")
    VOTE = "vote", _("votes in writing")
    ENDORSE = "endorse", _("endorses the champion")
    JOIN = "join", _("accepts to be the champion")
    RENEW = "renew", _("renews the term or lets it end")
    ACKNOWLEDGE = "acknowledge", _("acknowledges rules and roster")
    RATIFY = "ratify", _("ratifies the charter or refuses")
    REVIEW = "review", _("reviews the charter")
    READ = "read", _("reads the KPI")
    JUDGE = "judge", _("says whether it worked")
    CHECK = "check", _("checks whether the pilot passed")
    UNSTICK = "unstick", _("mends what the charter can get stuck on")
    CLOSE_ENVELOPE = "close_envelope", _("closes the envelope")
    APPROVE_DATE = "approve_date", _("approves another date or refuses it")


OF_EACH = (DutyKind.ACKNOWLEDGE, DutyKind.ATTEND, DutyKind.RATIFY, DutyKind.VOTE)
"""What several seats owe about one thing, each by itself: every other kind is owed by one."""

BESIDE = (DutyKind.RESPOND, DutyKind.CHECK_IN, DutyKind.ATTEND, DutyKind.APPROVE_DATE, DutyKind.VOTE)
"""What is owed about a thing beside the thing's own next move; it never stands in for that move."""


class Duty(models.Model):
    """The next mover of one open thing. The only thing the sweep looks at."""

    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=20, choices=DutyKind.choices)
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="duties")
    department = models.ForeignKey(
        "governance.Department",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("On whose behalf, where one subject is owed by several departments."),
    )
    overseer = models.ForeignKey(
        "governance.Subject",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The council to whose sponsor and agenda its ladder climbs."),
    )
    asked_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="responses",
        help_text=_("Of an answer that is owed: the duty whose ladder asked for it."),
    )
    calendar = models.ForeignKey("governance.Calendar", models.PROTECT, related_name="+")
    charter_version = models.ForeignKey("governance.CharterVersion", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    rung = models.PositiveSmallIntegerField(default=0, help_text=_("The last rung that fell."))
    next_at = models.DateTimeField(null=True, help_text=_("When the next rung falls; empty: none will."))
    paused_to = models.DateField(null=True, help_text=_("The first day on which its ladder goes on after a hold."))
    paused_from = models.PositiveSmallIntegerField(
        default=0, help_text=_("The rung that it had reached when it was put on hold.")
    )
    turn = models.PositiveSmallIntegerField(
        default=0,
        help_text=_("The number of the charter version that took over its ladder since it was opened; 0: none did."),
    )
    height = models.PositiveSmallIntegerField(
        default=0, help_text=_("How high the ladders had come that were taken over: the highest level that was asked.")
    )
    climbs_at = models.DateTimeField(
        null=True,
        help_text=_("When the meeting fell through that was to settle it: the body above is asked from then."),
    )
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = _("duties")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=Q(closed_at=None, department=None) & ~Q(kind__in=["acknowledge", "attend", "ratify", "vote"]),
                name="a_thing_is_owed_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "kind", "seat"],
                condition=Q(closed_at=None, kind__in=["acknowledge", "attend", "ratify", "vote"]),
                name="a_thing_is_owed_once_a_seat",
            ),
            models.UniqueConstraint(
                fields=["subject", "kind", "department"],
                condition=Q(closed_at=None, department__isnull=False),
                name="a_thing_is_owed_once_a_department",
            ),
            models.CheckConstraint(condition=Q(next_at=None) | Q(due_on__isnull=False), name="no_date_means_no_ladder"),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(closed_at=None), name="duty_falls_next"),
            models.Index(fields=["seat", "due_on"], condition=Q(closed_at=None), name="duty_open_by_seat"),
            models.Index(fields=["subject"], condition=Q(closed_at=None), name="duty_open_by_subject"),
            # Whether promises ran in a seat before somebody took it is asked of every holder who is new.
            models.Index(fields=["seat", "kind", "opened_at"], condition=Q(closed_at=None), name="duty_open_since"),
            # What the clock alone brings asks for a few of a kind among all that is owed.
            models.Index(fields=["kind", "subject"], condition=Q(closed_at=None), name="duty_open_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} by {self.due_on}"


class Firing(models.Model):
    """A rung that fell for a duty: each falls once, whoever sweeps and however often.

    Where another charter version took over the ladder, its rungs are others, whatever their positions (``turn``).
    """

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="firings")
    turn = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=12)
    fired_at = models.DateTimeField()
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "turn", "position"], name="a_rung_falls_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} rung {self.position}"
