"""How long actions keep who gave feedback."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models import Feedback, FeedbackImport
from governance.retention import declare

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
    "import_faults",
    says=_("Rows of a file that could not be taken in, as far as they are quoted"),
    days=90,
    due=lambda moment: FeedbackImport.objects.exclude(errors=[]).filter(started_at__lt=moment),
    blank={"errors": []},
)
