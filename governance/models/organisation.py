"""The organisation that this installation serves: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import Versioned


class Organisation(Versioned):
    """One organisation per installation."""

    name = models.CharField(_("name"), max_length=150)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", help_text=_("ISO 4217."))
    language = models.CharField(_("language"), max_length=10, default="en")
    calendar = models.ForeignKey("governance.Calendar", models.PROTECT, verbose_name=_("calendar"))
    root = models.ForeignKey("governance.Department", models.PROTECT, null=True, related_name="+")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_organisation_per_installation")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        return self.calendar.zone


class SetupCode(models.Model):
    """The one-time code, printed on the console, that lets the first person start the organisation."""

    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up code of {self.created_at:%Y-%m-%d}"
