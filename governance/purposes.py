"""What each kind of personal data is for, who reads it, and why it stays: by the labels of ``personal.HOLDS``.

``governance.E007`` refuses to start while a model with people or words has no line here, no reader, or no end: a term
in a ``services/forgetting.py``, ``goes`` in ``HOLDS``, or a reason why it ``stays``. ``docs/works-council.md`` and the
page ``/privacy/`` are made of this: whoever adds a model writes the sentence that its works council will read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# --- who reads it ---
SELF = _("the person alone")
HERE = _("everybody with access to Keep")
THING = _("whoever may see what it belongs to")
LEAD = _("the CX lead and administrators")
IMPORTER = _("whoever takes files in: the CX lead")
MACHINE = _("nobody on a page: the program, and the operator of the server")

# --- why it stays where no clock ends it ---
RECORD = _("Kept with the organisation's record")
IN_USE = _("Kept while it is in use; changed or emptied on its page")
CHANGES = _("Kept as it is now; it changes with what it belongs to")
SEALED = _("Kept with the sealed journal; its words can be erased")


@dataclass(frozen=True, slots=True)
class Purpose:
    """``so_that`` ends the sentence "It is kept so that ..."; ``fields`` says it of single fields.

    ``stays`` is why rows are not deleted by a clock; empty where a term or ``HOLDS`` deletes them. ``own`` are fields
    that are told to the person alone, also where the rest is told to others.
    """

    so_that: Any
    readers: tuple[Any, ...]
    stays: Any = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    own: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether nobody else reads any of it: it is for the person alone, or for the program. Whoever leads neither
        reads nor exports it."""
        return self.readers in ((SELF,), (MACHINE,))


@dataclass(frozen=True, slots=True)
class Section:
    """Kinds of data that serve one thing, as a reader looks for them."""

    key: str
    title: Any
    says: Any
    holds: Mapping[str, Purpose]


def _is(so_that: Any, *readers: Any, stays: Any = RECORD, own: tuple[str, ...] = (), **fields: Any) -> Purpose:
    return Purpose(so_that, readers, stays, fields, own)


SECTIONS: tuple[Section, ...] = (
    Section(
        "account",
        _("Who somebody is, and how they get in"),
        _("Name, address and what it takes to sign in. No date of birth, no private address, no photograph."),
        {
            "governance.person": _is(
                _("people find each other, sign in, and are reached in their language and time zone"),
                HERE,
                own=("last_login", "away_until", "mail_refused", "mail_refused_at"),
                name=_("how colleagues know the person"),
                email=_("to sign in and to be written to"),
                password=_("to sign in; a digest, which nobody can read back; nobody sees it"),
                last_login=_("to say “never signed in” of who was invited; the moment itself is shown to nobody else"),
                away_until=_(
                    "so that the deputy acts meanwhile; the day is told to the person alone, and no reason is kept"
                ),
                zone=_("so that days and hours are the person's own"),
                language=_("so that pages and mails are in it"),
                mail_refused_at=_("when that was"),
                mail_refused=_("so that the person can mend an address that the mail server refused"),
                is_active=_("whether they have access"),
            ),
            "governance.apitoken": _is(_("a program acts for the person"), SELF, stays=""),
            "governance.idempotencyrecord": _is(_("what a program sends twice is done once"), MACHINE, stays=""),
            "governance.button": _is(_("somebody answers from a mail, once, without signing in"), SELF, stays=""),
            "governance.signinthrottle": _is(
                _("nobody guesses passwords; address and account stand there as a digest only"), MACHINE, stays=""
            ),
            "governance.setupcode": _is(_("the first person gets in, once"), MACHINE, stays=""),
            "notifications.calendarfeed": _is(
                _("one's own calendar program shows one's meetings and days"), SELF, stays=""
            ),
        },
    ),
    Section(
        "seats",
        _("Which seat somebody holds"),
        _("Work is owed by seats, people act for them. Who sat where, and when, is accountability."),
        {
            "governance.seat": _is(
                _("everybody knows what is expected of a place of responsibility; the words are about the place"),
                THING,
                stays=IN_USE,
                capacity_minutes=_(
                    "to see beforehand that a seat owes more than it has time; planning, no measurement"
                ),
            ),
            "governance.tenure": _is(_("it is known who held or deputised a seat when something was decided"), THING),
            "governance.champion": _is(
                _("a department says how much time its champion has, and for which term"), THING
            ),
            "governance.nomination": _is(
                _("a champion is proposed, endorsed and accepted; each of them may say no"), THING
            ),
            "governance.departmentgrant": _is(
                _("everybody sees what their seats let them see, and nothing else"), MACHINE, stays=CHANGES
            ),
            "councils.councilgrant": _is(
                _("everybody sees what their seats let them see, and nothing else"), MACHINE, stays=CHANGES
            ),
            "councils.rosterline": _is(_("a member knows what is expected of their seat"), THING),
            "councils.acknowledgement": _is(
                _("it is known that a member read the rules; who has, is told to the council's own seats alone"), THING
            ),
        },
    ),
    Section(
        "work",
        _("What somebody promised and did"),
        _(
            "Actions, their dates, what was reported and verified. It is open work and a record of answers; it is no"
            " measure of a person, and no page makes it one."
        ),
        {
            "actions.actionitem": _is(
                _("it is known what is to be done, by which seat, and what would show it"), THING
            ),
            "actions.promise": _is(_("a date is never silently another one"), THING),
            "actions.daterequest": _is(_("another day is asked for before the day passes, and answered"), THING),
            "actions.update": _is(_("others know where it stands, in the owner's words"), THING),
            "actions.blocker": _is(_("others know what stops it and whom it waits for"), THING),
            "actions.resourcerequest": _is(_("money or time is asked for with its reason"), THING),
            "actions.request": _is(_("one department asks another for work, and gets an answer"), THING),
            "actions.requestday": _is(_("another day of such work is agreed by both sides"), THING),
            "actions.evidence": _is(
                _("somebody else can see that it was done; put no more about people into it than it needs"), THING
            ),
            "actions.verification": _is(_("somebody without a part in the work says whether it is done"), THING),
            "actions.outcome": _is(_("what would show that it worked is fixed before anything is seen"), THING),
            "actions.outcomereading": _is(_("what the figures said is kept with what was made of it"), THING),
            "actions.outcomeverdict": _is(_("a person says whether it worked"), THING),
            "actions.benefit": _is(_("finance says what it brought"), THING),
            "actions.reopening": _is(_("it is known why something closed was not"), THING),
            "actions.doer": _is(_("whoever works on it sees it, and does not verify it"), THING),
            "actions.contribution": _is(_("a department that helps sees it"), THING),
            "actions.milestone": _is(_("steps on the way are seen"), THING),
            "actions.dependency": _is(_("it is known what waits for what"), THING),
            "actions.pilot": _is(_("something is tried in one place first, and judged by another person"), THING),
            "actions.pilotcriterion": _is(_("it is known beforehand what a pilot is judged by"), THING),
            "actions.pilotcheck": _is(_("somebody without a part in it says whether it passed"), THING),
            "actions.pilotfinding": _is(_("it is known what was seen of each criterion"), THING),
            "actions.pilotplace": _is(_("it is known where a pilot might be repeated"), THING),
            "governance.helprequest": _is(
                _("a seat that cannot keep its word is helped, and it is known who answered"), THING
            ),
            "governance.checkin": _is(_("a sponsor notes what was spoken of with a council"), THING),
            "actions.actionlog": _is(_("an old list of actions is taken over as it was"), THING),
            "actions.actionlogline": _is(_("each line of it is still known in its own words"), THING),
            "actions.pack": _is(_("a meeting reads the same figures on paper, and it is known who made it"), THING),
            "actions.packschedule": _is(_("it is known who had a council's packs made"), THING, stays=CHANGES),
            "actions.drawnentry": _is(
                _("figures of groups count people, and tell of none where they are fewer than five"),
                MACHINE,
                stays=_("Kept until the record is drawn up again, a month later"),
            ),
            "governance.savedview": _is(
                _("one comes back to a page as one narrowed it, or hears of it in the digest"), SELF, stays=""
            ),
            "actions.follower": _is(
                _("one hears what happens to an action; others read how many follow it"), SELF, stays=""
            ),
        },
    ),
    Section(
        "councils",
        _("What somebody said and decided in a council"),
        _("Who was there, who voted how, who recorded it: without these a decision would be nobody's."),
        {
            "councils.meeting": _is(_("it is known when and where a council meets, and who writes"), THING),
            "councils.meetingseries": _is(_("a council meets again and again"), THING, stays=IN_USE),
            "councils.meetinganswer": _is(
                _("a quorum is expected or not before people travel; a reason is neither asked nor kept"),
                THING,
                stays="",
            ),
            "councils.attendance": _is(
                _("a quorum can be shown. One figure counts it: a sponsor's own, told to that sponsor alone"),
                THING,
                presence=_("present or absent in this meeting, never why"),
                came_at=_("since when a seat was taken, so that it is known which votes had a quorum"),
                is_remote=_("whether somebody took part from elsewhere, which some rules ask for"),
            ),
            "councils.guest": _is(_("it is known that a sponsor was there"), THING),
            "councils.agendaitem": _is(_("it is known what is asked of a council, and by whom"), THING),
            "councils.publication": _is(_("it is known which agenda people were given"), THING),
            "councils.preread": _is(_("people read beforehand"), THING),
            "councils.capture": _is(
                _("a line typed in the room becomes what it is: a note, a decision, an action"),
                THING,
                undone_at=_("that it was struck out: such lines are deleted soon"),
            ),
            "councils.decision": _is(_("it is known what was decided, on which facts, and who recorded it"), THING),
            "councils.decisionevidence": _is(_("it is known what a decision was based on"), THING),
            "councils.decisionreview": _is(_("a decision is looked at again"), THING),
            "councils.takenback": _is(_("a slip of the hand is corrected in the open"), THING),
            "councils.vote": _is(
                _("a majority can be counted again, and one person has one vote"),
                THING,
                reason=_("why somebody stood aside, where they chose to say so"),
            ),
            "councils.ballot": _is(_("a council votes in writing"), THING),
            "councils.writtenvote": _is(_("a majority can be counted again, and one person has one vote"), THING),
            "councils.minutes": _is(_("a meeting is remembered"), THING),
            "councils.minutesitem": _is(_("each matter of a meeting is remembered"), THING),
            "councils.minutescomment": _is(_("whoever was there objects before minutes are approved"), THING),
            "councils.approvedminutes": _is(
                _("approved words stay as they were approved; an anonymised name is taken out, and the page says so"),
                THING,
            ),
            "councils.envelope": _is(_("it is known who granted money or time"), THING),
            "councils.spending": _is(_("it is known what money was spent on"), THING),
            "councils.delegatedallocation": _is(_("it is known who allocated without a meeting, by which rule"), THING),
            "councils.posting": _is(_("money and time can be followed through the books"), THING),
            "governance.charterversion": _is(
                _("it is known by which rules a council works, and who put them in force"), THING
            ),
            "governance.submission": _is(_("it is known which words were put before the sponsors"), THING),
            "governance.signature": _is(
                _("it is known who said yes or no to a charter"),
                THING,
                sent_to=_("the address to which the link was sent by which it was signed; told to that person in full"),
            ),
        },
    ),
    Section(
        "customers",
        _("What customers said, and who they are"),
        _("Feedback is taken in from other systems. Keep needs what was said, and who said it only to answer them."),
        {
            "actions.feedback": _is(
                _("a theme is what people really said; whoever agreed to it can be told what became of it"),
                THING,
                giver=_("how to reach whoever gave the feedback and agreed to be told; no page shows it"),
                consent=_("whether they agreed"),
            ),
            "actions.feedbackchange": _is(_("a file taken in by mistake can be taken back as a whole"), IMPORTER),
            "actions.feedbackimport": _is(_("it is known which file brought what"), IMPORTER),
            "actions.upload": _is(
                _("a file is looked at before it is taken in; it is deleted a day later with what stands here"),
                SELF,
                stays=_("Deleted after a day"),
            ),
            "actions.feedbacksource": _is(
                _("a source's files are read by the same columns again"), THING, stays=IN_USE
            ),
            "actions.theme": _is(_("feedback that says the same has one name"), THING),
            "actions.themetopic": _is(_("what is taken in later follows"), THING, stays=IN_USE),
            "actions.routingrule": _is(_("feedback reaches the department that can act"), THING, stays=IN_USE),
            "actions.response": _is(_("a department says what it will do"), THING),
            "actions.telling": _is(_("the givers are told what became of it, and somebody else read it before"), THING),
        },
    ),
    Section(
        "messages",
        _("What somebody was told, and how they want to be told"),
        _("When somebody opens a page is recorded nowhere. That a message in one's own inbox was read is for oneself."),
        {
            "notifications.message": _is(
                _("each thing is said once, to whoever holds the seat on that day"),
                SELF,
                facts=_("keys and days of what is told; names only where a text names somebody"),
            ),
            "notifications.delivery": _is(
                _("nothing is said twice, and what is unread stays in the inbox"),
                SELF,
                stays="",
                read_at=_("so that it leaves the list of unread messages; told to nobody else, counted nowhere"),
                why=_("so that one can ask why one was told"),
            ),
            "notifications.mailing": _is(_("one digest a day"), SELF, stays=""),
            "notifications.preference": _is(_("mail comes when one wants it"), SELF, stays=""),
            "notifications.wish": _is(_("mail comes about what one wants"), SELF, stays=""),
            "notifications.mute": _is(_("one is spared what one does not want"), SELF, stays=""),
            "notifications.mailhold": _is(_("no mail goes out unasked after a backup was restored"), LEAD),
        },
    ),
    Section(
        "organisation",
        _("The organisation's own words and its journal"),
        _("Names of departments, councils and KPIs are not about people, but somebody could write a name into them."),
        {
            "governance.organisation": _is(_("it has a name"), HERE, stays=IN_USE),
            "governance.subject": _is(_("everything has a title by which it is found"), THING),
            "governance.department": _is(_("it has a name"), HERE, stays=IN_USE),
            "governance.departmentalias": _is(_("files name departments otherwise"), THING, stays=IN_USE),
            "governance.journey": _is(_("it is known what it is for"), THING, stays=IN_USE),
            "governance.metric": _is(_("it is known what a KPI means"), THING, stays=IN_USE),
            "governance.observation": _is(_("it is known what a KPI was, and who entered it"), THING),
            "councils.council": _is(_("it has a name"), THING, stays=IN_USE),
            "governance.journalentry": _is(
                _("it can be shown who did what, when, and that nobody changed it since"),
                THING,
                stays=SEALED,
                facts=_("keys and numbers, never names"),
            ),
            "governance.journaltext": _is(
                _("the words beside an entry are known; they can be erased and the journal still verifies"),
                THING,
                stays=SEALED,
            ),
        },
    ),
)

PURPOSES: dict[str, Purpose] = {label: purpose for section in SECTIONS for label, purpose in section.holds.items()}
PRIVATE = frozenset(label for label, purpose in PURPOSES.items() if purpose.is_private)
"""Kinds of record that no other person reads: nobody else is told of them, nor how many there are."""

TITLES: dict[str, Any] = {
    "governance.button": _("Links in mails"),
    "governance.tenure": _("Seats somebody had"),
    "governance.journaltext": _("Words in the journal"),
    "governance.journalentry": _("Entries of the journal"),
    "governance.departmentgrant": _("What somebody may see of departments"),
    "governance.departmentalias": _("Other names of departments"),
    "governance.idempotencyrecord": _("Answers kept for programs"),
    "governance.signinthrottle": _("Failed sign-ins"),
    "governance.apitoken": _("Ways in for programs"),
    "governance.subject": _("Titles"),
    "governance.helprequest": _("Requests for help"),
    "governance.checkin": _("Check-ins of sponsors"),
    "councils.councilgrant": _("What somebody may see of councils"),
    "councils.attendance": _("Who was there"),
    "councils.meetinganswer": _("Who said whether they come"),
    "councils.preread": _("What is read beforehand"),
    "councils.publication": _("Agendas as they were given out"),
    "councils.capture": _("Lines typed in a meeting"),
    "councils.rosterline": _("What is expected of members"),
    "councils.takenback": _("Decisions taken back"),
    "councils.approvedminutes": _("Minutes as they were approved"),
    "councils.minutesitem": _("Notes on matters of a meeting"),
    "councils.minutescomment": _("Comments on draft minutes"),
    "councils.delegatedallocation": _("Allocations without a meeting"),
    "councils.posting": _("Postings in the books"),
    "actions.actionitem": _("Actions"),
    "actions.actionlog": _("Old lists that were taken over"),
    "actions.actionlogline": _("Lines of old lists"),
    "actions.doer": _("Who works on what"),
    "actions.feedbackchange": _("Feedback as it was before"),
    "actions.feedbackimport": _("Files taken in"),
    "actions.themetopic": _("Topics of themes"),
    "actions.telling": _("What givers of feedback are told"),
    "notifications.message": _("What was to be said to somebody"),
    "notifications.delivery": _("What somebody was told, in the inbox or by mail"),
    "notifications.wish": _("What somebody wants to be told"),
    "notifications.mute": _("Things muted"),
    "notifications.mailhold": _("Times in which mail was held"),
}
"""In a reader's words, where the model's own name is none."""


def title_of(label: str) -> str:
    return str(capfirst(str(TITLES.get(label) or apps.get_model(label)._meta.verbose_name_plural)))
