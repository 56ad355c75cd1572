"""Ways of looking that people keep for themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.subjects import Versioned


class ViewCadence(models.TextChoices):
    """How often the digest tells of a view."""

    NEVER = "never", _("never")
    CHANGED = "changed", _("when its count changed")
    WEEKLY = "weekly", _("once a week")


class SavedView(Versioned):
    """A list or a page of figures as one person narrowed it, to come back to or to hear of; nobody else sees it."""

    person = models.ForeignKey("governance.Person", models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=30, help_text=_("Which page it is of, as the registry of kept pages names it."))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True, help_text=_("The parameters of the page's address."))
    created_at = models.DateTimeField()
    cadence = models.CharField(
        _("tell me in the digest"), max_length=7, choices=ViewCadence.choices, default=ViewCadence.NEVER
    )
    weekday = models.PositiveSmallIntegerField(_("on"), default=0, help_text=_("0 is Monday."))
    told_count = models.PositiveIntegerField(
        null=True, help_text=_("What was told last: in a mail, or on the page where it was subscribed to.")
    )
    told_at = models.DateTimeField(null=True)
    told_gone = models.BooleanField(default=False, help_text=_("Whether it was told that it can be shown no longer."))
    looks_at = models.DateTimeField(
        null=True, help_text=_("When a digest looks at it next; empty: to be found by its reader's hours.")
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="a_person_calls_a_view_of_a_page_so"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="a_view_is_told_on_a_day_of_the_week"),
        ]
        indexes = [
            models.Index(fields=["looks_at"], condition=~Q(cadence="never"), name="view_to_look_at"),
        ]

    def __str__(self) -> str:
        return self.name
