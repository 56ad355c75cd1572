"""How long actions keep who gave feedback."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from actions.models import Feedback, FeedbackChange, FeedbackImport
from governance.retention import declare


def _forget_former_givers(rows: QuerySet[Any], now: datetime) -> int:
    """What a row said before an import changed it names its giver once more, inside a JSON value."""
    changed = list(rows.only("before"))
    for change in changed:
        change.before = {**change.before, "giver": ""}
    FeedbackChange.objects.bulk_update(changed, ["before"], batch_size=500)
    return len(changed)


declare(
    "givers",
    says=_("Who gave feedback; what they said stays"),
    days=730,
    due=lambda moment: Feedback.objects.exclude(giver="").filter(
        Q(received_at__lt=moment) | Q(received_at=None, first_import__started_at__lt=moment)
    ),
    blank={"giver": ""},
)
declare(
    "former_givers",
    says=_("Who gave feedback, in what is kept of before an import changed it"),
    days=730,
    due=lambda moment: (
        FeedbackChange.objects.filter(before__has_key="giver")
        .exclude(before__giver="")
        .filter(
            Q(feedback__received_at__lt=moment) | Q(feedback__received_at=None, feedback_import__started_at__lt=moment)
        )
    ),
    does=_forget_former_givers,
    ends=_("emptied (giver)"),
)
declare(
    "import_faults",
    says=_("Rows of a file that could not be taken in, as far as they are quoted"),
    days=90,
    due=lambda moment: FeedbackImport.objects.exclude(errors=[]).filter(started_at__lt=moment),
    blank={"errors": []},
)
