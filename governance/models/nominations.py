"""Nominations: how somebody becomes a department's champion."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NominationState(models.TextChoices):
    NOMINATED = "nominated", _("waits for the head's word")
    ENDORSED = "endorsed", _("waits for the nominee's word")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("not endorsed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN_NOMINATIONS = (NominationState.NOMINATED, NominationState.ENDORSED)


class Nomination(models.Model):
    """Somebody is proposed as champion: the department's head endorses, the nominee accepts. Both may say no."""

    champion = models.ForeignKey("governance.Champion", models.PROTECT, related_name="nominations")
    person = models.ForeignKey("governance.Person", models.PROTECT, related_name="nominations")
    state = models.CharField(max_length=9, choices=NominationState.choices, default=NominationState.NOMINATED)
    is_seated = models.BooleanField(
        default=False, help_text=_("Seated by hand: sits there already, and a no ends the tenure.")
    )
    pledged_minutes = models.PositiveIntegerField(_("pledged minutes a week"), default=240)
    term_ends_on = models.DateField(_("term ends on"), null=True, blank=True)
    nominated_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    nominated_at = models.DateTimeField()
    endorsed_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why it was refused or declined."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["champion"],
                condition=Q(state__in=["nominated", "endorsed"]),
                name="one_champion_is_nominated_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["endorsed", "accepted"]) | Q(endorsed_at__isnull=False),
                name="nobody_is_champion_without_the_heads_word",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["nominated", "endorsed"], closed_at=None)
                | (~Q(state__in=["nominated", "endorsed"]) & Q(closed_at__isnull=False)),
                name="a_closed_nomination_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "declined"]) | ~Q(reason=""), name="a_no_has_its_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"], condition=Q(state__in=["nominated", "endorsed"]), name="nomination_open_by_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.champion_id}: {self.state}"
