"""Where personal data may stand: a reviewed list of every key to a person and every free text, checked at start.

A model with a key to a person, a free text or a file that stands in no line here refuses to start
(``governance.E005``): find, export and redact (``queries/personal.py``, ``services/redaction.py``) know of nothing
else. Labels are words, not imports: the arrow stays.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """What one model holds.

    ``people`` are keys to a person. ``words`` are free texts, JSON included, in which anybody may be named; ``files``
    the same on disk. ``plain`` are fields that were looked at and never name anybody: codes, digests, kinds. ``author``
    is the key of whoever wrote the words; ``answers`` are ``(field, key)`` of words that another person wrote.
    ``through`` is the path to the subject through which a row is seen (empty: everybody, or the person alone);
    ``and_through`` is a second one, where both must be seen. ``kept_in`` are words that are found and redacted, and
    never told: what somebody else may have been told in them is not known.
    ``goes``: rows of a person are deleted when the person is redacted.
    """

    people: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    author: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    through: str = ""
    and_through: str = ""
    kept_in: tuple[str, ...] = ()
    goes: bool = False

    @property
    def named(self) -> frozenset[str]:
        return frozenset((*self.people, *self.words, *self.files, *self.plain))

    @property
    def told(self) -> tuple[str, ...]:
        """The free texts that may be told to whoever may see the row."""
        return tuple(name for name in self.words if name not in self.kept_in)


HOLDS: dict[str, Holding] = {
    # --- governance
    "governance.person": Holding(words=("name", "email", "mail_refused"), plain=("password", "zone", "language")),
    "governance.apitoken": Holding(people=("person",), words=("label",), plain=("digest",), goes=True),
    "governance.idempotencyrecord": Holding(
        people=("person",), words=("body",), plain=("key", "request_digest"), kept_in=("body",), goes=True
    ),
    "governance.button": Holding(
        people=("person",), words=("facts", "sent_to"), plain=("digest", "purpose"), through="subject",
        and_through="duty__subject",
    ),
    "governance.savedview": Holding(
        people=("person",), words=("name", "query"), plain=("page", "cadence"), goes=True
    ),
    "governance.signinthrottle": Holding(plain=("key",)),
    "governance.setupcode": Holding(plain=("digest",)),
    "governance.organisation": Holding(words=("name",), plain=("currency", "language"), through="root"),
    "governance.calendar": Holding(plain=("name", "zone", "country", "subdivision", "working_week")),
    "governance.audience": Holding(plain=("key",)),
    "governance.referencecounter": Holding(plain=("kind",)),
    "governance.subject": Holding(words=("title",), plain=("reference",), through="pk"),
    "governance.department": Holding(words=("name",), plain=("code",), through="pk"),
    "governance.departmentalias": Holding(words=("name",), through="department"),
    "governance.departmentgrant": Holding(people=("user",), through="content_object"),
    "governance.seat": Holding(words=("own_kind", "expectations", "criteria"), through="pk"),
    "governance.tenure": Holding(people=("person",), through="seat"),
    "governance.champion": Holding(people=("endorsed_by",), through="seat"),
    "governance.nomination": Holding(
        people=("person", "nominated_by", "endorsed_by"), words=("reason",), author="nominated_by", through="champion"
    ),
    "governance.checkin": Holding(people=("by",), words=("note",), author="by", through="subject"),
    "governance.helprequest": Holding(
        people=("by", "answered_by", "passed_to"), words=("words", "said"), author="by",
        answers=(("said", "answered_by"),), through="duty__subject",
    ),
    "governance.charterversion": Holding(
        people=("ratified_by",), words=("rules", "purpose", "mandate"), through="charter"
    ),
    "governance.submission": Holding(
        people=("submitted_by",), plain=("closed_as",), through="charter_version__charter"
    ),
    "governance.signature": Holding(
        people=("person",), words=("reason", "sent_to"), author="person", through="submission__charter_version__charter"
    ),
    "governance.rung": Holding(plain=("duty_kind", "target"), through="charter_version__charter"),
    "governance.duty": Holding(plain=("closed_as",), through="subject"),
    "governance.firing": Holding(plain=("target",), through="duty__subject"),
    "governance.journey": Holding(words=("purpose",), through="pk"),
    "governance.metric": Holding(words=("meaning",), through="pk"),
    "governance.observation": Holding(people=("by",), words=("note",), author="by", through="metric"),
    # What the journal's facts may hold is the rule of governance.services.journal: keys, never names.
    "governance.journalentry": Holding(people=("by",), plain=("event", "facts", "text_digest"), through="subject"),
    "governance.journaltext": Holding(words=("body",), plain=("salt",), author="entry__by", through="entry__subject"),
    "governance.journalmention": Holding(plain=("role",), through="entry__subject", and_through="subject"),
    "governance.seal": Holding(plain=("digest",)),
    # --- councils
    "councils.council": Holding(words=("name",), through="pk"),
    "councils.rosterline": Holding(
        people=("written_by",), words=("role", "expectations"), author="written_by", through="membership__council"
    ),
    "councils.acknowledgement": Holding(people=("person",), through="membership__council"),
    "councils.councilgrant": Holding(people=("user",), through="content_object"),
    "councils.meeting": Holding(people=("pen",), words=("place", "because"), plain=("uid",), through="pk"),
    "councils.capture": Holding(people=("made_by",), words=("text",), author="made_by", through="meeting"),
    "councils.meetingseries": Holding(words=("place", "because"), plain=("rule", "zone", "uid"), through="pk"),
    "councils.meetinganswer": Holding(people=("by",), through="meeting"),
    "councils.guest": Holding(people=("person",), through="meeting"),
    "councils.attendance": Holding(people=("person",), through="meeting"),
    "councils.agendaitem": Holding(
        people=("raised_by",), words=("ask", "proposal", "goes_back"), plain=("matter", "source"),
        author="raised_by", through="pk",
    ),
    "councils.publication": Holding(people=("by",), through="meeting"),
    "councils.preread": Holding(people=("by",), words=("title", "link", "text"), author="by", through="item"),
    "councils.decision": Holding(
        people=("recorded_by",), words=("motion", "payload", "facts", "risk_note"),
        plain=("outcome", "currency", "before"), author="recorded_by", through="pk",
    ),
    "councils.decisionevidence": Holding(
        words=("words",), plain=("key", "label"), through="decision", and_through="about"
    ),
    "councils.decisionreview": Holding(people=("by",), words=("finding",), author="by", through="decision"),
    "councils.supersession": Holding(through="old", and_through="new"),
    "councils.takenback": Holding(people=("by",), words=("reason",), author="by", through="decision"),
    "councils.vote": Holding(people=("person",), words=("reason",), author="person", through="decision"),
    "councils.minutes": Holding(words=("introduction", "reason", "record"), through="pk"),
    "councils.minutesitem": Holding(words=("note", "because"), through="minutes"),
    "councils.minutescomment": Holding(
        people=("by", "answered_by"), words=("text", "answer"), author="by", answers=(("answer", "answered_by"),),
        through="minutes",
    ),
    "councils.approvedminutes": Holding(
        people=("by",), words=("record", "text", "reason"), plain=("digest",), through="minutes"
    ),
    "councils.ballot": Holding(
        people=("opened_by", "put_by"), words=("reason", "motion", "payload", "risk_note"),
        plain=("outcome", "ended_as"), author="put_by", through="item",
    ),
    "councils.writtenvote": Holding(
        people=("person",), words=("reason",), author="person", through="ballot__item"
    ),
    "councils.envelope": Holding(
        people=("signed_by", "closed_by"), words=("statement",), plain=("currency",), author="signed_by", through="pk"
    ),
    "councils.spending": Holding(
        people=("by",), words=("what", "cost_centre", "external_reference"), author="by", through="envelope"
    ),
    "councils.delegatedallocation": Holding(
        people=("by",), words=("statement",), plain=("role", "currency", "facts"), author="by", through="item"
    ),
    "councils.posting": Holding(
        people=("by",), words=("memo",), author="by", through="source__envelope",
        and_through="target__envelope",
    ),
    # --- actions
    "actions.feedbacksource": Holding(words=("name", "mapping"), through="pk"),
    "actions.feedbackimport": Holding(
        people=("by",), words=("file_name", "errors"), plain=("file_digest",), through="source"
    ),
    "actions.upload": Holding(
        people=("by",), words=("file_name", "source_name", "mapping", "fault"), plain=("key",),
        through="feedback_import__source",
    ),
    "actions.resourcerequest": Holding(
        people=("by",), words=("what_for", "problem", "evidence", "cost", "benefit", "kpi", "risk"),
        plain=("currency",), author="by", through="action",
    ),
    "actions.actionlog": Holding(people=("by",), through="council"),
    "actions.actionlogline": Holding(
        words=("what", "owner", "department", "due", "status", "money_words", "notes"),
        plain=("key",),
        through="council",
    ),
    "actions.theme": Holding(words=("name",), through="pk"),
    "actions.themetopic": Holding(words=("key",), through="theme"),
    "actions.routingrule": Holding(words=("topic_contains",), through="to_department"),
    "actions.feedback": Holding(
        words=("topic", "text", "channel", "giver", "external_id", "kind"),
        plain=("score", "score_low", "score_high", "consent", "language", "digest"),
        through="theme",
    ),
    "actions.feedbackchange": Holding(words=("before",), through="feedback__theme"),
    "actions.response": Holding(people=("by",), words=("text",), author="by", through="theme"),
    "actions.actionitem": Holding(
        words=("proof", "benefit_words", "fit_reason"), plain=("benefit_currency", "review_days"), through="pk"
    ),
    "actions.promise": Holding(
        people=("given_by", "approved_by"), words=("reason",), author="given_by", through="action"
    ),
    "actions.daterequest": Holding(
        people=("asked_by", "answered_by"), words=("reason", "said"), author="asked_by",
        answers=(("said", "answered_by"),), through="action",
    ),
    # Words of customers, titles and reasons; told to nobody through this door, for a pack is read as a whole.
    "actions.pack": Holding(
        people=("by",), words=("record",), plain=("digest",), through="pk", kept_in=("record",)
    ),
    "actions.packschedule": Holding(people=("by",), through="council"),
    "actions.update": Holding(
        people=("by",), words=("line",), plain=("before",), author="by", through="action"
    ),
    "actions.blocker": Holding(people=("by", "lifted_by"), words=("reason",), author="by", through="action"),
    "actions.request": Holding(
        people=("asked_by", "answered_by", "reason_by"), words=("need", "conditions", "offer", "reason"),
        author="asked_by",
        answers=(("conditions", "answered_by"), ("offer", "answered_by"), ("reason", "reason_by")), through="pk",
    ),
    "actions.requestday": Holding(
        people=("by", "answered_by"), words=("reason", "said"), author="by", answers=(("said", "answered_by"),),
        through="request",
    ),
    "actions.evidence": Holding(
        people=("by",), words=("title", "link", "note", "file_name"), plain=("file_key", "file_digest"), author="by",
        through="action",
    ),
    "actions.verification": Holding(
        people=("by",), words=("note",), plain=("came_back",), author="by", through="action"
    ),
    "actions.outcome": Holding(people=("by",), words=("because", "reason"), author="by", through="action"),
    # Figures and keys of observations, never names.
    "actions.outcomereading": Holding(people=("by",), plain=("facts",), through="action"),
    "actions.outcomeverdict": Holding(people=("by",), words=("words",), author="by", through="action"),
    "actions.benefit": Holding(people=("by",), words=("note",), plain=("currency",), author="by", through="action"),
    "actions.telling": Holding(
        people=("drafted_by", "approved_by", "sent_by"), words=("text",), author="drafted_by", through="action"
    ),
    "actions.tellingline": Holding(plain=("reached",), through="telling__action"),
    "actions.reopening": Holding(people=("by",), words=("reason",), author="by", through="action"),
    "actions.pilot": Holding(
        people=("declared_by", "reason_by"), words=("unit", "reason"), author="declared_by",
        answers=(("reason", "reason_by"),), through="pk",
    ),
    "actions.pilotcriterion": Holding(people=("by",), words=("text", "reason"), author="by", through="pilot"),
    "actions.pilotcheck": Holding(
        people=("by",), words=("reason",), plain=("effect",), author="by", through="pilot"
    ),
    "actions.pilotfinding": Holding(words=("words",), author="check_of__by", through="check_of__pilot"),
    "actions.pilotplace": Holding(people=("by",), through="pilot"),
    "actions.pilotcopy": Holding(through="action", and_through="place__pilot"),
    "actions.doer": Holding(people=("person", "by"), through="action"),
    "actions.contribution": Holding(people=("by",), through="action"),
    "actions.milestone": Holding(people=("by", "done_by"), words=("title",), author="by", through="action"),
    "actions.dependency": Holding(people=("by",), through="action", and_through="needs"),
    "actions.drawnentry": Holding(people=("person",), plain=("kind", "verdict"), through="subject"),
    "actions.recorddraw": Holding(),
    "actions.follower": Holding(people=("person",), through="action", goes=True),
    # --- notifications
    "notifications.message": Holding(
        people=("person", "reader"), words=("facts",), plain=("occurrence", "kind", "token"), through="subject"
    ),
    "notifications.delivery": Holding(
        people=("person",), words=("error",), plain=("mail_id", "why"), through="message__subject"
    ),
    "notifications.preference": Holding(people=("person",), plain=("cadence",), goes=True),
    "notifications.wish": Holding(people=("person",), plain=("family",), goes=True),
    "notifications.mute": Holding(people=("person",), through="subject", goes=True),
    "notifications.calendarfeed": Holding(people=("person",), plain=("digest",), goes=True),
    "notifications.mailing": Holding(people=("person",), plain=("occasion", "mail_id"), goes=True),
    "notifications.mailhold": Holding(people=("ended_by",), words=("reason",)),
}  # fmt: skip
