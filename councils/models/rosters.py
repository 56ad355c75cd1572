"""The roster annex of a council's charter: what each seat is there for, and who has acknowledged it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RosterLine(models.Model):
    """Role and expectations of one seat, from when until when. The secretary keeps it; nobody has to ratify it anew."""

    membership = models.ForeignKey("councils.Membership", models.PROTECT, related_name="roster")
    role = models.CharField(_("role"), max_length=120)
    expectations = models.TextField(_("expectations"), blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(until_at=None), name="a_seat_has_one_line_of_the_roster"
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")), name="a_line_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.role


class Acknowledgement(models.Model):
    """That somebody read the rules in force and the line of their seat, and took them on. Never changed."""

    membership = models.ForeignKey("councils.Membership", models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    charter_version = models.ForeignKey("governance.CharterVersion", models.PROTECT, related_name="+")
    line = models.ForeignKey(RosterLine, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["membership", "person"], name="acknowledged_by_seat")]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d}"
