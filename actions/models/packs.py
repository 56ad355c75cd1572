"""Packs: the executive review as it was read at one moment, for a meeting or a period and a named audience."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from governance import access
from governance.models import FewQuerySet, Person, SubjectModel, Versioned


class PackQuerySet(FewQuerySet):
    def counted_for(self, viewer: Person, now: datetime) -> Self:
        """Packs for a council or department of the viewer's, as long as they may see all that was counted in them.

        Who joins later, or is moved elsewhere, may belong to whom a pack was made for and still not see what it holds.
        """
        mine = access.audiences_of(viewer, now)
        beyond = PackAudience.objects.filter(pack=OuterRef("pk")).exclude(audience__in=mine)
        return super().counted_for(viewer, now).filter(~Exists(beyond))


class Pack(SubjectModel):
    """The executive review for a named audience, frozen: what it said then it says for ever."""

    container = models.ForeignKey(
        "governance.Subject", models.PROTECT, related_name="packs", help_text=_("The council or department it is for.")
    )
    meeting = models.ForeignKey("councils.Meeting", models.PROTECT, null=True, related_name="packs")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    record = models.JSONField(help_text=_("Cover, summary and parts, in their order, in words."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the record in its one written form."))
    is_scheduled = models.BooleanField(default=False)
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = PackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="a_pack_has_a_period"),
            models.CheckConstraint(
                condition=Q(is_scheduled=True, by=None) | Q(is_scheduled=False, by__isnull=False),
                name="a_pack_is_made_by_somebody_or_on_schedule",
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(is_scheduled=True), name="a_meeting_has_one_scheduled_pack"
            ),
            models.CheckConstraint(
                condition=Q(is_scheduled=False) | Q(meeting__isnull=False), name="a_scheduled_pack_is_for_a_meeting"
            ),
        ]
        indexes = [models.Index(fields=["container", "-made_at"], name="pack_by_container")]


class PackAudience(models.Model):
    """An audience whose things were counted in a pack: whoever does not belong to it does not read the pack."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="counted")
    audience = models.ForeignKey("governance.Audience", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "audience"], name="an_audience_is_counted_once_a_pack")]

    def __str__(self) -> str:
        return f"{self.pack_id}: {self.audience_id}"


class PackSchedule(Versioned):
    """A council's wish: a pack for each of its meetings, so many days before."""

    council = models.OneToOneField("councils.Council", models.PROTECT, related_name="pack_schedule")
    days_before = models.PositiveSmallIntegerField(_("days before the meeting"))
    is_on = models.BooleanField(default=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days_before__gte=1, days_before__lte=30), name="a_pack_is_made_1_to_30_days_ahead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council_id}: {self.days_before}"
