"""How long councils keep what was said for one meeting alone."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models import Capture, MeetingAnswer, MeetingState
from governance.retention import declare

declare(
    "answers",
    says=_("Who said whether they come to a meeting, after it closed or was to be"),
    days=30,
    # The minutes say who was there. Who had said what beforehand serves the quorum expected, and nobody afterwards.
    due=lambda moment: MeetingAnswer.objects.filter(
        Q(meeting__closed_at__lt=moment) | Q(meeting__state=MeetingState.OFF, meeting__starts_at__lt=moment)
    ),
)
declare(
    "struck_out",
    says=_("Lines typed in a meeting and struck out again, after it closed"),
    days=30,
    due=lambda moment: Capture.objects.filter(meeting__closed_at__lt=moment).exclude(undone_at=None),
)
