"""Charters: the rules by which a council decides, kept as versions that never change once in force."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import FewQuerySet, SubjectModel, Versioned


class Charter(Versioned, SubjectModel):
    """The mandate of a council. What it says stands in its versions."""

    is_default = models.BooleanField(default=False, help_text=_("Holds wherever a council has no charter of its own."))

    objects = FewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="there_is_one_default_charter"
            ),
        ]


class CharterState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    IN_FORCE = "in_force", _("in force")
    SUPERSEDED = "superseded", _("superseded")


UNDER_WAY = (CharterState.DRAFT, CharterState.SUBMITTED)
"""Not in force yet: a draft may change, what is submitted waits for its signatures."""


class CharterVersion(Versioned):
    """One wording of a charter's mandate and rules. Submitted it is frozen, in force immutable: in the database too."""

    charter = models.ForeignKey(Charter, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=CharterState.choices, default=CharterState.DRAFT)
    rules = models.JSONField(help_text=_("The typed clauses, as governance.clauses writes them."))
    purpose = models.TextField(blank=True)
    mandate = models.JSONField(default=dict, help_text=_("The typed texts, as governance.mandates writes them."))
    ratified_at = models.DateTimeField(null=True, blank=True, help_text=_("In force since then."))
    provisional_until = models.DateTimeField(
        null=True, blank=True, help_text=_("In force without its sponsors' signatures, and until then only.")
    )
    ratified_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charter", "number"], name="a_charter_version_has_its_number"),
            models.UniqueConstraint(
                fields=["charter"], condition=Q(state="in_force"), name="one_charter_version_is_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"]) | Q(ratified_at__isnull=False),
                name="rules_in_force_were_ratified",
            ),
            models.CheckConstraint(
                condition=Q(provisional_until=None) | Q(state__in=["in_force", "superseded"]),
                name="only_rules_in_force_are_provisional",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charter_id} v{self.number}"

    @property
    def is_provisional(self) -> bool:
        """Whether it came into force without its sponsors' signatures, and none has been added since."""
        return self.provisional_until is not None

    def has_lapsed(self, now: datetime) -> bool:
        """Whether its time as a provisional charter is over: the programme's default charter holds again."""
        return self.provisional_until is not None and self.provisional_until <= now


class SubmissionEnd(models.TextChoices):
    RATIFIED = "ratified", _("ratified")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Submission(models.Model):
    """One time that a version was put before its sponsors: which seats have to sign exactly this text."""

    charter_version = models.ForeignKey(CharterVersion, models.PROTECT, related_name="submissions")
    edition = models.PositiveIntegerField(help_text=_("The version's count of changes: the text that was submitted."))
    seats = models.ManyToManyField("governance.Seat", related_name="+")
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=9, choices=SubmissionEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charter_version"], condition=Q(closed_at=None), name="a_version_is_submitted_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charter_version} of {self.submitted_at:%Y-%m-%d}"


class Signed(models.TextChoices):
    RATIFIED = "ratified", _("ratified")
    REFUSED = "refused", _("refused")
    PROVISIONAL = "provisional", _("put into force for a time")


class SignedBy(models.TextChoices):
    PAGE = "page", _("on the page")
    MAIL = "mail", _("by the link in a mail")
    API = "api", _("over the API")


class Signature(models.Model):
    """Who said yes or no to a submitted text: in which seat, when, how. Never changed; its words can be erased."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="signatures")
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=11, choices=Signed.choices)
    reason = models.TextField(blank=True)
    how = models.CharField(max_length=4, choices=SignedBy.choices, default=SignedBy.PAGE)
    sent_to = models.CharField(max_length=254, blank=True, help_text=_("The address to which the link was sent."))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "seat"], name="a_seat_signs_a_submission_once"),
            models.CheckConstraint(condition=Q(how="mail") | Q(sent_to=""), name="only_a_mail_was_sent_somewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.verdict}"


class Rung(models.Model):
    """One step of a ladder, in rows so that the sweep can join it: written from the rules when a version is made.

    ``days`` are working days after the due day (negative: before it, a reminder to the owner). ``position`` counts
    from 1 in the order in which rungs fall.
    """

    charter_version = models.ForeignKey(CharterVersion, models.CASCADE, related_name="rungs")
    duty_kind = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    days = models.SmallIntegerField()
    target = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charter_version", "duty_kind", "position"], name="a_ladder_has_a_rung_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_kind} {self.position}: {self.days:+d} {self.target}"
