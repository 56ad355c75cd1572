"""Journeys: what a customer goes through, step by step, with one seat that answers for each step."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import FewQuerySet, SubjectModel, Versioned


class Journey(Versioned, SubjectModel):
    """One way that customers take through the organisation, from their first need to its end."""

    purpose = models.TextField(_("what the customer wants"), blank=True)
    seat = models.ForeignKey(
        "governance.Seat",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="journeys",
        verbose_name=_("answers for the whole journey"),
    )

    objects = FewQuerySet.as_manager()


class JourneyStep(SubjectModel):
    """One step of a journey, and the one seat that answers for it.

    ``position`` counts from 1; a step that was taken out has none, and its subject is archived.
    """

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField(_("place"), null=True)
    seat = models.ForeignKey(
        "governance.Seat",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name=_("owner"),
        help_text=_("Empty: nobody was ever named."),
    )

    objects = FewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "position"], name="a_place_in_a_journey_is_taken_once"),
            models.CheckConstraint(
                condition=Q(position=None) | Q(position__gte=1), name="a_journey_begins_with_its_first_step"
            ),
        ]
