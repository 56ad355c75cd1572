"""Asking for help, and answering."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Answer, Duty, HelpRequest, Person, Seat
from governance.queries import helping as queries
from governance.queries import seats
from governance.services import escalations, journal

ASKED = events.declare(
    "governance.help.asked", says=gettext_lazy("{by} asked {asked} for help with {subject}: {text}"), by_people=True
)
# One event an answer, so that each sentence can be translated whole.
ANSWERED = {
    Answer.HELPED: events.declare(
        "governance.help.given", says=gettext_lazy("{by} helps with {subject}: {text}"), by_people=True
    ),
    Answer.MOVED: events.declare(
        "governance.help.date_moved", says=gettext_lazy("{by} lets the date of {subject} move: {text}"), by_people=True
    ),
    Answer.RESOURCED: events.declare(
        "governance.help.resourced", says=gettext_lazy("{by} found a resource for {subject}: {text}"), by_people=True
    ),
    Answer.NOT_NOW: events.declare(
        "governance.help.refused", says=gettext_lazy("{by} cannot help with {subject} now: {text}"), by_people=True
    ),
}
PASSED = events.declare(
    "governance.help.passed_on", says=gettext_lazy("{by} passed the request for help with {subject} on to {person}")
)
QUESTIONED = events.declare(
    "governance.help.questioned", says=gettext_lazy("{by} asks back about {subject}: {text}"), by_people=True
)
LONGEST = 1000


@transaction.atomic
def ask(*, duty: Duty, asked: Seat, words: str, by: Person, now: datetime) -> HelpRequest:
    """Ask a seat for help with what is owed. Who may ask is the caller's to judge: it knows the thing.

    Raises :class:`Invalid` without words, :class:`Conflict` where that seat was asked and has not answered.
    """
    words = _sentence(words, field="words", missing=_("Say what would help, in a sentence."))
    duty = Duty.objects.select_for_update(of=("self",)).select_related("subject").get(pk=duty.pk)
    if duty.closed_at is not None:
        raise Conflict(_("This is not owed any more. Look at it again."))
    if HelpRequest.objects.filter(duty=duty, asked=asked, answered_at=None, due_on=duty.due_on).exists():
        raise Conflict(
            _("%(seat)s was asked already and has not answered. Ask somebody else, or wait for the answer.")
            % {"seat": asked.subject.title}
        )
    escalations.owe_response(duty=duty, seat=asked, now=now)
    made = HelpRequest.objects.create(duty=duty, asked=asked, asked_at=now, due_on=duty.due_on, by=by, words=words)
    journal.record(
        ASKED,
        subject=duty.subject,
        by=by,
        now=now,
        text=words,
        mentions=[("asked", asked.subject_id)],
        duty=duty.pk,
        request=made.pk,
    )
    return made


@transaction.atomic
def answer(*, request: HelpRequest, answer: str, said: str, by: Person, now: datetime) -> HelpRequest:
    """Answer for the seat that was asked, whatever it was asked about this duty; what is said stands on the thing.

    Another seat that was asked still answers for itself.

    Raises :class:`Absent` for what ``by`` may not see, :class:`Refused` for who does not answer for the seat,
    :class:`Conflict` when it was answered.
    """
    request = _locked(request, by, now)
    if answer not in Answer.values:
        raise Invalid(_("Choose what your answer is."), field="answer")
    said = _sentence(said, field="said", missing=_("Say it in a sentence: whoever asked reads it."))
    # Asked twice about the same, by a person and by a rung, a seat says it once.
    HelpRequest.objects.filter(duty=request.duty, asked=request.asked, answered_at=None).update(
        answer=answer, said=said, answered_by=by, answered_at=now
    )
    request.refresh_from_db(fields=["answer", "said", "answered_by", "answered_at"])
    escalations.end_response(duty=request.duty, seat=request.asked, now=now)
    journal.record(
        ANSWERED[Answer(answer)],
        subject=request.duty.subject,
        by=by,
        now=now,
        text=said,
        mentions=[("asked", request.asked_id)],
        duty=request.duty_id,
        request=request.pk,
    )
    return request


@transaction.atomic
def ask_back(*, request: HelpRequest, words: str, by: Person, now: datetime) -> HelpRequest:
    """Ask whoever owes it first: they are told, and it stands on the thing. The request is still to be answered.

    Raises as :func:`answer` does.
    """
    request = _locked(request, by, now)
    words = _sentence(words, field="words", missing=_("Ask it in a sentence: whoever owes it reads it."))
    journal.record(
        QUESTIONED,
        subject=request.duty.subject,
        by=by,
        now=now,
        text=words,
        mentions=[("asked", request.asked_id)],
        duty=request.duty_id,
        request=request.pk,
    )
    return request


@transaction.atomic
def pass_on(*, request: HelpRequest, by: Person, now: datetime) -> HelpRequest:
    """Let the deputy of the seat that was asked answer instead, though its holder is here; the deputy is told.

    Raises as :func:`answer` does, and :class:`Conflict` where the seat has no other deputy, or it was passed on.
    """
    request = _locked(request, by, now)
    if request.passed_to_id is not None:
        raise Conflict(_("This was passed on already. Speak to them, or answer it yourself."))
    deputy = seats.deputies([request.asked_id], now).get(request.asked_id)
    if deputy is None or deputy.pk == by.pk:
        raise Conflict(_("%(seat)s has no deputy now. Answer it yourself.") % {"seat": request.asked.subject.title})
    # Asked twice about the same, by a person and by a rung, a seat passes it on once.
    HelpRequest.objects.filter(duty=request.duty, asked=request.asked, answered_at=None).update(passed_to=deputy)
    request.passed_to = deputy
    journal.record(
        PASSED,
        subject=request.duty.subject,
        by=by,
        now=now,
        mentions=[("asked", request.asked_id)],
        duty=request.duty_id,
        request=request.pk,
        person=deputy.pk,
    )
    return request


def _locked(request: HelpRequest, by: Person, now: datetime) -> HelpRequest:
    """A request that ``by`` may answer and that was not answered, under its row's lock."""
    found: HelpRequest = (
        HelpRequest.objects.select_for_update(of=("self",))
        .select_related("duty__subject", "asked__subject")
        .get(pk=request.pk)
    )
    if not access.may_see(by, found.duty.subject_id, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if not queries.may_answer(found, by, now):
        raise Refused(_("%(seat)s was asked, and answers.") % {"seat": found.asked.subject.title})
    if found.answered_at is not None:
        raise Conflict(_("This was answered already. Read the answer; say more where the work stands."))
    return found


def _sentence(words: str, *, field: str, missing: str) -> str:
    words = words.strip()
    if not words:
        raise Invalid(missing, field=field)
    if len(words) > LONGEST:
        raise Invalid(_("At most %(n)d characters.") % {"n": LONGEST}, field=field)
    return words
