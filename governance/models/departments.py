"""Departments: the tree of an organisation, and the containers that access is granted on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from governance.models.subjects import FewQuerySet, SubjectModel, Versioned


class DepartmentKind(models.TextChoices):
    FUNCTION = "function", _("function")
    COUNTRY = "country", _("country")
    BRAND = "brand", _("brand")
    SITE = "site", _("site")


HOLDING_CODE = "TO-BE-PLACED"
"""The department below which imports put those that nobody knew."""


class Department(Versioned, SubjectModel):
    """A part of the organisation that can act on feedback and be held to account for it."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=10, choices=DepartmentKind.choices, default=DepartmentKind.FUNCTION)
    calendar = models.ForeignKey("governance.Calendar", models.PROTECT, null=True, blank=True)
    to_be_placed = models.BooleanField(
        default=False, help_text=_("Met in an import and not yet given its place in the tree.")
    )

    objects = FewQuerySet.as_manager()

    class Meta:
        permissions = [
            ("triage_department", "May route its feedback and propose its agenda"),
            ("answer_department", "May answer its feedback"),
            ("report_department", "May report for its owners"),
            ("lead_department", "May place people and settle what its seats declined"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for its place in the tree, or holds those that wait."""
        return self.to_be_placed or self.code == HOLDING_CODE


class DepartmentAlias(models.Model):
    """Another name under which a department appears in files."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=150, unique=True, help_text=_("Folded: lower case, single blanks."))

    def __str__(self) -> str:
        return self.name


class GrantTimes(models.Model):
    """A grant is a projection of one fact, and begins and ends with it by the clock."""

    seat = models.ForeignKey("governance.Seat", models.CASCADE, null=True, related_name="+")
    tenure = models.ForeignKey("governance.Tenure", models.CASCADE, null=True, related_name="+")
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def grant_constraints(container: str) -> list[models.BaseConstraint]:
    """One row per fact: with a tenure behind it, or (for every active person) without one."""
    return [
        models.UniqueConstraint(
            fields=["user", "permission", "content_object", "tenure"],
            condition=models.Q(tenure__isnull=False),
            name=f"a_tenure_grants_a_{container}_once",
        ),
        models.UniqueConstraint(
            fields=["user", "permission", "content_object"],
            condition=models.Q(tenure=None),
            name=f"belonging_grants_a_{container}_once",
        ),
    ]


class DepartmentGrant(GrantTimes, UserObjectPermissionBase):
    """What one tenure lets one person do in one department. Written by ``governance.access`` alone."""

    content_object = models.ForeignKey(Department, models.CASCADE, related_name="grants")

    class Meta:
        constraints = grant_constraints("department")
        indexes = [models.Index(fields=["user", "permission", "content_object"], name="department_grant_lookup")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"
