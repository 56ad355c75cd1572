"""Whether what was done worked: the one KPI fixed at acceptance, its readings, a person's verdict, and the money."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models.items import ActionItem, Verification


class Outcome(models.Model):
    """What would show that an action worked: one KPI, its window and its target, fixed before anything is seen.

    Never rewritten: a correction is the next row of the same action, with its reason. Without a KPI it says why.
    """

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="outcomes")
    number = models.PositiveSmallIntegerField(help_text=_("1 was fixed by the owner; the last one holds."))
    metric = models.ForeignKey("governance.Metric", models.PROTECT, null=True, related_name="outcomes")
    because = models.TextField(_("why no KPI"), blank=True)
    target = models.BigIntegerField(_("target"), null=True, help_text=_("In the metric's scale."))
    share = models.PositiveSmallIntegerField(
        _("share, %"), default=100, help_text=_("How much of a change in these days this action may count as its own.")
    )
    enough = models.PositiveIntegerField(default=100, help_text=_("Answers needed on each side."))
    baseline_from = models.DateField(null=True)
    baseline_until = models.DateField(null=True)
    effect_from = models.DateField(null=True)
    effect_until = models.DateField(null=True)
    reason = models.TextField(_("why it was corrected"), blank=True)
    decision = models.ForeignKey(
        "councils.Decision", models.PROTECT, null=True, related_name="+", help_text=_("Of a change: the council's.")
    )
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="an_outcome_has_its_number"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="a_share_is_at_most_all_of_it"),
            models.CheckConstraint(
                condition=Q(
                    metric=None,
                    target=None,
                    baseline_from=None,
                    baseline_until=None,
                    effect_from=None,
                    effect_until=None,
                )
                | Q(
                    metric__isnull=False,
                    target__isnull=False,
                    baseline_from__lte=F("baseline_until"),
                    baseline_until__lt=F("effect_from"),
                    effect_from__lte=F("effect_until"),
                ),
                name="a_kpi_has_target_and_windows_in_order",
            ),
        ]
        indexes = [models.Index(fields=["metric", "effect_from"], name="outcome_of_a_metric")]

    def __str__(self) -> str:
        return f"{self.action_id} outcome {self.number}"


class OutcomeEffect(models.TextChoices):
    """The words of ``actions.effects.Effect``."""

    WORKED = "worked", _("worked")
    PARTLY = "partly", _("partly")
    NOT = "not", _("did not work")
    CANNOT_TELL = "cannot_tell", _("cannot tell")


class OutcomeReading(models.Model):
    """What the KPI said so many days after verification, with the observations and the judgement made of them."""

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="readings")
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="+")
    verification = models.ForeignKey(Verification, models.PROTECT, related_name="readings")
    day = models.PositiveSmallIntegerField(help_text=_("Days after the verification, one of the action's own."))
    effect = models.CharField(max_length=11, choices=OutcomeEffect.choices)
    facts = models.JSONField(help_text=_("Both sides, the change with its bounds, keys of the observations."))
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verification", "day"], name="a_kpi_is_read_once_a_day_of_review"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} after {self.day} days: {self.effect}"


class OutcomeVerdict(models.Model):
    """A person says whether it worked, knowing what the figures say."""

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="verdicts")
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="+")
    verification = models.OneToOneField(Verification, models.PROTECT, related_name="verdict")
    effect = models.CharField(max_length=11, choices=OutcomeEffect.choices)
    words = models.TextField(_("in a sentence"))
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.action_id}: {self.effect}"


class BenefitKind(models.TextChoices):
    CASHABLE = "cashable", _("cashable")
    REVENUE = "revenue", _("revenue")
    COST_AVOIDED = "cost_avoided", _("cost avoided")
    CAPACITY_FREED = "capacity_freed", _("capacity freed")


RETURNED = (BenefitKind.CASHABLE, BenefitKind.REVENUE)
"""What counts as a return; the other kinds stand apart, because nobody can spend them."""


class Benefit(models.Model):
    """Money that a finance partner verified; a correction is another row that names the one it corrects."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="benefits")
    kind = models.CharField(_("kind"), max_length=14, choices=BenefitKind.choices)
    amount = models.BigIntegerField(_("amount"), help_text=_("Minor units."))
    currency = models.CharField(max_length=3)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    note = models.TextField(_("how it was verified"))
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_benefit_is_not_negative"),
            models.CheckConstraint(condition=Q(from_on__lte=F("until_on")), name="a_benefit_has_a_period"),
        ]
        indexes = [models.Index(fields=["action"], name="benefit_of_an_action")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kind} {self.amount} {self.currency}"


class Telling(models.Model):
    """What the givers of the feedback are told: drafted by whoever did the work, approved by another, then sent."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="tellings")
    text = models.TextField(_("what we tell them"))
    drafted_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(sent_at=None), name="one_text_to_the_givers_is_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(approved_by__isnull=False), name="an_approval_has_a_person"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(approved_at__isnull=False), name="what_is_sent_was_approved"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")), name="nobody_approves_their_own_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} to its givers"


class Reached(models.TextChoices):
    TOLD = "told", _("told")
    NO_CONSENT = "no_consent", _("no consent")
    NO_ADDRESS = "no_address", _("no address")


class TellingLine(models.Model):
    """One voice: told, or why it could not be."""

    telling = models.ForeignKey(Telling, models.PROTECT, related_name="lines")
    feedback = models.ForeignKey("actions.Feedback", models.SET_NULL, null=True, related_name="told")
    reached = models.CharField(max_length=10, choices=Reached.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["telling", "feedback"], name="a_voice_is_told_once_of_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.telling_id} {self.reached}"
