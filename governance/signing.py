"""A charter is ratified, or refused with a reason, by a link in a mail: the two buttons that a sponsor is sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import buttons
from governance.errors import Absent
from governance.mandates import LONGEST_TEXT
from governance.models import Button, CharterVersion, SignedBy
from governance.queries import charters as queries
from governance.queries import submissions as submission_queries
from governance.services import submissions

RATIFY, REFUSE = "ratify", "refuse_charter"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What has to change"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_TEXT
    )


def _asked(button: Button) -> CharterVersion:
    """The version that waits for this signature; the button's duty ends with it, so no other text is signed."""
    version = submission_queries.waiting([button.subject_id or 0]).get(button.subject_id or 0)
    if version is None:
        raise Absent(_("This link is not open any more."))
    return version


def _shows(button: Button, now: datetime) -> dict[str, Any]:
    version = _asked(button)
    return {"version": version, "mandate": queries.mandate_of(version), "rules": queries.rules_of(version)}


def _ratifies(button: Button, said: dict[str, Any], now: datetime) -> str:
    version = submissions.ratify(
        version=_asked(button), by=button.person, now=now, how=SignedBy.MAIL, sent_to=button.sent_to
    )
    return submissions.came_of(version)


def _refuses(button: Button, said: dict[str, Any], now: datetime) -> str:
    version = _asked(button)
    submissions.refuse(
        version=version, reason=said["reason"], by=button.person, now=now, how=SignedBy.MAIL, sent_to=button.sent_to
    )
    return _("Version %(number)d went back to draft, with your reason.") % {"number": version.number}


buttons.declare(
    RATIFY,
    call=gettext_lazy("Ratify it"),
    template="governance/charters/signing.html",
    shows=_shows,
    presses=_ratifies,
)
buttons.declare(
    REFUSE,
    call=gettext_lazy("Send it back with a reason"),
    template="governance/charters/signing.html",
    shows=_shows,
    presses=_refuses,
    form=ReasonForm,
)
