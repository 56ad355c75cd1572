"""Written votes: what a council decides between its meetings, each seat for itself, until a day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models.decisions import Choice
from governance.models import Versioned


class BallotState(models.TextChoices):
    AWAITED = "awaited", _("waits for its motion")
    OPEN = "open", _("open")
    DECIDED = "decided", _("decided")
    ENDED = "ended", _("ended without a verdict")


RUNNING = (BallotState.AWAITED, BallotState.OPEN)
"""States in which a written vote keeps its item from being settled elsewhere."""


class Ballot(Versioned):
    """A written vote on one item: a motion, a last day, and who voted how; judged by the charter when it opened.

    A meeting that does not decide what had escalated opens one without a motion; until its last day the motion is
    owed, then the vote is.
    """

    item = models.ForeignKey("councils.AgendaItem", models.PROTECT, related_name="ballots")
    meeting = models.ForeignKey(
        "councils.Meeting",
        models.PROTECT,
        null=True,
        related_name="undecided",
        help_text=_("The meeting that did not decide it; empty: it was put to a written vote between meetings."),
    )
    reason = models.TextField(blank=True, help_text=_("Why that meeting did not decide it."))
    charter_version = models.ForeignKey("governance.CharterVersion", models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=BallotState.choices, default=BallotState.AWAITED)
    opened_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_on = models.DateField(help_text=_("The last day, where the council is."))
    motion = models.TextField(_("motion"), blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(default=dict)
    risk_note = models.TextField(blank=True)
    put_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    put_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=12, blank=True)
    decision = models.OneToOneField("councils.Decision", models.PROTECT, null=True, related_name="ballot")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=["awaited", "open"]), name="an_item_has_one_written_vote"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "decided"])
                | (~Q(motion="") & Q(put_at__isnull=False, put_by__isnull=False)),
                name="a_written_vote_is_on_a_motion",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decision__isnull=False) | (~Q(state="decided") & Q(decision=None)),
                name="a_decided_written_vote_has_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["awaited", "open"], closed_at=None)
                | Q(state__in=["decided", "ended"], closed_at__isnull=False),
                name="a_written_vote_runs_until_it_is_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["closes_on"], condition=Q(state__in=["awaited", "open"]), name="written_votes_that_run"
            ),
        ]

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    def __str__(self) -> str:
        return f"{self.item_id} until {self.closes_on}"


class WrittenVote(models.Model):
    """How one person voted in writing for one seat; it can be changed until the vote closes."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes")
    membership = models.ForeignKey("councils.Membership", models.PROTECT, related_name="+")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("Why the seat stands aside."))
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "membership"], name="a_seat_has_one_written_vote"),
            models.UniqueConstraint(fields=["ballot", "person"], name="one_person_one_written_vote"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.choice}"
