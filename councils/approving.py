"""The matter "minutes": where the charter says so a later meeting approves them by a decision, or sends them back."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from councils.matters import Matter, Outcome, declare
from councils.models import AgendaItem, Decision, Minutes
from councils.services import minutes
from governance.models import Person, Subject, SubjectKind

APPROVE, SEND_BACK = "approve", "send_back"


def _of(item: AgendaItem) -> Minutes:
    found: Minutes = Minutes.objects.select_related("meeting__council__department", "meeting__charter_version").get(
        pk=item.about_id
    )
    return found


def _refuses(item: AgendaItem, now: datetime) -> str:
    return minutes.why_not_ripe(_of(item), now)


def _approve(decision: Decision, by: Person, now: datetime) -> Subject:
    return minutes.approve_in_meeting(minutes=_of(decision.item), by=by, now=now).minutes.subject


def _send_back(decision: Decision, by: Person, now: datetime) -> Subject:
    return minutes.send_back(minutes=_of(decision.item), by=by, now=now).subject


def _not_approved(item: AgendaItem, by: Person, now: datetime) -> None:
    """A motion on minutes that did not carry sends them back: somebody has to write them otherwise."""
    minutes.send_back(minutes=_of(item), by=by, now=now)


def _nothing(_item: AgendaItem, _payload: dict[str, Any]) -> dict[str, Any]:
    return {}


def _overseer(subject: Subject) -> int | None:
    found: int | None = Minutes.objects.filter(pk=subject.pk).values_list("meeting__council_id", flat=True).first()
    return found


declare(
    Matter(
        key=minutes.MATTER,
        label=gettext_lazy("minutes to be approved"),
        outcomes={
            APPROVE: Outcome(
                key=APPROVE,
                label=gettext_lazy("approve them"),
                carry_out=_approve,
                check=_nothing,
                refuses=_refuses,
                motion=lambda item: item.ask,
                takes_actions=False,
            ),
            SEND_BACK: Outcome(
                key=SEND_BACK,
                label=gettext_lazy("send them back to be rewritten"),
                carry_out=_send_back,
                check=_nothing,
            ),
        },
        about=SubjectKind.MINUTES,
        overseer=_overseer,
        is_raised=False,
        stays=True,
        failed=_not_approved,
    )
)
