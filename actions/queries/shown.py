"""What evidence shows: a metric's reading in words."""

from governance.models import Metric, Observation


def last_read(metric: Metric) -> Observation | None:
    """The last thing that was written down for a metric, and not corrected since."""
    return Observation.objects.filter(metric=metric, corrected_by=None).order_by("-on").first()
