"""What a seat answers for without owing anything today: journeys, steps of journeys, metrics and goals."""

from datetime import datetime

from governance.models import Goal, Journey, JourneyStep, Metric, Person, Seat

Holding = Journey | JourneyStep | Metric | Goal


def of_seat(seat: Seat, viewer: Person, now: datetime) -> list[Holding]:
    """What ``seat`` answers for as ``viewer`` may see it, kind by kind, each in the order of its name. Four statements.

    A step that was taken out of its journey, and whatever else has ended, is nobody's any more.
    """
    found: list[Holding] = []
    for things in (
        Journey.objects.visible_to(viewer, now),
        JourneyStep.objects.visible_to(viewer, now).filter(position__isnull=False),
        Metric.objects.visible_to(viewer, now),
        Goal.objects.visible_to(viewer, now),
    ):
        mine = things.filter(seat=seat, subject__archived_at=None).select_related("subject")
        found += mine.order_by("subject__title", "pk")
    return found
