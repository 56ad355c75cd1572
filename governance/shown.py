"""What governance shows on the pages of the apps above it."""

from governance.panels import declare
from governance.queries import checkins

declare("council.page", template="governance/checkins/_council.html", answer=checkins.with_councils, order=50)
