"""Action items and everything that is said and shown about them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models.parts import ExpectedKind, Origin
from governance.models import SubjectModel, SubjectQuerySet, Versioned


class ActionState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("accepted")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("done")
    VERIFIED = "verified", _("verified")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    # Closed by its council without another person's verification: counted apart, never as verified.
    AS_IS = "as_is", _("accepted as is")


class Health(models.TextChoices):
    UNKNOWN = "unknown", _("not said yet")
    ON_TRACK = "on_track", _("on track")
    AT_RISK = "at_risk", _("at risk")
    OFF_TRACK = "off_track", _("off track")


class Confidence(models.TextChoices):
    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


OPEN_STATES = (ActionState.ACCEPTED, ActionState.IN_PROGRESS)
STANDING_STATES = (*OPEN_STATES, ActionState.DONE)
"""Accepted and not closed: what is said done may be sent back."""
ACCEPTED_STATES = (
    ActionState.ACCEPTED,
    ActionState.IN_PROGRESS,
    ActionState.DONE,
    ActionState.VERIFIED,
    ActionState.AS_IS,
)


class ActionQuerySet(SubjectQuerySet):
    seat_path = "seat"


class ActionItem(Versioned, SubjectModel):
    """Work that one accountable seat owes, with a date, resources, and what would prove it done."""

    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="actions")
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="actions", help_text=_("The seat's, kept for lists.")
    )
    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="actions")
    theme = models.ForeignKey("actions.Theme", models.PROTECT, null=True, blank=True, related_name="actions")
    decision = models.ForeignKey("councils.Decision", models.PROTECT, null=True, blank=True, related_name="actions")
    proof = models.TextField(_("what would prove it done"))
    state = models.CharField(max_length=12, choices=ActionState.choices, default=ActionState.PROPOSED)
    health = models.CharField(max_length=10, choices=Health.choices, default=Health.UNKNOWN)
    progress = models.PositiveSmallIntegerField(_("progress, %"), default=0)
    confidence = models.CharField(
        _("confidence in the date"), max_length=6, choices=Confidence.choices, blank=True, default=""
    )
    asked_for = models.DateField(_("date asked for"), null=True, blank=True)
    promised = models.DateField(_("date promised"), null=True, blank=True, help_text=_("Of the promise that holds."))
    origin = models.CharField(_("comes from"), max_length=8, choices=Origin.choices, default=Origin.OWN)
    sponsor = models.ForeignKey(
        "governance.ExecutiveSponsor", models.PROTECT, null=True, blank=True, related_name="+",
        help_text=_("Empty: the council's."),
    )  # fmt: skip
    step = models.ForeignKey(
        "governance.JourneyStep", models.PROTECT, null=True, blank=True, related_name="actions",
        verbose_name=_("step of a journey"),
    )  # fmt: skip
    goal = models.ForeignKey("governance.Goal", models.PROTECT, null=True, blank=True, related_name="actions")
    benefit_kind = models.CharField(_("benefit"), max_length=14, choices=ExpectedKind.choices, blank=True, default="")
    benefit_low = models.BigIntegerField(_("at least"), null=True, blank=True, help_text=_("Minor units."))
    benefit_likely = models.BigIntegerField(_("likely"), null=True, blank=True, help_text=_("Minor units."))
    benefit_high = models.BigIntegerField(_("at most"), null=True, blank=True, help_text=_("Minor units."))
    benefit_currency = models.CharField(max_length=3, blank=True, default="")
    benefit_words = models.CharField(_("benefit in words"), max_length=300, blank=True, default="")
    fit_reason = models.CharField(_("why this seat"), max_length=300, blank=True, default="")
    needs_none = models.BooleanField(_("needs no resources"), default=False)
    # What the decision that made it gave, as its record: what it holds by now is asked of the books
    # (``councils.queries.books.allocated_to``), since more is allocated later and what is left goes back.
    allocated = models.BigIntegerField(default=0, help_text=_("Minor units, by the decision that made it."))
    declines = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    review_days = models.JSONField(
        default=list, blank=True, help_text=_("Days after the verification on which its KPI is read, by the charter.")
    )
    done_at = models.DateTimeField(null=True)
    done_on = models.DateField(null=True, help_text=_("The day it was said done, by the seat's calendar."))
    refused_at = models.DateTimeField(null=True, help_text=_("When a verifier last sent it back."))
    verified_at = models.DateTimeField(null=True)
    last_update_at = models.DateTimeField(null=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="progress_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(benefit_low=None, benefit_likely=None, benefit_high=None)
                | (
                    Q(benefit_low__gte=0, benefit_low__lte=F("benefit_likely"), benefit_likely__lte=F("benefit_high"))
                    & ~Q(benefit_currency="")
                    & ~Q(benefit_kind__in=["", "not_money"])
                ),
                name="a_benefit_lies_between_its_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "in_progress", "done", "verified"]) | Q(accepted_at__isnull=False),
                name="what_runs_was_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "verified"]) | Q(done_at__isnull=False), name="done_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False), name="verified_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(needs_none=True) | Q(allocated=0), name="what_needs_nothing_has_no_allocation"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "state", "promised"], name="action_by_department"),
            models.Index(fields=["seat", "state"], name="action_by_seat"),
            models.Index(fields=["council", "state"], name="action_by_council"),
            models.Index(fields=["accepted_at"], name="action_by_acceptance"),
        ]

    @property
    def is_underway(self) -> bool:
        """Whether health and progress still say something: not before it was taken on, nor once it is said done."""
        return self.state in OPEN_STATES


class Promise(models.Model):
    """A promise: one seat, one date, and who gave it. A date is never overwritten; the next promise follows it."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="promises")
    number = models.PositiveSmallIntegerField(help_text=_("1 is the first, kept for ever."))
    due_on = models.DateField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    tenure = models.ForeignKey("governance.Tenure", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    decision = models.ForeignKey("councils.Decision", models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(
        "governance.Seat", models.PROTECT, null=True, related_name="+", help_text=_("The seat that approved the date.")
    )
    approved_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    at_handover = models.BooleanField(
        default=False,
        help_text=_("Restated by a successor within ten working days: neither renegotiated nor missed."),
    )
    taken_back_at = models.DateTimeField(
        null=True, help_text=_("When the decision that gave it was taken back as a slip; it never held then.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="a_promise_has_its_number"),
            models.CheckConstraint(
                condition=Q(at_handover=False) | Q(number__gt=1, decision=None),
                name="a_restated_date_follows_another_without_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(approver=None, approved_by=None)
                | Q(approver__isnull=False, approved_by__isnull=False, decision=None, at_handover=False, number__gt=1),
                name="a_seat_approves_a_later_date_or_a_council_does",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("given_by")), name="nobody_approves_their_own_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} promise {self.number}: {self.due_on}"


class Update(models.Model):
    """Where it stands, in the owner's words."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="updates")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    health = models.CharField(max_length=10, choices=Health.choices)
    line = models.CharField(_("one line"), max_length=500, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    confidence = models.CharField(_("confidence"), max_length=6, choices=Confidence.choices, blank=True, default="")
    reported_for_owner = models.BooleanField(default=False)
    before = models.JSONField(default=dict, help_text=_("How it stood until then, for taking a slip back."))
    taken_back_at = models.DateTimeField(null=True, help_text=_("By its author, within ten minutes."))

    class Meta:
        indexes = [models.Index(fields=["action", "-id"], name="update_of_an_action")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.health}"


class BlockerKind(models.TextChoices):
    BLOCKED = "blocked", _("blocked")
    HOLD = "hold", _("on hold")


class Blocker(models.Model):
    """What stops an action: why, since when, waiting on whom, until when."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="blockers")
    kind = models.CharField(max_length=7, choices=BlockerKind.choices, default=BlockerKind.BLOCKED)
    reason = models.TextField(_("what stops it"))
    waiting_on = models.ForeignKey(
        "governance.Seat", models.PROTECT, null=True, blank=True, related_name="blocks", verbose_name=_("waiting on")
    )
    request = models.ForeignKey(
        "actions.Request", models.PROTECT, null=True, blank=True, related_name="blockers",
        verbose_name=_("waiting for a request"), help_text=_("It ends by itself with the request."),
    )  # fmt: skip
    since = models.DateTimeField()
    until = models.DateField(_("expected until"), null=True, blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["action"], condition=Q(lifted_at=None), name="blocker_open")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kind}"


class EvidenceKind(models.TextChoices):
    LINK = "link", _("link")
    NOTE = "note", _("what was seen")
    FILE = "file", _("file")
    READING = "reading", _("reading of a metric")


class Evidence(models.Model):
    """What shows that it was done: a file, a link, what was seen, or what a metric was.

    A file lies in a folder of its own under ``file_key``, which nobody can guess; its type is ours, never the sender's.
    """

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=7, choices=EvidenceKind.choices, default=EvidenceKind.NOTE)
    title = models.CharField(_("title"), max_length=200)
    link = models.URLField(_("link"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    file_key = models.CharField(max_length=43, blank=True)
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    file_size = models.PositiveBigIntegerField(default=0, help_text=_("Bytes."))
    file_digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256, as it was sent."))
    observation = models.ForeignKey(
        "governance.Observation", models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, help_text=_("By its author, within ten minutes."))

    class Meta:
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["file_key"], condition=~Q(file_key=""), name="a_file_shows_one_thing"),
            models.CheckConstraint(
                condition=~Q(kind="file") | (~Q(file_key="") & ~Q(file_digest="")), name="a_file_has_its_digest"
            ),
            models.CheckConstraint(
                condition=~Q(kind="reading") | Q(observation__isnull=False), name="a_reading_names_what_was_read"
            ),
            models.CheckConstraint(condition=~Q(kind="link") | ~Q(link=""), name="a_link_leads_somewhere"),
        ]

    def __str__(self) -> str:
        return self.title


class Finding(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("sent back")


class Verification(models.Model):
    """Another person looked at the evidence and says whether it is done."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="verifications")
    round = models.PositiveSmallIntegerField(default=1, help_text=_("Counts how often it was reopened, from 1."))
    finding = models.CharField(max_length=9, choices=Finding.choices)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    came_back_at = models.DateTimeField(
        null=True, help_text=_("When it was reopened because customers say it again; once a verification.")
    )
    came_back = models.JSONField(null=True, help_text=_("What was counted before it and after it."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "round"],
                condition=Q(finding="confirmed", came_back_at=None),
                name="an_action_is_verified_once",
            ),
            models.CheckConstraint(
                condition=Q(came_back_at=None) | Q(finding="confirmed", came_back__isnull=False),
                name="what_came_back_was_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.finding}"


class Reopening(models.Model):
    """What was closed was not: why, by whom. The verification that closed it stays on record."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="reopenings")
    reason = models.TextField(_("why"))
    was = models.CharField(max_length=12, choices=ActionState.choices)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(was__in=["verified", "as_is"]), name="what_is_reopened_was_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} reopened"
