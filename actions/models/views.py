"""Ways of looking that people keep for themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list of actions as one person narrowed and sorted it, to come back to; nobody else sees it."""

    person = models.ForeignKey("governance.Person", models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, help_text=_("The parameters of the list's address."))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="a_person_calls_one_view_so"),
        ]

    def __str__(self) -> str:
        return self.name
