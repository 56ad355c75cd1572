"""Requests: work that one department needs from another, signed by both."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import SubjectModel, SubjectQuerySet, Versioned


class RequestState(models.TextChoices):
    ASKED = "asked", _("asked")
    COUNTERED = "countered", _("proposed otherwise")
    AGREED = "agreed", _("agreed")
    DELIVERED = "delivered", _("delivered")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class RequestQuerySet(SubjectQuerySet):
    seat_path = "from_seat"


class Request(Versioned, SubjectModel):
    """Work that one seat needs from another department's seat, which agrees to a day, proposes otherwise or refuses.

    Silence is no agreement: only ``agreed_at`` makes a promised day, and only the asking seat's word closes it as done.
    """

    from_seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="requests_made")
    from_department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="+", help_text=_("The asking seat's, kept for lists.")
    )
    to_seat = models.ForeignKey("governance.Seat", models.PROTECT, related_name="requests_got")
    to_department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="+", help_text=_("The asked seat's, kept for lists.")
    )
    action = models.ForeignKey(
        "actions.ActionItem", models.PROTECT, null=True, blank=True, related_name="requests",
        help_text=_("The action that it serves."),
    )  # fmt: skip
    need = models.TextField(_("what exactly, and what for"), blank=True)
    asked_on = models.DateField(help_text=_("By the asking seat's calendar."))
    asked_for = models.DateField(_("needed by"))
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.ASKED)
    due_on = models.DateField(null=True, help_text=_("By when the next move is owed; empty once it is closed."))
    promised = models.DateField(_("day promised"), null=True, blank=True, help_text=_("The day that holds."))
    first_promised = models.DateField(null=True, help_text=_("The first one agreed, kept for ever."))
    conditions = models.TextField(_("conditions"), blank=True)
    offered_on = models.DateField(_("day proposed instead"), null=True, blank=True)
    offer = models.TextField(_("what is proposed instead"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    asked_by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    answered_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    reason_by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_on = models.DateField(null=True, help_text=_("By the asked seat's calendar."))
    closed_at = models.DateTimeField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_seat=F("to_seat")), name="nobody_asks_their_own_seat"),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "delivered", "confirmed"])
                | Q(agreed_at__isnull=False, promised__isnull=False),
                name="what_is_agreed_has_a_promised_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["delivered", "confirmed"]) | Q(delivered_at__isnull=False),
                name="a_delivery_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["asked", "countered", "agreed", "delivered"], closed_at=None, due_on__isnull=False
                )
                | Q(state__in=["confirmed", "refused", "withdrawn"], closed_at__isnull=False, due_on=None),
                name="an_open_request_is_owed_by_a_day",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["to_department", "state", "due_on"], name="request_to_department"),
            models.Index(fields=["from_department", "state", "due_on"], name="request_from_department"),
            models.Index(fields=["action", "state"], name="request_of_an_action"),
        ]
