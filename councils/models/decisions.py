"""Decisions: what a council resolved, judged by the charter in force, with the facts counted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import SubjectModel, SubjectQuerySet


class Verdict(models.TextChoices):
    VALID = "valid", _("valid")
    ADVISORY = "advisory", _("advisory")
    REFERRED = "referred", _("beyond authority, referred")
    REJECTED = "rejected", _("not carried")


class How(models.TextChoices):
    """How a vote was taken."""

    BY_NAME = "by_name", _("by name")
    NO_OBJECTION = "no_objection", _("nobody objected")
    HANDS = "hands", _("by show of hands")
    WRITTEN = "written", _("in writing")
    CHAIR = "chair", _("by the chair alone")


class Decision(SubjectModel):
    """A settled motion. Verdict and facts are stored together and never change."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey("councils.Meeting", models.PROTECT, null=True, related_name="decisions")
    item = models.ForeignKey("councils.AgendaItem", models.PROTECT, related_name="decisions")
    charter_version = models.ForeignKey("governance.CharterVersion", models.PROTECT, related_name="+")
    is_provisional = models.BooleanField(
        default=False, help_text=_("Decided while the charter held provisionally; it stays marked so.")
    )
    motion = models.TextField(_("motion"))
    outcome = models.CharField(max_length=40, help_text=_("Which outcome of the matter was decided."))
    payload = models.JSONField(default=dict)
    amount = models.BigIntegerField(default=0, help_text=_("Minor units."))
    currency = models.CharField(max_length=3)
    minutes = models.BigIntegerField(default=0, help_text=_("Person-time that it commits."))
    risk_note = models.TextField(
        _("risks"), blank=True, default="", help_text=_("What can go wrong, and what then; the charter says from when.")
    )
    how = models.CharField(max_length=12, choices=How.choices, default=How.BY_NAME)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    facts = models.JSONField(help_text=_("What was counted: seats, presence, votes, limits."))
    decided_at = models.DateTimeField()
    recorded_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    carried_out_at = models.DateTimeField(null=True)
    result = models.ForeignKey(
        "governance.Subject", models.PROTECT, null=True, related_name="+", help_text=_("What came of it.")
    )

    ratified_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="ratifies", help_text=_("What the chair decided alone.")
    )
    lapsed_at = models.DateTimeField(null=True, help_text=_("When a chair's decision lapsed that nobody ratified."))
    before = models.JSONField(
        default=dict, help_text=_("How what it changed stood before, so that a slip can be taken back.")
    )
    review_on = models.DateField(
        _("reviewed on"), null=True, help_text=_("When a decision that stands is looked at again, as it was decided.")
    )
    taken_back_at = models.DateTimeField(null=True, help_text=_("Since when it counts for nothing; see TakenBack."))

    objects = SubjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_decision_commits_no_negative_amount"),
            models.CheckConstraint(
                condition=Q(lapsed_at=None) | Q(ratified_by=None), name="a_chairs_action_is_ratified_or_lapses"
            ),
            models.CheckConstraint(
                condition=Q(how="chair") | Q(lapsed_at=None, ratified_by=None), name="only_a_chairs_action_is_ratified"
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(verdict="valid", taken_back_at=None),
                name="an_item_is_settled_validly_once",
            ),
        ]


class TakenBack(models.Model):
    """A decision recorded by a slip, taken back by whoever recorded it; the decision stays as it was written."""

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="taken_back")
    at = models.DateTimeField()
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)

    def __str__(self) -> str:
        return f"{self.decision_id} taken back"


class Choice(models.TextChoices):
    FOR = "for", _("for")
    AGAINST = "against", _("against")
    ABSTAIN = "abstain", _("abstains")
    RECUSED = "recused", _("recused")


class Vote(models.Model):
    """How one person voted for one seat; one person has one vote."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="votes")
    membership = models.ForeignKey("councils.Membership", models.PROTECT, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("Why the seat stands aside."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "membership"], name="a_seat_votes_once"),
            models.UniqueConstraint(fields=["decision", "person"], name="one_person_one_vote"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.choice}"
