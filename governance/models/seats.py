"""Seats and tenures: ownership points at seats, people come and go."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import FewQuerySet, SubjectModel, Versioned


class SeatKind(models.TextChoices):
    CX_SPONSOR = "cx_sponsor", _("CX executive sponsor")
    EX_SPONSOR = "ex_sponsor", _("EX executive sponsor")
    CX_LEAD = "cx_lead", _("CX lead")
    ADMINISTRATOR = "administrator", _("administrator")
    CORE_TEAM = "core_team", _("CX core team")
    CHAMPION = "champion", _("CX champion")
    HEAD = "head", _("department head")
    FINANCE_PARTNER = "finance_partner", _("finance partner")
    AUDITOR = "auditor", _("auditor")
    STEP_OWNER = "step_owner", _("journey-step owner")
    CHAIR = "chair", _("council chair")
    SECRETARY = "secretary", _("council secretary")
    MEMBER = "member", _("council member")
    OTHER = "other", _("other")


ORGANISATION_WIDE = (
    SeatKind.CX_SPONSOR,
    SeatKind.EX_SPONSOR,
    SeatKind.CX_LEAD,
    SeatKind.CORE_TEAM,
    SeatKind.ADMINISTRATOR,
    SeatKind.AUDITOR,
)


class SeatQuerySet(FewQuerySet):
    seat_path = "pk"


class Seat(Versioned, SubjectModel):
    """A place of responsibility with written expectations, a holder and a deputy over time."""

    kind = models.CharField(_("kind"), max_length=20, choices=SeatKind.choices)
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="seats")
    own_kind = models.CharField(
        _("kind, in your words"), max_length=60, blank=True, help_text=_("A kind of the organisation's own.")
    )
    expectations = models.TextField(_("expectations"), blank=True)
    criteria = models.TextField(_("criteria"), blank=True, help_text=_("Whom it suits: what its holder brings."))
    capacity_minutes = models.PositiveIntegerField(_("capacity, minutes a week"), default=0)
    calendar = models.ForeignKey("governance.Calendar", models.PROTECT, null=True, blank=True)
    filled_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="fills",
        help_text=_("The seat that finds a holder when this one is vacant; empty: the CX lead."),
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind__in=["cx_lead"]),
                name="there_is_one_cx_lead_seat",
            ),
            models.UniqueConstraint(
                fields=["department"], condition=Q(kind="head"), name="a_department_has_one_head_seat"
            ),
            models.UniqueConstraint(
                fields=["department"], condition=Q(kind="champion"), name="a_department_has_one_champion_seat"
            ),
            models.CheckConstraint(
                condition=Q(own_kind="") | Q(kind="other"), name="a_kind_of_ones_own_is_none_of_the_usual"
            ),
        ]

    @property
    def kind_key(self) -> str:
        """What lists group and filter by: the kind, or ``other:<name>`` for a kind of the organisation's own."""
        return f"{self.kind}:{self.own_kind}" if self.own_kind else self.kind

    @property
    def kind_label(self) -> str:
        """The kind in words, the organisation's own where it has one."""
        return self.own_kind or str(SeatKind(self.kind).label)


class TenureRole(models.TextChoices):
    HOLDER = "holder", _("holder")
    DEPUTY = "deputy", _("deputy")


class TenureQuerySet(models.QuerySet["Tenure"]):
    def at(self, now: datetime) -> "TenureQuerySet":
        """The tenures that run at ``now``."""
        return self.filter(Q(until_at=None) | Q(until_at__gt=now), from_at__lte=now)


class Tenure(models.Model):
    """Who held a seat, or stood in for its holder, from when until when. Never overlapping; never deleted."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="tenures")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="tenures")
    role = models.CharField(max_length=6, choices=TenureRole.choices, default=TenureRole.HOLDER)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")), name="a_tenure_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["seat", "role"], condition=Q(until_at=None), name="a_seat_has_one_open_tenure_a_role"
            ),
        ]
        indexes = [models.Index(fields=["person", "until_at"], name="tenure_by_person")]

    def __str__(self) -> str:
        return f"{self.person} in {self.seat_id}"

    def runs_at(self, now: datetime) -> bool:
        """As ``TenureQuerySet.at`` finds it."""
        return self.from_at <= now and (self.until_at is None or self.until_at > now)


class SponsorScope(models.TextChoices):
    CX = "cx", _("customer experience")
    EX = "ex", _("employee experience")
    BOTH = "both", _("customer and employee experience")


class ExecutiveSponsor(models.Model):
    """What an executive sponsor pledges. The seat's holder changes; the pledge stays with the seat."""

    seat = models.OneToOneField(Seat, models.PROTECT, primary_key=True, related_name="sponsor")
    scope = models.CharField(_("scope"), max_length=4, choices=SponsorScope.choices, default=SponsorScope.CX)
    response_days = models.PositiveSmallIntegerField(_("answers an escalation within (working days)"), default=3)
    attendance_pledge = models.PositiveSmallIntegerField(_("attends at least (% of meetings)"), default=75)
    checkins_a_quarter = models.PositiveSmallIntegerField(_("check-ins a quarter"), default=3)
    funding_authority = models.BigIntegerField(_("may grant up to (minor units)"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(attendance_pledge__lte=100), name="attendance_is_a_percentage"),
            models.CheckConstraint(condition=Q(funding_authority__gte=0), name="funding_authority_is_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.seat)


class Champion(models.Model):
    """The voice of customers in one department: pledged hours, a term, endorsed by the head."""

    seat = models.OneToOneField(Seat, models.PROTECT, primary_key=True, related_name="champion")
    endorsed_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, blank=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True, blank=True)
    pledged_minutes = models.PositiveIntegerField(_("pledged minutes a week"), default=240)
    term_ends_on = models.DateField(_("term ends on"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.seat)
