"""Who sees an action sees that it is a pilot, and the places that repeat a pilot see what they repeat."""

from collections.abc import Iterable

from actions.models import ActionItem, Pilot, PilotCopy
from councils.models import AgendaItem
from governance.models import AudienceContainer
from governance.services import subjects


def show(action: ActionItem, containers: Iterable[int]) -> None:
    """Set who may see an action from now on, and its pilot with it."""
    subjects.show_to(action.subject, containers)
    pilot = Pilot.objects.filter(action=action).select_related("subject", "action__council").first()
    if pilot is not None:
        show_pilot(pilot)


def audience_of(action: ActionItem) -> set[int]:
    """Subject ids of the departments and councils that may see an action."""
    return set(AudienceContainer.objects.filter(audience__subjects=action.pk).values_list("container_id", flat=True))


def show_pilot(pilot: Pilot) -> None:
    """Show a pilot to who sees its action, to councils before which it came, and to the places that repeat it.

    Of a confidential council to nobody else: its copies stay within it, too.
    """
    seen_by = audience_of(pilot.action)
    if not pilot.action.council.is_confidential:
        seen_by |= set(PilotCopy.objects.filter(place__pilot=pilot).values_list("action__department_id", flat=True))
    seen_by |= set(AgendaItem.objects.filter(about=pilot.pk).values_list("council_id", flat=True))
    subjects.show_to(pilot.subject, seen_by)
