"""What belongs to an action beside its promise: who else works on it, its steps on the way, what it waits for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    FEEDBACK = "feedback", _("feedback")
    THEME = "theme", _("a theme")
    DECISION = "decision", _("a decision")
    FINDING = "finding", _("a finding")
    KPI = "kpi", _("a KPI")
    OWN = "own", _("own initiative")


class ExpectedKind(models.TextChoices):
    """What kind of benefit is expected; what finance verifies has the same values, save the last."""

    CASHABLE = "cashable", _("money that can be taken out of a budget")
    COST_AVOIDED = "cost_avoided", _("cost that does not arise")
    CAPACITY_FREED = "capacity_freed", _("time that is freed")
    REVENUE = "revenue", _("revenue")
    NOT_MONEY = "not_money", _("not in money")


class Doer(models.Model):
    """Who does the work, a person or a seat; the accountable seat stays. A doer never verifies."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="doers")
    seat = models.ForeignKey("governance.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False, person__isnull=True) | Q(seat__isnull=True, person__isnull=False),
                name="a_doer_is_a_person_or_a_seat",
            ),
            models.UniqueConstraint(
                fields=["action", "seat"], condition=Q(ended_at=None), name="a_seat_works_on_it_once"
            ),
            models.UniqueConstraint(
                fields=["action", "person"], condition=Q(ended_at=None), name="a_person_works_on_it_once"
            ),
        ]
        indexes = [models.Index(fields=["person", "seat"], condition=Q(ended_at=None), name="doer_at_work")]

    def __str__(self) -> str:
        return f"{self.action_id} by {self.person_id or self.seat_id}"


class Contribution(models.Model):
    """A department that helps, and therefore sees the action."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="contributions")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "department"], condition=Q(ended_at=None), name="a_department_helps_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} with {self.department_id}"


class Milestone(models.Model):
    """A step on the way: what, by which day, and whether it was reached."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="milestones")
    title = models.CharField(_("title"), max_length=200)
    due_on = models.DateField(_("by"), null=True, blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None) | Q(done_on__isnull=False, done_by__isnull=False),
                name="a_milestone_is_reached_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Dependency(models.Model):
    """One action waits for another. No action waits for itself, however long the way round."""

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="dependencies")
    needs = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="needed_by")
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("dependencies")
        constraints = [
            models.CheckConstraint(condition=~Q(needs=F("action")), name="nothing_waits_for_itself"),
            models.UniqueConstraint(
                fields=["action", "needs"], condition=Q(ended_at=None), name="it_waits_for_another_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} needs {self.needs_id}"


class Follower(models.Model):
    """Somebody who wants to hear what happens to an action, as long as they may see it."""

    action = models.ForeignKey("actions.ActionItem", models.CASCADE, related_name="followers")
    person = models.ForeignKey("governance.Person", models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "person"], name="somebody_follows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.action_id}"
