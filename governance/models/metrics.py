"""Metrics, what was observed of them, and the goals set on them. Numbers are integers with a stored scale."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import FewQuerySet, SubjectModel, Versioned


class Unit(models.TextChoices):
    """What a metric counts in. Money is in the organisation's currency."""

    PERCENT = "percent", _("percent")
    SCORE = "score", _("score")
    NPS = "nps", _("net promoter score")
    COUNT = "count", _("count")
    MINUTES = "minutes", _("minutes")
    MONEY = "money", _("money")


class Better(models.TextChoices):
    UP = "up", _("higher")
    DOWN = "down", _("lower")


class Metric(Versioned, SubjectModel):
    """One number that tells how customers or colleagues fare; one seat answers for its being known."""

    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices)
    scale = models.PositiveSmallIntegerField(
        _("decimals"), default=0, help_text=_("How many decimals its values have; 71.4 is stored as 714 with one.")
    )
    better = models.CharField(_("better is"), max_length=4, choices=Better.choices, default=Better.UP)
    meaning = models.TextField(_("what it counts"), blank=True)
    seat = models.ForeignKey(
        "governance.Seat", models.PROTECT, related_name="metrics", verbose_name=_("answers for it")
    )

    objects = FewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scale__lte=4), name="a_metric_has_at_most_four_decimals"),
        ]


class Observation(models.Model):
    """What a metric was on one day. Never changed: a correction is another row that names the one it corrects."""

    metric = models.ForeignKey(Metric, models.PROTECT, related_name="observations")
    on = models.DateField(_("day"))
    value = models.BigIntegerField(_("value"), help_text=_("In the metric's scale."))
    numerator = models.BigIntegerField(_("how many of them"), null=True, blank=True)
    denominator = models.BigIntegerField(_("of how many"), null=True, blank=True)
    detractors = models.BigIntegerField(
        _("detractors"), null=True, blank=True, help_text=_("Of a net promoter score; its promoters are the part.")
    )
    answers = models.PositiveIntegerField(_("answers"), null=True, blank=True, help_text=_("Of a mean: how many."))
    spread = models.BigIntegerField(
        _("standard deviation"), null=True, blank=True, help_text=_("Of one answer, in the metric's scale.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "on"], condition=Q(corrects=None), name="a_day_is_observed_once_and_then_corrected"
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gt=0), name="a_share_is_of_something"
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None) | Q(numerator__isnull=False, denominator__isnull=False),
                name="a_share_has_both_its_parts",
            ),
            models.CheckConstraint(
                condition=Q(numerator=None) | Q(numerator__gte=0, numerator__lte=F("denominator")),
                name="a_share_is_at_most_the_whole",
            ),
            models.CheckConstraint(
                condition=Q(detractors=None) | Q(detractors__gte=0, detractors__lte=F("denominator") - F("numerator")),
                name="promoters_and_detractors_are_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(answers=None, spread=None) | Q(answers__gte=2, spread__gte=0),
                name="a_spread_is_of_several_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} on {self.on}: {self.value}"


class Goal(Versioned, SubjectModel):
    """Where a metric shall be by a day, from where it stood: without all four there is no telling whether it worked."""

    metric = models.ForeignKey(Metric, models.PROTECT, related_name="goals")
    baseline = models.BigIntegerField(_("baseline"), help_text=_("In the metric's scale."))
    target = models.BigIntegerField(_("target"), help_text=_("In the metric's scale."))
    due_on = models.DateField(_("by"))
    seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="goals", verbose_name=_("answers for it"))

    objects = FewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(target=F("baseline")), name="a_goal_moves_its_metric"),
        ]
