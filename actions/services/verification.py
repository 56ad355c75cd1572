"""Evidence, and another person who looks at it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import shown_files
from actions.lifecycle import State, Verb
from actions.models import ActionItem, Evidence, EvidenceKind, Finding, Reopening, Verification
from actions.queries import mentions
from actions.services import agenda_of, outcomes, requests
from actions.services.footing import close, hand_on, resume, rules_of, take, words
from actions.shown_files import Kept, Sent
from councils.services import books
from governance import events
from governance.errors import Invalid
from governance.models import DutyKind, Observation, Person
from governance.services import journal

SHOWN = events.declare(
    "actions.evidence.added", says=gettext_lazy("{by} attached evidence to {subject}"), by_people=True
)
VERIFIED = events.declare("actions.item.verified", says=gettext_lazy("{by} verified {subject}"), by_people=True)
SENT_BACK = events.declare(
    "actions.item.sent_back", says=gettext_lazy("{by} sent {subject} back: {text}"), by_people=True
)

_is_link = URLValidator(schemes=["http", "https"])


def add_evidence(
    *,
    action: ActionItem,
    title: str,
    kind: str,
    by: Person,
    now: datetime,
    link: str = "",
    note: str = "",
    file: Sent | None = None,
    observation: Observation | None = None,
    version: int | None = None,
) -> Evidence:
    """Attach what shows that it is done: a file, a link, what was seen, or what a metric was.

    A file is written before the transaction that names it, once ``by`` is known to be allowed to, and thrown away
    again where that transaction fails. Raises :class:`Invalid` at the field.
    """
    if file is None:
        return _add(action, title, kind, by, now, link, note, None, observation, version)
    with transaction.atomic():
        take(action, verb=Verb.ADD_EVIDENCE, by=by, now=now, version=version)
    kept = shown_files.keep(file)
    try:
        return _add(action, title, EvidenceKind.FILE, by, now, link, note, kept, observation, version)
    except BaseException:
        shown_files.drop(kept.key)
        raise


@transaction.atomic
def _add(
    action: ActionItem,
    title: str,
    kind: str,
    by: Person,
    now: datetime,
    link: str,
    note: str,
    kept: Kept | None,
    observation: Observation | None,
    version: int | None,
) -> Evidence:
    action = take(action, verb=Verb.ADD_EVIDENCE, by=by, now=now, version=version).action
    title = words(title, field="title", missing=_("Name the evidence, for example “Forty claims, four texts each”."))
    if kind not in EvidenceKind.values:
        raise Invalid(_("Evidence is a file, a link, a reading, or what was seen."), field="kind")
    if (kind == EvidenceKind.FILE) != (kept is not None):
        raise Invalid(_("Choose the file that shows it."), field="file")
    if kind == EvidenceKind.READING and observation is None:
        raise Invalid(_("Choose what was read. Where nothing was yet, write it down with the metric first."),
                      field="observation")  # fmt: skip
    if kind == EvidenceKind.LINK or link.strip():
        try:
            _is_link(link.strip())
        except ValidationError as error:
            raise Invalid(_("Write the whole address, starting with https://."), field="link") from error
    evidence = Evidence.objects.create(
        action=action, kind=kind, title=title[:200], link=link.strip(), note=note.strip(), observation=observation,
        by=by, at=now,
        **({"file_key": kept.key, "file_name": kept.name, "file_size": kept.size, "file_digest": kept.digest}
           if kept is not None else {}),
    )  # fmt: skip
    action.keep()
    journal.record(
        SHOWN, subject=action.subject, by=by, now=now, text=title, kind=kind, **mentions.facts(note, action, by, now)
    )
    return evidence


@transaction.atomic
def verify(
    *, action: ActionItem, finding: str, by: Person, now: datetime, note: str = "", version: int | None = None
) -> Verification:
    """Say whether the evidence shows it done. Sent back (with a note that says why), the promise is owed again.

    Raises :class:`Refused` for whoever was holder, doer or deputy of the work, naming who verifies.
    """
    action = take(action, verb=Verb.VERIFY, by=by, now=now, version=version).action
    if finding not in Finding.values:
        raise Invalid(_("It is confirmed, or sent back."), field="finding")
    if finding == Finding.REFUSED:
        note = words(note, field="note", missing=_("Say what is missing, so that the owner can mend it."))
    number = 1 + Reopening.objects.filter(action=action).count()
    verification = Verification.objects.create(
        action=action, round=number, finding=finding, note=note.strip(), by=by, at=now
    )
    if finding == Finding.CONFIRMED:
        action.state, action.verified_at = State.VERIFIED, now
        action.keep("state", "verified_at")
        close(action, now=now, outcome="verified")
        books.return_rest(subject=action.subject, by=by, now=now)
        requests.end_of(action, by=by, now=now)
        agenda_of.end(action, reason=_("The action was verified as done."), by=by, now=now)
        outcomes.begin(action, now=now)
    else:
        _send_back(action, now=now)
    journal.record(
        VERIFIED if finding == Finding.CONFIRMED else SENT_BACK,
        subject=action.subject,
        by=by,
        now=now,
        text=note.strip(),
        **mentions.facts(note, action, by, now),
    )
    return verification


def _send_back(action: ActionItem, *, now: datetime) -> None:
    """The work goes on, and the same promise is owed again; without one, a date is."""
    action.state, action.refused_at = State.IN_PROGRESS, now
    action.keep("state", "refused_at")
    kind = DutyKind.KEEP if action.promised is not None else DutyKind.SET_DATE
    if resume(action, kind, now=now, outcome="sent_back") is None:
        _version, rules = rules_of(action.council, now)
        hand_on(
            action, kind, action.seat, now=now, outcome="sent_back", due_on=action.promised, within=rules.terms.set_date
        )
