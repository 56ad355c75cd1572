"""Councils and who sits on them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from governance.models import FewQuerySet, GrantTimes, SubjectModel, Versioned, grant_constraints


class CouncilKind(models.TextChoices):
    EXECUTIVE = "executive", _("executive committee")
    GOVERNANCE = "governance", _("governance council")
    CORE_TEAM = "core_team", _("core team")
    CULTURE = "culture", _("culture council")
    EXCELLENCE = "excellence", _("centre of excellence")
    SQUAD = "squad", _("squad")


class Council(Versioned, SubjectModel):
    """A body that decides within its charter, and answers for what it decided."""

    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=12, choices=CouncilKind.choices, default=CouncilKind.GOVERNANCE)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    charter = models.ForeignKey("governance.Charter", models.PROTECT, related_name="councils")
    sponsor = models.ForeignKey("governance.ExecutiveSponsor", models.PROTECT, related_name="councils")
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="+", help_text=_("Whose calendar it keeps.")
    )
    is_confidential = models.BooleanField(_("confidential"), default=False)

    objects = FewQuerySet.as_manager()

    class Meta:
        permissions = [
            ("prepare_council", "May prepare its agenda and meetings"),
            ("record_council", "May run its meetings and record decisions"),
            ("vote_council", "May vote"),
            ("fund_council", "May grant its envelope"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("subject")), name="a_council_is_not_its_own_parent"),
            models.UniqueConstraint(
                Lower("name"), condition=Q(is_confidential=False), name="open_councils_bear_different_names"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CouncilGrant(GrantTimes, UserObjectPermissionBase):
    """What one tenure lets one person do in one council. Written by ``governance.access`` alone."""

    content_object = models.ForeignKey(Council, models.CASCADE, related_name="grants")

    class Meta:
        constraints = grant_constraints("council")
        indexes = [models.Index(fields=["user", "permission", "content_object"], name="council_grant_lookup")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"


class Membership(models.Model):
    """One seat of a council: chair, secretary or member (the seat's kind says which)."""

    seat = models.OneToOneField("governance.Seat", models.PROTECT, primary_key=True, related_name="membership")
    council = models.ForeignKey(Council, models.PROTECT, related_name="memberships")
    represents = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, blank=True, related_name="represented_by"
    )
    votes = models.BooleanField(_("votes"), default=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.seat)
