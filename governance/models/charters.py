"""Charters: the rules by which a council decides, kept as versions that never change once in force."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import SubjectModel, SubjectQuerySet, Versioned


class Charter(Versioned, SubjectModel):
    """The mandate of a council. What it says stands in its versions."""

    is_default = models.BooleanField(default=False, help_text=_("Holds wherever a council has no charter of its own."))

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="there_is_one_default_charter"
            ),
        ]


class CharterState(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_FORCE = "in_force", _("in force")
    SUPERSEDED = "superseded", _("superseded")


class CharterVersion(Versioned):
    """One wording of a charter's rules. In force it is immutable, in the database too."""

    charter = models.ForeignKey(Charter, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=CharterState.choices, default=CharterState.DRAFT)
    rules = models.JSONField(help_text=_("The typed clauses, as governance.clauses writes them."))
    purpose = models.TextField(blank=True)
    ratified_at = models.DateTimeField(null=True, blank=True)
    ratified_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charter", "number"], name="a_charter_version_has_its_number"),
            models.UniqueConstraint(
                fields=["charter"], condition=Q(state="in_force"), name="one_charter_version_is_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(ratified_at__isnull=False), name="rules_in_force_were_ratified"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charter_id} v{self.number}"


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
