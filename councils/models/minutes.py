"""Minutes: what the record of a closed meeting says, the secretary's prose about it, and what was approved."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import SubjectModel, SubjectQuerySet, Versioned


class MinutesState(models.TextChoices):
    DRAFT = "draft", _("draft")
    OUT = "out", _("out for comment")
    APPROVED = "approved", _("approved")
    NOTE = "note", _("running note")


class Minutes(Versioned, SubjectModel):
    """What a closed meeting will be remembered by: composed from its record, approved as its charter says."""

    meeting = models.OneToOneField("councils.Meeting", models.PROTECT, related_name="minutes")
    state = models.CharField(max_length=8, choices=MinutesState.choices, default=MinutesState.DRAFT)
    number = models.PositiveSmallIntegerField(
        default=1, help_text=_("The version that is worked on, or that was approved last.")
    )
    introduction = models.TextField(_("introduction"), blank=True, default="")
    reason = models.TextField(_("why it is corrected"), blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    comments_until = models.DateField(null=True, help_text=_("The last day for comments."))
    record = models.JSONField(
        default=dict, help_text=_("Of a running note: what it says, composed when the meeting closed and at each edit.")
    )

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("minutes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="out") | Q(sent_at__isnull=False, comments_until__isnull=False),
                name="minutes_that_are_out_have_a_last_day_for_comments",
            ),
            models.CheckConstraint(
                condition=~Q(state="note") | Q(number=1, sent_at=None), name="a_running_note_is_sent_to_nobody"
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="minutes_are_corrected_for_a_reason"),
        ]
        indexes = [models.Index(fields=["comments_until"], condition=Q(state="out"), name="minutes_out_until")]

    def is_open_for_comments(self, today: date) -> bool:
        """Whether whoever was there may comment on ``today``, where the council keeps its calendar."""
        return self.state == MinutesState.OUT and self.comments_until is not None and today <= self.comments_until


class Ending(models.TextChoices):
    SETTLED = "settled", _("settled")
    WITHDRAWN = "withdrawn", _("withdrawn")
    BACK = "back", _("back to the backlog")
    CARRIED = "carried", _("carried over to the next meeting")
    DROPPED = "dropped", _("dropped")
    ABOVE = "above", _("gone to the body above")
    UNDECIDED = "undecided", _("not decided: it goes on without a meeting")


class MinutesItem(models.Model):
    """One matter of the meeting in the order of its agenda, how the meeting left it, and the secretary's note on it."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="items")
    item = models.ForeignKey("councils.AgendaItem", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    ending = models.CharField(max_length=9, choices=Ending.choices)
    note = models.TextField(_("note"), blank=True, default="")
    onto = models.ForeignKey(
        "councils.Meeting", models.PROTECT, null=True, related_name="+", help_text=_("Where it was carried over to.")
    )
    because = models.TextField(_("why it was dropped"), blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "item"], name="a_matter_stands_once_in_minutes"),
            models.CheckConstraint(
                condition=Q(ending="carried", onto__isnull=False) | (~Q(ending="carried") & Q(onto=None)),
                name="what_is_carried_over_goes_onto_a_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(ending="dropped") | ~Q(because=""), name="a_matter_is_dropped_for_a_reason"
            ),
            models.UniqueConstraint(fields=["minutes", "position"], name="a_place_in_minutes_is_taken_once"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.position}"


class MinutesComment(models.Model):
    """What somebody who was there says of the draft, and what the secretary answered."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="comments")
    number = models.PositiveSmallIntegerField(help_text=_("The version that it is about."))
    about = models.ForeignKey(
        MinutesItem, models.PROTECT, null=True, related_name="comments", help_text=_("Empty: the whole.")
    )
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    text = models.TextField(_("comment"))
    at = models.DateTimeField()
    answer = models.TextField(_("answer"), blank=True, default="")
    answered_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answer_to_a_comment_has_an_author_and_a_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.at}"


class Way(models.TextChoices):
    CHAIR = "chair", _("by the chair")
    SECRETARY = "secretary", _("by the secretary")
    SILENCE = "silence", _("by silence, when the time for comments had ended")
    MEETING = "meeting", _("by a later meeting")


class ApprovedMinutes(models.Model):
    """Minutes as they were approved: the record, its words, and their digest. Never changed, never deleted."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="approved")
    number = models.PositiveSmallIntegerField()
    record = models.JSONField(help_text=_("Title, facts and parts, in their order, in words."))
    text = models.TextField(help_text=_("The words of the record: what was approved."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the words, in hexadecimal."))
    reason = models.TextField(blank=True, default="", help_text=_("Of a correction: why."))
    way = models.CharField(max_length=9, choices=Way.choices)
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("approved minutes")
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="a_version_of_minutes_is_approved_once"),
            models.CheckConstraint(
                condition=Q(way="silence", by=None) | (~Q(way="silence") & Q(by__isnull=False)),
                name="minutes_are_approved_by_somebody_or_by_silence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} version {self.number}"
