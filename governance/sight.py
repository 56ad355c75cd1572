"""By which rule each model is seen, and which routes anybody may ask for: reviewed lists, checked at start.

A model that is a subject is seen through ``visible_to``. Every other model is named here with the thing through which
it is seen; one that is not named refuses to start (``governance.E003``), and so does a route that neither asks who is
there nor is named as public (``governance.E002``). Labels are words, not imports: the arrow stays.
"""

PUBLIC_ROUTES = frozenset(
    {
        "livez",
        "readyz",
        "set-language",
        "governance:sign-in",
        "governance:sign-out",
        "governance:forgot",
        "governance:setup",
        "governance:button",
        # While developing only: the page of components, and the static 404 for everything that is not there.
        "governance:design",
        "not-found",
    }
)
"""What an anonymous person may ask for. ``tests/access/public_routes.txt`` is the reviewed copy."""

THE_SUBJECT = "its subject"
ONESELF = "the person alone"
EVERYBODY = "everybody who is here: it says nothing about what happened"
NOBODY = "nobody: machinery behind services"

SEEN_THROUGH: dict[str, str] = {
    "governance.organisation": EVERYBODY,
    "governance.calendar": EVERYBODY,
    "governance.calendarday": EVERYBODY,
    "governance.person": EVERYBODY,
    "governance.setupcode": NOBODY,
    "governance.button": NOBODY,
    "governance.signinthrottle": NOBODY,
    "governance.apitoken": ONESELF,
    "governance.idempotencyrecord": ONESELF,
    "governance.subject": "its audience",
    "governance.audience": NOBODY,
    "governance.audiencecontainer": NOBODY,
    "governance.referencecounter": NOBODY,
    "governance.departmentalias": "its department",
    "governance.departmentgrant": NOBODY,
    "governance.tenure": "its seat",
    "governance.executivesponsor": "its seat",
    "governance.champion": "its seat",
    "governance.nomination": "its seat",
    "governance.checkin": "its council",
    "governance.charterversion": "its charter",
    "governance.rung": "its charter",
    "governance.submission": "its charter",
    "governance.signature": "its charter",
    "governance.observation": "its metric",
    "governance.duty": THE_SUBJECT,
    "governance.helprequest": "its duty's subject",
    "governance.firing": "its duty's subject",
    "governance.journalentry": THE_SUBJECT,
    "governance.journaltext": "its entry's subject",
    "governance.journalmention": "its entry's subject, and named only where it may be seen itself",
    "governance.unheard": NOBODY,
    "governance.unsealed": NOBODY,
    "governance.seal": NOBODY,
    "councils.councilgrant": NOBODY,
    "councils.membership": "its council",
    "councils.rosterline": "its council",
    "councils.acknowledgement": "its council, and who has given it by the council's own seats alone",
    "councils.attendance": "its meeting",
    "councils.guest": "its meeting",
    "councils.vote": "its decision",
    "councils.trial": NOBODY,
    "councils.account": "its envelope",
    "councils.posting": "its envelope",
    "councils.spending": THE_SUBJECT,
    "actions.feedbackimport": "its source",
    "actions.feedbackchange": "its import",
    "actions.upload": ONESELF,
    "actions.actionlog": "its council",
    "actions.actionlogline": "its log's council",
    "actions.routingrule": "whoever triages the department it leads to",
    "actions.feedback": "its theme",
    "actions.routing": "its theme",
    "actions.response": "its theme",
    "actions.resourcerequest": "its action",
    "actions.promise": "its action",
    "actions.update": "its action",
    "actions.blocker": "its action",
    "actions.evidence": "its action",
    "actions.verification": "its action",
    "notifications.message": "whom it is addressed to, if they may see its subject",
    "notifications.delivery": ONESELF,
    "notifications.mailhold": "whoever runs the program",
    "notifications.preference": ONESELF,
}
