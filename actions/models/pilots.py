"""Pilots: an action tried in one place, checked on a day by written criteria, and repeated elsewhere if it passes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import FewQuerySet, SubjectModel, Versioned


class PilotState(models.TextChoices):
    RUNNING = "running", _("being tried")
    PASSED = "passed", _("passed")
    NOT_PASSED = "not_passed", _("did not pass")
    STOPPED = "stopped", _("stopped")


class PilotQuerySet(FewQuerySet):
    seat_path = "checker"


class Pilot(Versioned, SubjectModel):
    """An action that is tried in one unit first: what must be true to say that it passed, who checks, and when."""

    action = models.OneToOneField("actions.ActionItem", models.PROTECT, related_name="pilot")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+")
    unit = models.CharField(
        _("unit"), max_length=120, blank=True, default="", help_text=_("A part of that department, by its name.")
    )
    checker = models.ForeignKey("governance.Seat", models.PROTECT, related_name="checks_of_pilots")
    first_check_on = models.DateField(help_text=_("As it was declared, kept for ever."))
    check_on = models.DateField(_("checked on"), help_text=_("The day that holds."))
    extensions = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveSmallIntegerField(default=1, help_text=_("Of the criteria; the last one holds."))
    state = models.CharField(max_length=10, choices=PilotState.choices, default=PilotState.RUNNING)
    declared_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(_("why it was stopped"), blank=True)
    reason_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")

    objects = PilotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(extensions__lte=2), name="a_pilot_is_extended_twice_at_most"),
            models.CheckConstraint(
                condition=Q(check_on__lte=F("first_check_on")) | Q(extensions__gte=1),
                name="a_later_check_is_an_extension",
            ),
            models.CheckConstraint(
                condition=Q(state="running", closed_at=None) | (~Q(state="running") & Q(closed_at__isnull=False)),
                name="a_pilot_runs_until_it_is_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(reason_by__isnull=False), name="a_pilot_is_stopped_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["state", "-declared_at"], name="pilot_by_state")]

    @property
    def place(self) -> str:
        """Where it is tried, by name."""
        return f"{self.unit} ({self.department})" if self.unit else str(self.department)


class PilotCriterion(models.Model):
    """One thing that must be true to say that a pilot passed. Others replace it in the next revision; it stays."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="criteria")
    revision = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("criterion"))
    outcome = models.ForeignKey(
        "actions.Outcome", models.PROTECT, null=True, related_name="+",
        help_text=_("The KPI of the action whose target it names."),
    )  # fmt: skip
    reason = models.TextField(_("why it was corrected"), blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("pilot criteria")
        constraints = [
            models.UniqueConstraint(fields=["pilot", "revision", "number"], name="a_criterion_has_its_number"),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} criterion {self.number}"


class PilotVerdict(models.TextChoices):
    PASSED = "passed", _("it passed")
    NOT_PASSED = "not_passed", _("it did not pass")
    EXTENDED = "extended", _("it needs more time")


class PilotCheck(models.Model):
    """Somebody without a part in the work looked on or after the day, and says whether the pilot passed."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="checks")
    number = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10, choices=PilotVerdict.choices)
    due_on = models.DateField(help_text=_("The day on which it was due."))
    next_on = models.DateField(_("checked again on"), null=True, blank=True)
    reason = models.TextField(_("why"), blank=True)
    effect = models.CharField(max_length=11, blank=True, default="", help_text=_("Of the action's outcome, as it was."))
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="a_check_has_its_number"),
            models.UniqueConstraint(
                fields=["pilot"], condition=~Q(verdict="extended"), name="a_pilot_passes_or_fails_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="extended", next_on__gt=F("due_on")) | (~Q(verdict="extended") & Q(next_on=None)),
                name="an_extension_names_a_later_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} check {self.number}: {self.verdict}"


class PilotFinding(models.Model):
    """Of one criterion, at one check: met or not, and a sentence that says what was seen."""

    check_of = models.ForeignKey(PilotCheck, models.PROTECT, related_name="findings")
    criterion = models.ForeignKey(PilotCriterion, models.PROTECT, related_name="findings")
    met = models.BooleanField()
    words = models.TextField(_("what was seen"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_of", "criterion"], name="a_criterion_is_looked_at_once_a_check"),
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.criterion_id}: {self.met}"


class PilotPlace(models.Model):
    """A department in which a pilot might be repeated, or is."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="places")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "department"], name="a_place_is_a_candidate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pilot_id} in {self.department_id}"


class PilotCopy(models.Model):
    """The action that repeats a pilot in a place, by which decision. One at a time; a dropped one may have a next."""

    place = models.ForeignKey(PilotPlace, models.PROTECT, related_name="copies")
    action = models.OneToOneField("actions.ActionItem", models.PROTECT, related_name="copy_of")
    decision = models.ForeignKey("councils.Decision", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text=_("When another one followed it."))

    class Meta:
        verbose_name_plural = _("pilot copies")
        constraints = [
            models.UniqueConstraint(
                fields=["place"], condition=Q(ended_at=None), name="a_place_has_one_copy_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} repeats in {self.place_id}"
