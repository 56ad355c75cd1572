"""The words of a message, in the reader's language: pure, computed when it is handed over or read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import DutyKind
from governance.queries.duties import OTHERWISE
from notifications.kinds import Kind


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message is about, as it stands now. ``seat`` is the seat that owes; ``by`` who did the deed."""

    kind: str
    title: str
    reference: str
    url: str = ""
    seat: str = ""
    duty_kind: str = ""
    due_on: date | None = None
    by: str = ""
    next_target: str = ""
    next_on: date | None = None
    foretold: str = ""
    """Who is asked when, in a sentence (:meth:`notifications.queries.upcoming.Expected.sentence`); where it is empty,
    the kind of rung and its day are said."""
    until: date | None = None
    """The last day on which its reader may say something, where nothing is owed."""
    count: int = 0
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One message in words: a headline that says it, a sentence, and the way to act on it."""

    headline: str
    text: str
    call: str
    url: str
    reference: str
    says: tuple[str, ...] = ()
    """What is signed by answering, word for word."""
    next: str = ""
    """Who moves next and by when; empty where the text says it, or nothing is owed."""
    otherwise: str = ""
    """What happens else."""


# Headline, sentence, what the link says. All three may use the names of `_parameters`.
WORDS = {
    Kind.DUE_SOON: (
        gettext_lazy("Due %(day)s: %(title)s"),
        gettext_lazy("Next: %(seat)s %(what)s by %(day)s. Say where it stands; if the day cannot be kept, say so now."),
        gettext_lazy("Say where it stands"),
    ),
    Kind.DUE: (
        gettext_lazy("Due %(day)s: %(title)s"),
        gettext_lazy("Next: %(seat)s %(what)s by %(day)s."),
        gettext_lazy("Open it"),
    ),
    Kind.WARNING: (
        gettext_lazy("Not yet moved: %(title)s"),
        gettext_lazy("Due %(day)s. %(foretold)s"),
        gettext_lazy("Say where it stands"),
    ),
    Kind.CHAMPION: (
        gettext_lazy("Your help is asked: %(title)s"),
        gettext_lazy(
            "%(seat)s owes this since %(day)s. A word from you, or saying for them where it stands, would help."
        ),
        gettext_lazy("See what would help"),
    ),
    Kind.HEAD: (
        gettext_lazy("Your help is asked: %(title)s"),
        gettext_lazy("%(seat)s owes this since %(day)s. Another date, another owner, or a word from you would help."),
        gettext_lazy("See what would help"),
    ),
    Kind.SPONSOR: (
        gettext_lazy("Your help is asked: %(title)s"),
        gettext_lazy("%(seat)s owes this since %(day)s, and whoever was asked before you has not moved it."),
        gettext_lazy("See what would help"),
    ),
    Kind.CHAIR: (
        gettext_lazy("Your help is asked: %(title)s"),
        gettext_lazy("%(seat)s owes this since %(day)s. It goes onto your council's agenda if nothing moves it."),
        gettext_lazy("See what would help"),
    ),
    Kind.COUNCIL: (
        gettext_lazy("Now on your council's agenda: %(title)s"),
        gettext_lazy("%(seat)s owes this since %(day)s. Extend it, reassign it, let it be verified, or close it."),
        gettext_lazy("See it"),
    ),
    Kind.PARENT: (
        gettext_lazy("Left lying below, and now yours: %(title)s"),
        gettext_lazy("%(seat)s owes this since %(day)s, and the council that oversees it has not settled it."),
        gettext_lazy("See it"),
    ),
    Kind.ASKED: (
        gettext_lazy("You are asked to take on: %(title)s"),
        gettext_lazy("%(by)s asks %(seat)s. Accept it with a date, or decline it with a reason, by %(day)s."),
        gettext_lazy("Accept or decline"),
    ),
    Kind.DECLINED: (
        gettext_lazy("Declined: %(title)s"),
        gettext_lazy("%(by)s declined it. Next: %(seat)s %(what)s by %(day)s."),
        gettext_lazy("Decide who takes it"),
    ),
    Kind.TO_VERIFY: (
        gettext_lazy("To verify: %(title)s"),
        gettext_lazy("%(by)s says that it is done. Look at the evidence by %(day)s, and confirm it or send it back."),
        gettext_lazy("Look at the evidence"),
    ),
    Kind.VERIFIED: (
        gettext_lazy("Verified: %(title)s"),
        gettext_lazy("%(by)s confirmed that it is done. Thank you."),
        gettext_lazy("See it"),
    ),
    Kind.SENT_BACK: (
        gettext_lazy("Sent back: %(title)s"),
        gettext_lazy("%(by)s looked at the evidence and says what is still missing."),
        gettext_lazy("See what is missing"),
    ),
    Kind.CAME_BACK: (
        gettext_lazy("Customers say it again: %(title)s"),
        gettext_lazy("It was verified, and came back. %(seat)s %(what)s by %(day)s."),
        gettext_lazy("See what was counted"),
    ),
    Kind.TOLD_OUTCOME: (
        gettext_lazy("Whether it worked: %(title)s"),
        gettext_lazy("%(by)s says what came of your work."),
        gettext_lazy("Read it"),
    ),
    Kind.TO_CHECK: (
        gettext_lazy("A pilot is yours to check: %(title)s"),
        gettext_lazy("%(seat)s says by %(day)s whether it passed. What must be true stands on its page."),
        gettext_lazy("See what must be true"),
    ),
    Kind.CHECKED: (
        gettext_lazy("Your pilot was checked: %(title)s"),
        gettext_lazy("%(by)s looked, and says of each criterion what was seen."),
        gettext_lazy("Read it"),
    ),
    Kind.REPORTED: (
        gettext_lazy("Reported for you: %(title)s"),
        gettext_lazy("%(by)s said for you where it stands. If that is not so, say it yourself."),
        gettext_lazy("See what was said"),
    ),
    Kind.DECIDED: (
        gettext_lazy("Decided about your work: %(title)s"),
        gettext_lazy("%(by)s recorded it. Look at the date that holds now, and at why."),
        gettext_lazy("See what was decided"),
    ),
    Kind.DATE_ASKED: (
        gettext_lazy("Another date is asked for: %(title)s"),
        gettext_lazy("%(by)s asks for another day. %(seat)s approves it or refuses it by %(day)s; till then it stays."),
        gettext_lazy("Approve or refuse"),
    ),
    Kind.WAITED_ON: (
        gettext_lazy("Others wait for you: %(title)s"),
        gettext_lazy("%(by)s reported it blocked, and that your seat can lift it."),
        gettext_lazy("See what stops it"),
    ),
    Kind.REQUESTED: (
        gettext_lazy("Another department asks you: %(title)s"),
        gettext_lazy("%(by)s asks %(seat)s. Promise a day, propose another, or refuse with a reason, by %(day)s."),
        gettext_lazy("Answer it"),
    ),
    Kind.COUNTERED: (
        gettext_lazy("Proposed otherwise: %(title)s"),
        gettext_lazy("%(by)s proposes another day or scope. Accept it or withdraw, by %(day)s."),
        gettext_lazy("See what is proposed"),
    ),
    Kind.AGREED: (
        gettext_lazy("Agreed: %(title)s"),
        gettext_lazy("%(by)s signed it, so both departments have. The day that holds stands on its page."),
        gettext_lazy("See what was agreed"),
    ),
    Kind.NO_LONGER_BLOCKED: (
        gettext_lazy("It waits no more: %(title)s"),
        gettext_lazy("The request that it waited for is closed. Say where the work stands now."),
        gettext_lazy("See how it ended"),
    ),
    Kind.TO_CONFIRM: (
        gettext_lazy("Delivered: %(title)s"),
        gettext_lazy("%(by)s says that it is delivered. Confirm it or send it back, by %(day)s."),
        gettext_lazy("Look at it"),
    ),
    Kind.NO_LONGER_ASKED: (
        gettext_lazy("Closed without a delivery: %(title)s"),
        gettext_lazy("%(by)s closed it: it was refused, withdrawn, or is not needed any more."),
        gettext_lazy("Read why"),
    ),
    Kind.MENTIONED: (
        gettext_lazy("You are named: %(title)s"),
        gettext_lazy("%(by)s named you in what was said about it."),
        gettext_lazy("Read it"),
    ),
    Kind.FOLLOWED: (
        gettext_lazy("News of what you follow: %(title)s"),
        gettext_lazy("%(by)s moved it on. You hear of it because you follow it."),
        gettext_lazy("See what happened"),
    ),
    Kind.GIVEN_A_PART: (
        gettext_lazy("Part of the work is yours: %(title)s"),
        gettext_lazy("%(by)s gave you part of it. You may say where it stands and show what was done."),
        gettext_lazy("Open it"),
    ),
    Kind.HEARD: (
        gettext_lazy("New feedback waits for your answer: %(title)s"),
        gettext_lazy("Themes were routed to your department. Say what you will do about each."),
        gettext_lazy("Read and answer"),
    ),
    Kind.TO_SETTLE: (
        gettext_lazy("To be settled: %(title)s"),
        gettext_lazy("%(by)s put it onto the agenda. Next: %(seat)s %(what)s by %(day)s."),
        gettext_lazy("See the agenda item"),
    ),
    Kind.TO_RATIFY: (
        gettext_lazy("Your signature is asked: %(title)s"),
        gettext_lazy("%(by)s submitted it. Read what it says, and ratify it or send it back with a reason by %(day)s."),
        gettext_lazy("Read it in the programme"),
    ),
    Kind.CHARTER_BACK: (
        gettext_lazy("Not ratified: %(title)s"),
        gettext_lazy("%(by)s sent it back to draft, and says what has to change."),
        gettext_lazy("Read why"),
    ),
    Kind.CHARTER_HOLDS: (
        gettext_lazy("In force: %(title)s"),
        gettext_lazy("%(by)s gave the last signature. Each decision is judged by it from now on."),
        gettext_lazy("See it"),
    ),
    Kind.INVITED: (
        gettext_lazy("You are invited: %(title)s"),
        gettext_lazy("You have a place in Keep, where your organisation follows what it promised. Choose a password."),
        gettext_lazy("Open Keep"),
    ),
    Kind.RESET: (
        gettext_lazy("A new password for %(title)s"),
        gettext_lazy("Somebody asked for a new password for you. Was it not you? Then leave it: nothing changes."),
        gettext_lazy("Open Keep"),
    ),
    Kind.HELP_WANTED: (
        gettext_lazy("%(by)s asks for your help: %(title)s"),
        gettext_lazy("%(seat)s owes this, due %(day)s, and says what would help. Answer in a sentence."),
        gettext_lazy("See what would help"),
    ),
    Kind.HELP_ANSWERED: (
        gettext_lazy("Answered: %(title)s"),
        gettext_lazy("%(by)s answered the request for help."),
        gettext_lazy("Read the answer"),
    ),
    Kind.QUESTIONED: (
        gettext_lazy("A question before help: %(title)s"),
        gettext_lazy("%(by)s was asked for help and wants to know something first. Answer by saying where it stands."),
        gettext_lazy("Read the question"),
    ),
    Kind.TO_ENDORSE: (
        gettext_lazy("Your word is asked: %(title)s"),
        gettext_lazy("%(by)s nominated somebody. %(seat)s %(what)s, or says why not, by %(day)s."),
        gettext_lazy("See who is nominated"),
    ),
    Kind.TO_JOIN: (
        gettext_lazy("You are asked to be: %(title)s"),
        gettext_lazy("The head of the department stands behind you. Accept, or decline with a reason, by %(day)s."),
        gettext_lazy("See what is asked"),
    ),
    Kind.HELD_BACK: (
        gettext_lazy("Too many messages at once: the rest is held"),
        gettext_lazy("One run made more messages than it may let out. See by which rule; let them go, or drop them."),
        gettext_lazy("Look at what is held"),
    ),
    Kind.MEETING: (
        gettext_lazy("Invitation: %(title)s"),
        gettext_lazy("%(by)s calls you to a meeting. Say whether you come."),
        gettext_lazy("Say whether you come"),
    ),
    Kind.AGENDA: (
        gettext_lazy("Agenda: %(title)s"),
        gettext_lazy("%(by)s published the agenda. Read what is to be read beforehand, and say if you come."),
        gettext_lazy("Read the agenda"),
    ),
    Kind.PACK: (
        gettext_lazy("A pack for %(title)s"),
        gettext_lazy("It stands with the meeting: what each of its readers may see, frozen."),
        gettext_lazy("Read it there"),
    ),
    Kind.HANDED_BACK: (
        gettext_lazy("Off the agenda: %(title)s"),
        gettext_lazy("The council does not deal with it now. Why, and who may settle it, stands with it."),
        gettext_lazy("Read why"),
    ),
    Kind.MEETING_MOVED: (
        gettext_lazy("Moved: %(title)s"),
        gettext_lazy("%(by)s put the meeting at another time or place. Say again whether you come."),
        gettext_lazy("Say whether you come"),
    ),
    Kind.MEETING_OFF: (
        gettext_lazy("Called off: %(title)s"),
        gettext_lazy("%(by)s called the meeting off. What stood on its agenda waits for another one."),
        gettext_lazy("See it"),
    ),
    Kind.SERIES: (
        gettext_lazy("Invitation: %(title)s"),
        gettext_lazy("The council meets regularly, as set by %(by)s. Your calendar takes it up whole."),
        gettext_lazy("See the next meetings"),
    ),
    Kind.SERIES_OVER: (
        gettext_lazy("No more meetings: %(title)s"),
        gettext_lazy("%(by)s ended this series. What was planned of it is called off."),
        gettext_lazy("See it"),
    ),
    Kind.MEETING_CLOSED: (
        gettext_lazy("Closed: %(title)s"),
        gettext_lazy("%(by)s closed the meeting. What it decided, and what is yours of it:"),
        gettext_lazy("See the meeting"),
    ),
    Kind.MINUTES_OUT: (
        gettext_lazy("Out for comment: %(title)s"),
        gettext_lazy("%(by)s sent it out because you were there. Say by %(until)s what should be different."),
        gettext_lazy("Read it and comment"),
    ),
    Kind.MINUTES_APPROVED: (
        gettext_lazy("Approved: %(title)s"),
        gettext_lazy("From now on it never changes; a correction is a new version."),
        gettext_lazy("Read it"),
    ),
    Kind.VIEWS: (
        gettext_lazy("Your views"),
        gettext_lazy("What you keep and want to be told of, as it stands."),
        gettext_lazy("All my views"),
    ),
    Kind.REFERRED: (
        gettext_lazy("Referred to your council: %(title)s"),
        gettext_lazy("The council below may not decide this alone. It stands on your agenda."),
        gettext_lazy("See what is asked"),
    ),
}


def line(matter: Matter) -> Line:
    """The message in the language that is active."""
    headline, text, call = (str(words) for words in WORDS[Kind(matter.kind)])
    parameters = _parameters(matter)
    return Line(
        headline=headline % parameters,
        text=text % parameters,
        call=call,
        url=matter.url,
        reference=matter.reference,
        says=matter.says,
        next="" if "%(seat)s" in text else _next(matter, parameters),
        otherwise="" if "%(next)s" in text else _otherwise(matter),
    )


def of_somebody(matter: Matter) -> Matter:
    """The matter for a reader who may see the thing, but not know of the seat that owes it."""
    # Translators: stands where a seat is named, as in "Head of Claims owes this since Thu 19 Nov."
    return replace(matter, seat=_("Somebody") if matter.seat else "")


def veiled(matter: Matter) -> Line:
    """The line for a confidential matter where others may read it: no title, no name, no body, only that it waits."""
    owed = bool(matter.duty_kind)
    text = _("It is named only where you are signed in.")
    if owed and matter.due_on:
        text = _("By %(day)s. It is named only where you are signed in.") % {"day": _day(matter.due_on)}
    return Line(
        headline=_("A confidential matter waits for you") if owed else _("There is news of a confidential matter"),
        text=text,
        call=_("Sign in and open it"),
        url=matter.url,
        reference=matter.reference,
    )


def _next(matter: Matter, parameters: Mapping[str, str]) -> str:
    if not matter.duty_kind or not matter.seat:
        return ""
    if matter.due_on is None:
        return _("%(seat)s %(what)s") % parameters
    return _("%(seat)s %(what)s by %(day)s") % parameters


def _otherwise(matter: Matter) -> str:
    return str(OTHERWISE.get(matter.next_target, ""))


def _parameters(matter: Matter) -> dict[str, str]:
    return {
        "title": matter.title,
        "day": _day(matter.due_on),
        "until": _day(matter.until),
        "seat": matter.seat,
        "what": str(DutyKind(matter.duty_kind).label) if matter.duty_kind else "",
        "by": matter.by or _("The programme"),
        "next": str(OTHERWISE.get(matter.next_target, _("somebody else is asked"))),
        "next_day": _day(matter.next_on),
        "foretold": matter.foretold or _foretold(matter),
    }


def _foretold(matter: Matter) -> str:
    """Nothing where no rung is to come: it was moved since, or stands at the top of its ladder."""
    if matter.next_on is None:
        return ""
    return _("If nothing changes, then on %(next_day)s %(next)s.") % {
        "next_day": _day(matter.next_on),
        "next": str(OTHERWISE.get(matter.next_target, _("somebody else is asked"))),
    }


def _day(day: date | None) -> str:
    # Translators: a day with its weekday, as a date format: Thu 19 Nov
    return date_format(day, _("D j M")) if day else _("a day still to be named")


def spelled(number: int) -> str:
    """A number at the head of a sentence: in words up to nine."""
    words = [_("No"), _("One"), _("Two"), _("Three"), _("Four"), _("Five"), _("Six"), _("Seven"), _("Eight"), _("Nine")]
    return words[number] if 0 <= number < len(words) else str(number)
