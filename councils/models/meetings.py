"""Meetings, who was there, and what stood on the agenda."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import SubjectModel, SubjectQuerySet, Versioned


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    OFF = "off", _("called off")


OVER = (MeetingState.CLOSED, MeetingState.OFF)
"""States in which a meeting takes nothing on any more."""


def new_uid() -> str:
    """The name by which every calendar program knows one meeting or series, for ever."""
    return f"{uuid.uuid4()}@keep"


AFTER_ITS_END = timedelta(hours=4)
"""So long after its planned end a meeting that nobody closed counts as adjourned."""

LONGEST = timedelta(days=1) + AFTER_ITS_END
"""So long after its opening every open meeting counts as adjourned."""


def adjourned(opened_at: datetime, ends_at: datetime, lasts: int) -> datetime:
    """From when a meeting counts as adjourned; ``lasts`` in minutes, as planned."""
    planned = max(ends_at, opened_at + timedelta(minutes=lasts)) + AFTER_ITS_END
    return min(planned, opened_at + LONGEST)


class Meeting(Versioned, SubjectModel):
    """One sitting of a council; it decides by the charter version in force when it opened."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField(_("starts"))
    lasts = models.PositiveSmallIntegerField(_("lasts"), default=60, help_text=_("Minutes, as planned."))
    place = models.CharField(_("where"), max_length=200, blank=True, help_text=_("A room, or a link to join by."))
    series = models.ForeignKey("councils.MeetingSeries", models.PROTECT, null=True, blank=True, related_name="meetings")
    slot = models.DateTimeField(
        null=True, blank=True, help_text=_("Of a series: the moment that its rule gave, wherever it was moved since.")
    )
    sequence = models.PositiveIntegerField(
        default=0, help_text=_("How often what calendars show of it was changed (SEQUENCE of RFC 5545).")
    )
    uid = models.CharField(max_length=255, default=new_uid, help_text=_("In calendars; of a series, that one's."))
    because = models.TextField(_("why"), blank=True, help_text=_("Why it was moved or called off, in the last words."))
    state = models.CharField(max_length=8, choices=MeetingState.choices, default=MeetingState.PLANNED)
    charter_version = models.ForeignKey("governance.CharterVersion", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    current = models.ForeignKey(
        "councils.AgendaItem", models.PROTECT, null=True, blank=True, related_name="+", help_text=_("What is on now.")
    )
    current_since = models.DateTimeField(null=True)
    pen = models.ForeignKey(
        "governance.Person", models.PROTECT, null=True, related_name="+", help_text=_("Who writes the record now.")
    )
    pen_since = models.DateTimeField(null=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council"], condition=Q(state="open"), name="a_council_sits_in_one_meeting"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "off"]) | Q(charter_version__isnull=False),
                name="a_meeting_opens_under_a_charter",
            ),
            models.CheckConstraint(condition=Q(lasts__gte=5, lasts__lte=1440), name="a_meeting_lasts_a_day_at_most"),
            models.UniqueConstraint(fields=["series", "slot"], name="a_series_meets_once_at_a_time"),
            models.UniqueConstraint(
                fields=["uid"], condition=Q(series=None), name="a_calendar_knows_a_meeting_by_one_name"
            ),
            models.CheckConstraint(
                condition=Q(series=None, slot=None) | Q(series__isnull=False, slot__isnull=False),
                name="a_meeting_of_a_series_has_its_moment",
            ),
        ]

    @property
    def ends_at(self) -> datetime:
        """When it was planned to end."""
        return self.starts_at + timedelta(minutes=self.lasts)

    @property
    def adjourned_at(self) -> datetime | None:
        """From when an open meeting counts as adjourned: four hours after its planned end, or after its planned length
        where it began late. What is opened long before its time runs for a day at most."""
        if self.state != MeetingState.OPEN or self.opened_at is None:
            return None
        return adjourned(self.opened_at, self.ends_at, self.lasts)

    def is_adjourned(self, now: datetime) -> bool:
        """Whether nobody closed it in time: mail flows again, and its secretary owes the closing."""
        return self.adjourned_at is not None and now >= self.adjourned_at

    @property
    def is_moved(self) -> bool:
        """Whether it stands at another moment than its series gave it."""
        return self.slot is not None and self.slot != self.starts_at


class Presence(models.TextChoices):
    PRESENT = "present", _("present")
    LEFT = "left", _("left")
    ABSENT = "absent", _("absent")


class Attendance(models.Model):
    """Whether one seat of the council was taken, and by whom (its holder, or the deputy in the holder's place)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    membership = models.ForeignKey("councils.Membership", models.PROTECT, related_name="attendance")
    person = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    presence = models.CharField(max_length=7, choices=Presence.choices, default=Presence.ABSENT)
    marked_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True, help_text=_("When the seat was taken first: late, if after the opening."))
    is_remote = models.BooleanField(default=False, help_text=_("Joined from elsewhere."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="a_seat_attends_a_meeting_once"),
            models.CheckConstraint(
                condition=Q(presence="absent") | Q(person__isnull=False), name="somebody_sits_in_a_seat_that_is_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.presence}"


class Guest(models.Model):
    """Whether somebody was there without a seat of the council: its sponsor, or whoever stood in for the sponsor."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="guests")
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    presence = models.CharField(max_length=7, choices=Presence.choices, default=Presence.ABSENT)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="a_guests_seat_comes_to_a_meeting_once"),
            models.CheckConstraint(
                condition=Q(presence="absent") | Q(person__isnull=False), name="a_guest_who_came_is_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.presence}"


class ItemState(models.TextChoices):
    OPEN = "open", _("to be settled")
    SETTLED = "settled", _("settled")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AgendaItem(Versioned, SubjectModel):
    """A matter that a council is to settle. Without a meeting it stands in the council's backlog."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="agenda")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="items")
    about = models.ForeignKey("governance.Subject", models.PROTECT, related_name="agenda_items")
    matter = models.CharField(max_length=40, help_text=_("Its kind, as declared in councils.matters."))
    position = models.PositiveIntegerField(default=0)
    allotted = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, help_text=_("How long the meeting has for it; empty: nobody said.")
    )
    lead = models.ForeignKey(
        "governance.Seat", models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Who introduces it.")
    )
    spent = models.PositiveIntegerField(default=0, help_text=_("Seconds that it was on, before it is on now."))
    by_consent = models.BooleanField(
        default=False, help_text=_("Settled in one go with others that nobody wants to talk about.")
    )
    state = models.CharField(max_length=9, choices=ItemState.choices, default=ItemState.OPEN)
    raised_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    referred_from = models.ForeignKey(
        "councils.Decision", models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    source = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text=_("What brought it, as councils.sources names it; empty: people."),
    )
    carried_from = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="+",
        help_text=_("The meeting that had it last and did not settle it."),
    )  # fmt: skip
    goes_back = models.CharField(
        max_length=300, blank=True, default="",
        help_text=_("Who settles it without the council, off the meeting. Empty: it is the council's."),
    )  # fmt: skip
    left_at = models.DateTimeField(
        null=True, help_text=_("When a rule took it off: what it asked was settled elsewhere.")
    )
    ask = models.TextField(_("what the council is asked"), blank=True)
    proposal = models.JSONField(default=dict, help_text=_("What would be carried out, where somebody proposed it."))

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "about", "matter"],
                condition=Q(state="open"),
                name="a_matter_stands_once_on_an_agenda",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(state="withdrawn"), name="what_left_by_rule_is_off_the_agenda"
            ),
        ]


class Publication(models.Model):
    """The agenda of a meeting as it was given to whoever is invited: what changes afterwards shows as a change."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="publication")
    at = models.DateTimeField()
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.at}"


class PublishedItem(models.Model):
    """One place of a published agenda. Never changed."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="items")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "item"], name="a_matter_is_published_once"),
            models.UniqueConstraint(fields=["publication", "position"], name="a_published_place_is_taken_once"),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.position}"


class PreRead(models.Model):
    """What whoever comes reads before the meeting takes an item up: a link, or words."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="pre_reads")
    title = models.CharField(_("title"), max_length=150)
    link = models.URLField(_("link"), max_length=500, blank=True)
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(link="") | ~Q(text=""), name="a_pre_read_is_a_link_or_words"),
        ]

    def __str__(self) -> str:
        return self.title
