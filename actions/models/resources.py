"""What owners ask for: money and time for an action, with a business case where the charter wants one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ResourceRequest(models.Model):
    """An owner asks the council for money or time: how much, what for, and beyond its limit a business case.

    How it stands is how its agenda item stands: nothing of it is stored here.
    """

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="resource_requests")
    item = models.OneToOneField("councils.AgendaItem", models.PROTECT, related_name="resource_request")
    amount = models.BigIntegerField(default=0, help_text=_("Minor units."))
    minutes = models.BigIntegerField(default=0, help_text=_("Person-time."))
    currency = models.CharField(max_length=3)
    what_for = models.CharField(_("what for"), max_length=300)
    problem = models.TextField(_("the problem"), blank=True)
    evidence = models.TextField(_("what shows it"), blank=True)
    cost = models.TextField(_("what it costs, and from when"), blank=True)
    benefit = models.TextField(_("what it brings"), blank=True)
    kpi = models.TextField(_("the one figure that shows it"), blank=True)
    risk = models.TextField(_("what can go wrong"), blank=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, minutes__gte=0) & (Q(amount__gt=0) | Q(minutes__gt=0)),
                name="a_request_asks_for_something",
            ),
        ]

    def __str__(self) -> str:
        return self.what_for
