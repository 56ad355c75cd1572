"""Telling the givers of feedback what came of it: drafted, approved by another, then sent to whoever agreed to hear."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb, ever
from actions.models import ActionItem, Feedback, Reached, Telling, TellingLine
from actions.queries import roles as role_queries
from actions.services.footing import lock, take, words
from governance import events
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Person
from governance.services import journal
from governance.sheets.tables import Column, written

DRAFTED = events.declare(
    "actions.telling.drafted", says=gettext_lazy("{by} drafted what the givers of {subject} are told")
)
APPROVED = events.declare(
    "actions.telling.approved", says=gettext_lazy("{by} approved what the givers of {subject} are told")
)
SENT = events.declare(
    "actions.telling.sent", says=gettext_lazy("{by} told the givers of {subject}: {told} told, {untold} cannot be told")
)

EXPORTED = events.declare(
    "actions.telling.exported", says=gettext_lazy("{by} took out the file of {told} givers to tell about {subject}")
)

AGREED = frozenset({"yes", "y", "true", "1", "given", "granted", "agreed", "consent provided", "consent given"})
"""Words by which sources say that somebody agreed. Anything else, and nothing, is no consent."""
LONGEST = 4000


@transaction.atomic
def draft_telling(*, action: ActionItem, text: str, by: Person, now: datetime, version: int | None = None) -> Telling:
    """Write what the givers are told about a verified action; a draft that was approved and changes is approved anew.

    Raises :class:`Conflict` for an action that came of no theme: then nobody waits to be told.
    """
    action = take(action, verb=Verb.DRAFT_TELLING, by=by, now=now, version=version).action
    if action.theme_id is None:
        raise Conflict(_("It came of no theme, so nobody gave feedback that it answers."))
    text = words(text, field="text", missing=_("Write what changed, in words that a customer understands."))
    if len(text) > LONGEST:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST}, field="text")
    telling = Telling.objects.filter(action=action, sent_at=None).first() or Telling(action=action)
    telling.text, telling.drafted_by, telling.drafted_at = text, by, now
    telling.approved_by, telling.approved_at = None, None
    telling.save()
    action.keep()
    journal.record(DRAFTED, subject=action.subject, by=by, now=now)
    return telling


@transaction.atomic
def approve_telling(*, action: ActionItem, by: Person, now: datetime, version: int | None = None) -> Telling:
    """Approve the draft: the department's head, or chair or secretary of the council; never whoever wrote it."""
    action = take(action, verb=Verb.APPROVE_TELLING, by=by, now=now, version=version).action
    telling = _open(action)
    if telling.drafted_by_id == by.pk:
        raise Refused(_("Another person approves what you wrote."))
    if telling.approved_at is not None:
        raise Conflict(_("It is approved. Whoever did the work sends it."))
    telling.approved_by, telling.approved_at = by, now
    telling.save(update_fields=["approved_by", "approved_at"])
    action.keep()
    journal.record(APPROVED, subject=action.subject, by=by, now=now)
    return telling


@transaction.atomic
def send_telling(*, action: ActionItem, by: Person, now: datetime, version: int | None = None) -> Telling:
    """Mark it sent, and settle for each voice whether it is told. The addresses leave as a file, the source's own way.

    Only voices with consent and an address are told; the others are counted as *cannot be told*.
    """
    action = take(action, verb=Verb.SEND_TELLING, by=by, now=now, version=version).action
    telling = _open(action)
    if telling.approved_at is None:
        raise Conflict(_("It is not approved yet. The department's head, or the council's secretary, reads it first."))
    lines = [
        TellingLine(telling=telling, feedback=one, reached=reached(one))
        for one in Feedback.objects.filter(theme_id=action.theme_id).only("pk", "giver", "consent").order_by("pk")
    ]
    TellingLine.objects.bulk_create(lines, batch_size=500)
    telling.sent_by, telling.sent_at = by, now
    telling.save(update_fields=["sent_by", "sent_at"])
    action.keep()
    told = sum(line.reached == Reached.TOLD for line in lines)
    journal.record(SENT, subject=action.subject, by=by, now=now, told=told, untold=len(lines) - told)
    return telling


def _open(action: ActionItem) -> Telling:
    found = Telling.objects.select_for_update().filter(action=action, sent_at=None).first()
    if found is None:
        raise Conflict(_("Nothing is drafted. Write first what the givers are told."))
    return found


def reached(feedback: Feedback) -> Reached:
    """Whether its giver can be told; consent comes first, so an address is never looked at without."""
    if feedback.consent.strip().casefold() not in AGREED:
        return Reached.NO_CONSENT
    return Reached.TOLD if feedback.giver.strip() else Reached.NO_ADDRESS


def counted(lines: Sequence[Reached | str]) -> dict[str, int]:
    """How many voices were, or would be, reached in each way."""
    return {str(one): sum(line == one for line in lines) for one in Reached}


COLUMNS = (
    Column("external_id", gettext_lazy("number at the source")),
    Column("source", gettext_lazy("source")),
    Column("giver", gettext_lazy("giver")),
    Column("channel", gettext_lazy("channel")),
    Column("language", gettext_lazy("language")),
    Column("text", gettext_lazy("what we tell them")),
)


@transaction.atomic
def as_file(*, action: ActionItem, key: int, by: Person, now: datetime) -> str:
    """The voices that a text was sent to as CSV, one line each; that it left is on record.

    Whose address was forgotten since, or who withdrew consent since, is left out. For whoever may send it; for others
    there is no such file (:class:`Absent`).
    """
    action = lock(action.pk)
    may = Verb.SEND_TELLING in ever(role_queries.of(action, by, now))
    telling = Telling.objects.filter(action=action, pk=key, sent_at__isnull=False).first()
    if telling is None or not may or not ActionItem.objects.visible_to(by, now).filter(pk=action.pk).exists():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    told = (
        TellingLine.objects.filter(telling=telling, reached=Reached.TOLD, feedback__isnull=False)
        .select_related("feedback__source")
        .order_by("pk")
    )
    rows = [
        {
            "external_id": one.feedback.external_id,
            "source": one.feedback.source.name,
            "giver": one.feedback.giver,
            "channel": one.feedback.channel,
            "language": one.feedback.language,
            "text": telling.text,
        }
        for one in told
        if one.feedback is not None and reached(one.feedback) == Reached.TOLD
    ]
    journal.record(EXPORTED, subject=action.subject, by=by, now=now, told=len(rows))
    return written(COLUMNS, rows)
