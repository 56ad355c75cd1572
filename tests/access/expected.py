"""Who may see and do what, written by hand: a row a route, by name. The tests only compare.

A row names circles of roles, first for the things of an open council, then (after ``/``) for those of a confidential
one. What is not about a council has one circle. Whoever stands outside the circle that sees is told that there is
nothing (404); whoever sees and may not do it is told why not (403). Anonymous people and those whose access has ended
are asked to sign in, everywhere but on public routes.

Roles: of the council in question its *member* and *chair*; *other_member* sits in the other council. *champion* and
*head* are those of the department whose seat owns the open council's work; *other_champion* is another department's.
"""

from typing import Any, NamedTuple

ROLES = (
    "outsider", "other_champion", "champion", "head", "other_member", "member", "chair", "sponsor", "cx_lead",
    "administrator",
)  # fmt: skip

ALL = frozenset(ROLES)
NONE: frozenset[str] = frozenset()


def only(*roles: str) -> frozenset[str]:
    assert set(roles) <= ALL, roles
    return frozenset(roles)


LEADERS = only("cx_lead", "administrator")
WIDE = LEADERS | {"sponsor"}
"""Seats of the whole organisation."""
ROOM = WIDE | {"member", "chair"}
CLEARED = only("member", "chair", "sponsor")
"""Who may know of the confidential council: its own seats and its sponsor. Administrators may not."""
CLAIMS = only("champion", "head")
WORK = ROOM | CLAIMS
"""Who sees the open council's work: the room, and the department that owns it."""
ADMITTED = ROOM | CLAIMS | {"other_member"}
"""Who sees the theme: it was heard in Claims, and stands on the agendas of both councils."""


class See(NamedTuple):
    """A route that is read."""

    open: frozenset[str]
    closed: frozenset[str] | None = None
    refused: frozenset[str] = NONE
    """Who sees what it is about, and is told (403) that this part is for others."""


class Do(NamedTuple):
    """A deed: who may, who sees what it is about, and what is sent. A value ``"$x"`` is looked up in the world."""

    open: frozenset[str]
    seen: frozenset[str]
    closed: frozenset[str] | None = None
    closed_seen: frozenset[str] = NONE
    unknown: frozenset[str] = NONE
    """Who may not see what the payload names: told (422) at the field that there is nothing with this reference."""
    send: dict[str, Any] = {}


def both(may: frozenset[str], closed: frozenset[str], **send: Any) -> Do:
    """A deed in a council: the room sees it, and of the confidential one those who are cleared."""
    return Do(may, ROOM, closed, CLEARED, send=send)


def into(may: frozenset[str], closed: frozenset[str], **send: Any) -> Do:
    """A new thing for a council that the payload names: who does not see the council cannot name it."""
    return Do(may, ROOM, closed, CLEARED, unknown=ALL, send=send)


def work(may: frozenset[str], closed: frozenset[str], **send: Any) -> Do:
    """A deed on an action."""
    return Do(may, WORK, closed, CLEARED, send=send)


BETWEEN = WORK | {"other_champion"}
"""Who sees what the open council's work needs from another department: that one, too."""


def between(may: frozenset[str], closed: frozenset[str], **send: Any) -> Do:
    """A deed on a request."""
    return Do(may, BETWEEN, closed, CLEARED, send=send)


COUNCIL, THING = See(ROOM, CLEARED), See(WORK, CLEARED)
LIST = See(ALL)
FAULTS = See(only("cx_lead"), refused=ALL)
"""What was wrong with the rows of an import may quote them: for whoever takes files in."""
SITS = only("member", "chair")
OWNER_ROUND = LEADERS | {"champion", "head", "chair"}
"""Who arranges the open council's work: its owner, whoever leads its department, and the council's chair."""
CHAIRS = only("chair")
TRIAGES = only("cx_lead", "head")
"""Who may route and shape everything heard of the theme: it was heard in the head's department alone."""
OWNER = only("champion")
SPENDS = OWNER | CHAIRS | {"member"}
"""Who posts what was spent: the owner, whoever records for the council, a finance partner (here the member)."""
PREPARES = only("chair", "cx_lead")
TITLE = "What the matrix tries"
DAY, LATER = "2026-12-20", "2027-01-20"
REACHED = {"from_hour": 8, "until_hour": 18, "cadence": "daily", "digest_hour": 9, "weekday": 0}

_REGULARLY = {"kind": "weeks", "every": "2", "weekdays": ["1"], "starts_on": DAY, "at": "10:00", "lasts": "60"}
_BY_RULE = {"rule": "FREQ=WEEKLY;BYDAY=TU", "starts_on": DAY, "at": "10:00"}

SEEN: dict[str, See] = {
    # --- pages: lists, which everybody may open and which show each their own
    "notifications:home": LIST, "notifications:inbox": LIST, "notifications:upcoming": LIST,
    "notifications:inbox-count": LIST, "notifications:calendar": LIST, "api-mutes-list": LIST,
    "notifications:why": See(OWNER), "api-notifications-why": See(OWNER),
    "governance:address": LIST, "api-my-address": LIST, "notifications:language": LIST, "api-my-language": LIST,
    "api-outbox-list": See(LEADERS),
    "notifications:preferences": LIST, "notifications:outbox": See(LEADERS), "notifications:settings": See(LEADERS),
    "governance:me": LIST, "governance:links": LIST, "governance:view-list": LIST,
    "governance:password": LIST, "governance:department-list": LIST,
    "governance:seat-list": LIST, "governance:coverage": LIST, "governance:person-list": LIST,
    "governance:sponsor-list": LIST, "governance:journey-list": LIST,
    "governance:search": LIST, "governance:metric-list": LIST, "governance:goal-list": LIST,
    "governance:metric-detail": LIST, "governance:goal-detail": LIST,
    "governance:champion-list": LIST, "governance:charter-list": LIST, "governance:journal-list": LIST,
    "councils:accountability": LIST, "councils:accountability-drawing": LIST,
    "councils:council-list": LIST, "councils:meeting-list": LIST, "councils:item-list": LIST,
    "councils:decision-list": LIST, "councils:decision-sheet": LIST, "councils:decision-workbook": LIST,
    "councils:envelope-list": LIST,
    "councils:delegated-list": LIST,
    "actions:request-list": LIST, "actions:request-create": LIST, "actions:owes": LIST,
    "actions:item-list": LIST, "actions:review": LIST,
    "actions:not-acted": LIST, "actions:not-acted-sheet": LIST, "actions:not-acted-workbook": LIST,
    "actions:review-sheet": LIST, "actions:review-workbook": LIST,
    "councils:meeting-sheet": LIST, "councils:meeting-workbook": LIST,
    "councils:item-sheet": LIST, "councils:item-workbook": LIST,
    "councils:envelope-sheet": LIST, "councils:envelope-workbook": LIST,
    "actions:record-sheet": LIST, "actions:record-workbook": LIST,
    "actions:owes-sheet": LIST, "actions:owes-workbook": LIST,
    "actions:request-sheet": LIST, "actions:request-workbook": LIST,
    "actions:outcome-sheet": LIST, "actions:outcome-workbook": LIST,
    "actions:theme-sheet": LIST, "actions:theme-workbook": LIST,
    "actions:feedback-sheet": LIST, "actions:feedback-workbook": LIST,
    "actions:item-workbook": LIST,
    "governance:department-workbook": LIST, "governance:seat-workbook": LIST,
    "governance:person-workbook": See(LEADERS),
    "governance:coverage-sheet": LIST, "governance:coverage-workbook": LIST,
    "governance:metric-sheet": LIST, "governance:metric-workbook": LIST,
    "governance:goal-sheet": LIST, "governance:goal-workbook": LIST,
    "governance:journey-sheet": LIST, "governance:journey-workbook": LIST,
    "governance:sponsor-sheet": LIST, "governance:sponsor-workbook": LIST,
    "governance:champion-sheet": LIST, "governance:champion-workbook": LIST,
    "governance:charter-sheet": LIST, "governance:charter-workbook": LIST,
    "councils:council-sheet": LIST, "councils:council-workbook": LIST,
    "councils:delegated-sheet": LIST, "councils:delegated-workbook": LIST,
    "actions:pack-sheet": LIST, "actions:pack-workbook": LIST,
    "actions:log-sheet": LIST, "actions:log-workbook": LIST,
    "actions:source-sheet": LIST, "actions:source-workbook": LIST,
    "actions:rule-sheet": LIST, "actions:rule-workbook": LIST,
    "actions:pilot-places-sheet": LIST, "actions:pilot-places-workbook": LIST,
    "actions:trends": LIST, "actions:trends-sheet": LIST, "actions:trends-workbook": LIST, "api-trends": LIST,
    "actions:department-review": LIST, "actions:department-review-sheet": LIST,
    "actions:department-review-book": LIST, "api-department-review": LIST,
    "actions:resources": LIST, "actions:resources-sheet": LIST, "actions:resources-book": LIST, "api-resources": LIST,
    "actions:record": LIST, "actions:record-of-person": See(NONE),
    "api-promise-record": LIST, "api-person-promise-record": See(NONE),
    "actions:feedback-list": LIST, "actions:theme-list": LIST,
    "actions:source-list": LIST, "actions:rule-list": LIST, "actions:outcome-list": LIST,
    "actions:pilot-sheet": LIST, "actions:pilot-workbook": LIST,
    "actions:pilot-list": LIST, "actions:pilot-places": LIST, "api-pilot-list": LIST,
    "actions:pilot-detail": THING, "api-pilot-detail": THING, "actions:pilot-change": See(OWNER_ROUND, CHAIRS),
    "actions:pilot-declare": See(NONE, refused=ALL),  # without an action it only says where to begin
    "actions:item-sheet": LIST, "actions:item-several": LIST, "api-action-sheet": LIST,
    "api-saved-view-list": LIST, "api-saved-view-detail": See(only("champion")),
    # --- pages: forms for new things
    "governance:department-create": See(LEADERS | {"head"}), "governance:seat-found": See(LEADERS | {"head"}),
    "governance:metric-define": See(LEADERS | {"head"}), "governance:goal-set": LIST,
    # Its own seat's holder (here the champion) and whoever leads the department.
    "governance:metric-observe": See(LEADERS | CLAIMS),
    "governance:person-add": See(LEADERS), "governance:person-several": See(LEADERS),
    "governance:invitations": See(LEADERS), "governance:person-sheet": See(LEADERS),
    "governance:seat-several": See(LEADERS), "governance:seat-sheet": LIST, "api-seat-sheet": LIST,
    "governance:department-several": See(LEADERS), "governance:department-sheet": LIST,
    "governance:charter-create": See(LEADERS), "governance:journey-draw": See(LEADERS),
    "councils:council-found": See(LEADERS),
    "actions:item-create": LIST, "actions:update-several": LIST, "actions:rule-create": See(only("cx_lead")),
    "actions:upload-create": See(only("cx_lead")),
    "actions:log-list": LIST, "actions:log-paste": See(only("chair", "cx_lead")),
    "actions:log-detail": COUNCIL, "api-action-log-list": LIST, "api-action-log-detail": COUNCIL,
    "api-action-log-lines": COUNCIL,
    # --- pages: one thing
    "governance:department-detail": LIST, "governance:seat-detail": See(ALL, CLEARED),
    "governance:person-detail": LIST, "governance:sponsor-detail": LIST, "governance:champion-detail": LIST,
    "governance:charter-detail": LIST, "governance:charter-version": LIST, "governance:charter-compare": LIST,
    "notifications:charter-rehearsal": LIST, "api-charter-rehearsal": LIST,
    "governance:charter-templates": LIST, "governance:charter-template": LIST,
    "governance:journey-detail": LIST, "governance:step-detail": LIST,
    "councils:council-roster": COUNCIL, "councils:roster-write": See(PREPARES, CHAIRS),
    "councils:council-detail": COUNCIL, "councils:meeting-detail": COUNCIL, "councils:item-detail": COUNCIL,
    "councils:meeting-follow": COUNCIL, "councils:meeting-wall": COUNCIL, "api-meeting-live": COUNCIL,
    "councils:item-undecided": See(CHAIRS, CHAIRS), "councils:item-put": See(CHAIRS, CHAIRS),
    "councils:item-alone": See(CHAIRS, CHAIRS),
    "councils:ballot-detail": COUNCIL, "api-agenda-item-written-vote": COUNCIL,
    "councils:meeting-plan": See(PREPARES, CHAIRS),
    "councils:series-detail": COUNCIL,
    "actions:pack-list": LIST, "actions:pack-detail": COUNCIL, "actions:pack-show": COUNCIL,
    "actions:pack-print": COUNCIL, "actions:pack-sheets": COUNCIL, "actions:pack-record": COUNCIL,
    "councils:minutes-detail": COUNCIL, "councils:minutes-print": COUNCIL, "councils:minutes-find": COUNCIL,
    "councils:council-note": COUNCIL, "councils:meeting-close": See(CHAIRS, CHAIRS),
    "councils:minutes-write": See(CHAIRS, CHAIRS), "councils:minutes-correct": See(CHAIRS, CHAIRS),
    "councils:decision-detail": COUNCIL, "councils:envelope-detail": COUNCIL,
    "actions:item-detail": THING, "actions:evidence-file": THING, "api-action-parts": THING,
    "actions:item-edit": See(OWNER_ROUND, CHAIRS), "api-evidence-file": THING,
    "actions:request-detail": See(BETWEEN, CLEARED), "api-request-detail": See(BETWEEN, CLEARED),
    "api-request-list": LIST, "api-who-owes-whom": LIST,
    "governance:help-detail": THING, "actions:theme-detail": See(ADMITTED),
    "actions:source-detail": LIST, "actions:source-import": FAULTS,
    "actions:upload-detail": See(only("cx_lead")), "actions:rule-edit": See(only("cx_lead")),
    # The file with givers is there for whoever did the work, and for nobody else.
    "actions:item-told": See(only("champion"), NONE),
    # --- the books: closing and moving is for whoever grants; spending is seen with its action
    "councils:envelope-close": See(only("sponsor"), only("sponsor")),
    "councils:envelope-transfer": See(only("sponsor"), only("sponsor")),
    "actions:spending-reverse": See(SPENDS, CHAIRS | {"member"}),
    "api-spending-list": LIST, "api-spending-detail": THING,
    "actions:spending-several": LIST, "actions:spending-sheet": LIST,
    "api-delegated-allocation-list": LIST, "api-delegated-allocation-detail": COUNCIL,
    "api-resource-request-list": LIST, "api-resource-request-detail": THING,
    # --- pages: forms for deeds
    "governance:department-place": See(LEADERS | {"head"}),
    "governance:seat-brief": See(LEADERS | {"head"}, NONE),
    "governance:seat-person": See(LEADERS | {"head"}, NONE),
    "actions:handover": See(LEADERS | {"head"}, NONE), "actions:take-over": See(only("champion"), only("member")),
    "governance:privacy": LIST,
    "governance:person-data": See(LEADERS, refused=ALL), "governance:person-data-export": See(LEADERS, refused=ALL),
    "governance:person-redact": See(LEADERS),
    "governance:person-away": See(NONE), "governance:person-end-access": See(LEADERS),
    "governance:sponsor-pledge": See(WIDE), "governance:champion-endorse": See(only("head")),
    "governance:checkin-write": See(only("sponsor"), only("sponsor")),
    "governance:champion-nominate": See(LEADERS | {"head"}), "governance:champion-refuse": See(only("head")),
    "governance:champion-accept": See(NONE), "governance:champion-decline": See(NONE),
    "governance:champion-renew": See(only("head")),
    "governance:charter-draft": See(LEADERS), "governance:charter-amend": See(LEADERS),
    "governance:charter-submit": See(LEADERS),
    # Whoever answers for a whole journey arranges it: here the champion.
    "governance:journey-arrange": See(LEADERS | {"champion"}), "governance:step-owner": See(LEADERS | {"champion"}),
    "actions:theme-rename": See(TRIAGES), "actions:theme-merge": See(TRIAGES), "actions:theme-split": See(TRIAGES),
    # --- API: lists
    "api-schema": LIST, "api-docs": LIST, "api-review": LIST, "api-not-acted-list": LIST, "api-preferences": LIST,
    "api-organisation": LIST,
    "api-person-list": LIST, "api-person-sheet": See(LEADERS), "api-department-sheet": LIST,
    "api-person-invitations": See(LEADERS),
    "api-department-list": LIST, "api-seat-list": LIST, "api-executive-sponsor-list": LIST,
    "api-champion-list": LIST, "api-charter-list": LIST, "api-duty-list": LIST, "api-journal-list": LIST,
    "api-accountability-list": LIST, "api-search-list": LIST, "api-metric-list": LIST, "api-goal-list": LIST,
    "api-metric-detail": LIST, "api-metric-observations": LIST, "api-goal-detail": LIST,
    "api-coverage-list": LIST, "api-check-in-list": LIST, "api-check-in-detail": COUNCIL,
    "api-journey-list": LIST, "api-journey-step-list": LIST,
    "api-token-list": LIST, "api-council-list": LIST, "api-membership-list": LIST, "api-meeting-list": LIST,
    "api-minutes-list": LIST, "api-pack-list": LIST,
    "api-agenda-item-list": LIST, "api-decision-list": LIST, "api-envelope-list": LIST, "api-allocation-list": LIST,
    "api-action-list": LIST, "api-help-request-list": LIST,
    "api-date-request-list": LIST, "api-date-request-detail": THING,
    "api-promise-list": LIST, "api-update-list": LIST, "api-blocker-list": LIST,
    "api-outcome-list": LIST, "api-benefit-list": LIST, "api-telling-list": LIST, "api-returns": LIST,
    "api-evidence-list": LIST, "api-verification-list": LIST, "api-feedback-source-list": LIST,
    "api-feedback-upload-list": LIST, "api-feedback-upload-detail": See(only("cx_lead")),
    "api-feedback-list": LIST, "api-theme-list": LIST, "api-response-list": LIST, "api-routing-rule-list": LIST,
    "api-notifications-list": LIST, "api-upcoming-list": LIST, "api-escalations-list": LIST,
    # --- API: one thing
    "api-person-detail": LIST, "api-person-personal-data": See(LEADERS, refused=ALL),
    "api-department-detail": LIST, "api-seat-detail": See(ALL, CLEARED),
    "api-executive-sponsor-detail": LIST, "api-champion-detail": LIST, "api-charter-detail": LIST,
    "api-seat-hand-over": See(LEADERS | {"head"}, NONE), "api-seat-take-over": See(only("champion"), only("member")),
    "api-charter-versions": LIST, "api-charter-version": LIST, "api-charter-compare": LIST,
    "api-charter-templates": LIST, "api-token-detail": See(only("champion")),
    "api-journey-detail": LIST, "api-journey-step-detail": LIST,
    "api-journal-detail": COUNCIL, "api-council-detail": COUNCIL, "api-council-health": COUNCIL,
    "api-council-problems": COUNCIL,
    "api-membership-detail": COUNCIL,
    "api-meeting-series-list": LIST, "api-meeting-series-detail": COUNCIL, "api-meeting-series-occurrences": COUNCIL,
    "api-meeting-turnout": COUNCIL, "api-meeting-changes": COUNCIL, "api-agenda-item-pre-reads": COUNCIL,
    "api-pack-detail": COUNCIL, "api-pack-record": COUNCIL, "api-pack-json": COUNCIL, "api-pack-pdf": COUNCIL,
    "api-pack-xlsx": COUNCIL,
    "api-minutes-detail": COUNCIL, "api-minutes-record": COUNCIL, "api-minutes-pdf": COUNCIL,
    "api-meeting-detail": COUNCIL, "api-meeting-attendance": COUNCIL, "api-agenda-item-detail": COUNCIL,
    "api-agenda-item-outcomes": COUNCIL, "api-decision-detail": COUNCIL, "api-decision-lasting": COUNCIL,
    "api-agenda-item-evidence": COUNCIL, "api-envelope-detail": COUNCIL,
    "api-envelope-postings": COUNCIL, "api-allocation-detail": COUNCIL,
    "api-action-detail": THING, "api-help-request-detail": THING,
    "api-promise-detail": THING, "api-update-detail": THING, "api-blocker-detail": THING,
    "api-evidence-detail": THING, "api-verification-detail": THING,
    "api-outcome-detail": THING, "api-benefit-detail": THING, "api-telling-detail": THING,
    "api-telling-file": See(only("champion"), NONE),
    "api-feedback-source-detail": LIST, "api-feedback-source-imports": LIST,
    "api-feedback-source-import-in-full": FAULTS,
    "api-feedback-detail": See(ADMITTED), "api-theme-detail": See(ADMITTED), "api-response-detail": See(ADMITTED),
    "api-routing-rule-detail": LIST,
}  # fmt: skip

ASKED = only("other_champion")
"""Who is asked for what the owner's work needs; of the confidential council, one of its members is."""
LEADS = LEADERS | {"head"}

_NEW_DEPARTMENT = {"name": "Matrix", "code": "MTX", "kind": "function"}
_NEW_PERSON = {"name": "Neo", "email": "neo@harbourline.example"}
_PLEDGE = {"response_days": 2, "attendance_pledge": 80, "checkins_a_quarter": 3, "funding_authority": 100}
_COUNCIL = {"name": "Matrix council", "kind": "squad"}
_MOTION = {"outcome": "note", "motion": "We note it.", "payload": {"note": "Noted."}, "votes": "$votes"}
_AIM = {"target": "9", "due_on": LATER}
_NEED = {"title": "Matrix need", "to": "$other_seat", "asked_for": DAY, "action": "$running"}
_PLAN = {"department": "$claims_reference", "check_on": DAY}
_FOUND = [{"met": True, "words": "M"}]
_LINES = {
    "steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 0, "steps-0-title": "M", "steps-0-place": 1,
    "steps-0-seat": "$owner_key",
}  # fmt: skip
_CREATE = {"title": TITLE, "proof": "It is seen."}

DONE: dict[str, Do] = {
    # Rehearsing changes nothing: whoever reads the charter may try it.
    "notifications:charter-rehearsal": Do(ALL, ALL, send={"decisions": "Matrix; 1; 5 of 7; 4:1"}),
    "api-charter-rehearsal": Do(ALL, ALL, send={"decisions": "Matrix; 1; 5 of 7; 4:1"}),
    # --- governance, pages
    "governance:department-create": Do(LEADS, ALL, send=_NEW_DEPARTMENT | {"parent": "$claims"}),
    # A head moves what lies below him among the departments that he leads, not up to the root.
    "governance:department-place": Do(LEADERS, ALL - {"head"}, unknown=only("head"), send={"parent": "$root"}),
    "governance:seat-found": Do(LEADS, ALL, send={"kind": "other", "department": "$claims", "title": "M"}),
    "governance:seat-person": Do(LEADS, ALL, NONE, CLEARED, send={"person": "$stranger", "role": "holder"}),
    "governance:seat-brief": Do(LEADS, ALL, NONE, CLEARED, send={"title": "M"}),
    "governance:seat-leave": Do(LEADS, ALL, NONE, CLEARED, send={"role": "holder"}),
    "governance:person-add": Do(LEADERS, ALL, send=_NEW_PERSON),
    "governance:seat-several": Do(LEADERS, ALL, send={"pasted": "CLM, other, Matrix"}),
    "api-seat-batch": Do(LEADERS, ALL, send={"rows": [{"department": "CLM", "kind": "other", "title": "Matrix"}]}),
    "governance:department-several": Do(LEADERS, ALL, send={"pasted": "MTX, Matrix"}),
    "governance:invitations": Do(LEADERS, ALL, send={"deed": "take_back", "person": "$stranger"}),
    "governance:person-several": Do(LEADERS, ALL, send={"pasted": "Neo, neo@harbourline.example"}),
    "governance:person-away": Do(NONE, ALL, send={"until": DAY}),
    "governance:person-end-access": Do(LEADERS, ALL),
    "governance:person-redact": Do(LEADERS, ALL, send={"sure": "on"}),
    "governance:sponsor-pledge": Do(WIDE, ALL, send=_PLEDGE),
    "governance:champion-endorse": Do(only("head"), ALL, send={"term_ends_on": ""}),
    "governance:champion-nominate": Do(LEADS, ALL, send={"person": "$stranger"}),
    "governance:champion-refuse": Do(only("head"), ALL, send={"reason": "M"}),
    "governance:champion-accept": Do(NONE, ALL),
    "governance:champion-decline": Do(NONE, ALL, send={"reason": "M"}),
    "governance:champion-withdraw": Do(LEADS, ALL),
    "governance:champion-renew": Do(only("head"), ALL, send={"term_ends_on": ""}),
    "governance:champion-let-end": Do(only("head"), ALL),
    "governance:charter-create": Do(LEADERS, ALL),
    "governance:charter-draft": Do(LEADERS, ALL),
    "governance:charter-amend": Do(LEADERS, ALL),
    "governance:charter-submit": Do(LEADERS, ALL),
    "governance:charter-withdraw": Do(LEADERS, ALL),
    "governance:charter-ratify": Do(only("sponsor"), ALL),
    "governance:charter-refuse": Do(only("sponsor"), ALL, send={"reason": "M"}),
    "governance:charter-hold": Do(only("cx_lead"), ALL),
    "governance:charter-review": Do(only("cx_lead"), ALL, send={"note": "M"}),
    "governance:metric-define": Do(
        LEADS, ALL, send={"title": "M", "unit": "count", "better": "up", "seat": "$owner_key"}
    ),
    "governance:metric-observe": Do(LEADERS | CLAIMS, ALL, send={"on": "2026-11-02", "value": "4", "note": "M"}),
    "governance:goal-set": Do(LEADERS | CLAIMS, ALL, send={"metric": "$metric", "baseline": "1", **_AIM}),
    "governance:journey-draw": Do(LEADERS, ALL, send={"title": "M", **_LINES}),
    "governance:journey-arrange": Do(LEADERS | {"champion"}, ALL, send={"title": "M", **_LINES}),
    "governance:step-owner": Do(LEADERS | {"champion"}, ALL, send={"seat": "$owner_key"}),
    "governance:password": Do(ALL, ALL, send={"old": "x", "new": "y"}),
    # Everybody's own: the key of another person's link ends nothing, and says what one that had ended says.
    "governance:links": Do(ALL, ALL, send={"key": "1"}),
    "governance:view-keep": Do(ALL, ALL, send={"name": "M", "query": "state=open", "cadence": "changed"}),
    "governance:view-change": Do(OWNER, OWNER, send={"name": "M", "cadence": "weekly", "weekday": 3}),
    "governance:view-let-go": Do(OWNER, OWNER),
    # --- governance, API
    "api-department-list": Do(LEADERS, ALL, send=_NEW_DEPARTMENT),
    "api-department-place": Do(LEADERS, ALL, send={"parent": "$root_reference"}),
    "api-seat-list": Do(LEADS, ALL, send={"kind": "other", "department": "$claims_reference"}),
    "api-seat-seat-person": Do(LEADS, ALL, NONE, CLEARED, send={"person": "$stranger"}),
    "api-seat-leave": Do(LEADS, ALL, NONE, CLEARED),
    "api-person-list": Do(LEADERS, ALL, send=_NEW_PERSON),
    "api-department-batch": Do(LEADERS, ALL, send={"rows": [{"code": "MTX", "name": "Matrix"}]}),
    "api-person-invitations": Do(LEADERS, ALL, send={"people": []}),
    "api-person-take-back": Do(LEADERS, ALL),
    "api-person-batch": Do(LEADERS, ALL, send={"rows": [_NEW_PERSON]}),
    "api-person-away": Do(NONE, ALL, send={"until": DAY}),
    "api-person-end-access": Do(LEADERS, ALL),
    "api-metric-list": Do(LEADS, ALL, send={"title": "M", "unit": "count", "seat": "$owner"}),
    "api-metric-observe": Do(LEADERS | CLAIMS, ALL, send={"on": "2026-11-02", "value": "4", "note": "M"}),
    "api-goal-list": Do(LEADERS | CLAIMS, ALL, send={"metric": "$metric_reference", "baseline": "1", **_AIM}),
    "api-person-redact": Do(LEADERS, ALL),
    "api-journey-list": Do(LEADERS, ALL, send={"title": "M", "steps": [{"title": "M"}]}),
    "api-journey-arrange": Do(LEADERS | {"champion"}, ALL, send={"title": "M", "steps": [{"title": "M"}]}),
    "api-journey-step-owner": Do(LEADERS | {"champion"}, ALL, send={"seat": "$owner"}),
    "api-executive-sponsor-pledge": Do(WIDE, ALL, send=_PLEDGE),
    "governance:checkin-write": both(only("sponsor"), only("sponsor"), note="M"),
    "api-check-in-list": both(only("sponsor"), only("sponsor"), council="$council", note="M"),
    "api-champion-endorse": Do(only("head"), ALL),
    "api-champion-nominate": Do(LEADS, ALL, send={"person": "$stranger"}),
    "api-champion-refuse": Do(only("head"), ALL, send={"reason": "M"}),
    "api-champion-accept": Do(NONE, ALL),
    "api-champion-decline": Do(NONE, ALL, send={"reason": "M"}),
    "api-champion-withdraw": Do(LEADS, ALL),
    "api-champion-renew": Do(only("head"), ALL, send={"term_ends_on": None}),
    "api-champion-let-end": Do(only("head"), ALL),
    "api-charter-list": Do(LEADERS, ALL, send={"title": "M", "rules": {}}),
    "api-charter-versions": Do(LEADERS, ALL, send={"rules": {}}),
    "api-charter-submit": Do(LEADERS, ALL, send={"sponsors": []}),
    "api-charter-withdraw": Do(LEADERS, ALL),
    "api-charter-ratify": Do(only("sponsor"), ALL),
    "api-charter-refuse": Do(only("sponsor"), ALL, send={"reason": "M"}),
    "api-charter-hold": Do(only("cx_lead"), ALL),
    "api-charter-review": Do(only("cx_lead"), ALL, send={"note": "M"}),
    "api-token-list": Do(ALL, ALL, send={"label": "m"}),
    # --- councils, pages
    "councils:council-found": Do(LEADERS, ALL, send=_COUNCIL | {"department": "$root", "sponsor": "$sponsor"}),
    "councils:membership-add": both(PREPARES | {"sponsor"}, only("chair", "sponsor"), title="M"),
    "councils:membership-seat": both(
        PREPARES | {"sponsor"}, only("chair", "sponsor"), person="$stranger", role="deputy"
    ),
    "councils:roster-write": both(PREPARES, CHAIRS, role="M"),
    "councils:council-acknowledge": both(SITS, SITS),
    "councils:membership-end": both(PREPARES | {"sponsor"}, only("chair", "sponsor")),
    "councils:meeting-call": both(PREPARES, CHAIRS, day=DAY, time="10:00"),
    "councils:item-propose": both(SITS | {"sponsor", "cx_lead"}, CLEARED, ask="M?"),
    "councils:envelope-close": both(only("sponsor"), only("sponsor"), signed="on"),
    "councils:envelope-transfer": both(only("sponsor"), only("sponsor"), into="$reserve", amount="1", signed="on"),
    "api-envelope-close": both(only("sponsor"), only("sponsor")),
    "api-envelope-transfer": both(only("sponsor"), only("sponsor"), into="$reserve", amount=1),
    "councils:envelope-grant": both(only("sponsor"), only("sponsor"), amount="10", signed="on"),
    "councils:meeting-open": both(CHAIRS, CHAIRS),
    "councils:meeting-mark": both(CHAIRS, CHAIRS, seat="$seat", presence="absent"),
    # Whom one may choose from is a list of one's own: another council is no choice there.
    "actions:pack-list": Do(PREPARES, NONE, CHAIRS, NONE, unknown=ALL, send={"audience": "$meeting_reference"}),
    "actions:pack-schedule": Do(
        PREPARES, NONE, CHAIRS, NONE, unknown=ALL, send={"council": "$council", "days_before": 5}
    ),
    "councils:minutes-write": both(CHAIRS, CHAIRS, introduction="M", version=2),
    "councils:minutes-send": both(CHAIRS, CHAIRS),
    "councils:minutes-begin": both(CHAIRS, CHAIRS),
    "councils:minutes-comment": both(SITS, SITS, text="M"),
    "councils:minutes-answer": both(CHAIRS, CHAIRS, answer="M"),
    "councils:minutes-approve": both(CHAIRS, CHAIRS),
    "councils:minutes-correct": both(CHAIRS, CHAIRS, reason="M", version=2),
    "councils:meeting-close": both(CHAIRS, CHAIRS, reason="M"),
    "councils:meeting-call-off": both(PREPARES, CHAIRS, reason="Half of us are ill."),
    "councils:meeting-plan": both(PREPARES, CHAIRS),
    "councils:meeting-gather": both(PREPARES, CHAIRS),
    "councils:meeting-publish": both(PREPARES, CHAIRS),
    "councils:meeting-points": both(PREPARES, CHAIRS),
    "councils:meeting-consent": both(CHAIRS, CHAIRS, items="AGE-9999:1"),
    "councils:meeting-pen": both(CHAIRS, CHAIRS),
    "councils:meeting-take-up": both(CHAIRS, CHAIRS, item="$on_agenda"),
    "councils:meeting-capture": both(CHAIRS, CHAIRS, kind="note", text="M"),
    "councils:capture-rewrite": both(CHAIRS, CHAIRS, kind="note", text="M"),
    "councils:capture-undo": both(CHAIRS, CHAIRS),
    "councils:capture-put-back": both(CHAIRS, CHAIRS),
    "councils:meeting-move": both(
        PREPARES, CHAIRS, day=DAY, time="10:00", lasts="60", place="M", reason="Half of us are ill."
    ),
    "councils:meeting-call-now": both(CHAIRS, CHAIRS),
    "councils:meeting-answer": both(CHAIRS, CHAIRS, seat="$chair_seat", coming="yes"),
    "councils:series-bring": both(PREPARES, CHAIRS, text="BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT", keep="1"),
    "councils:series-begin": both(PREPARES, CHAIRS, **_REGULARLY),
    "councils:series-change": both(PREPARES, CHAIRS, reason="M", **_REGULARLY),
    "councils:series-end": both(PREPARES, CHAIRS, reason="M"),
    "councils:item-place": both(PREPARES, CHAIRS, meeting="$meeting"),
    "councils:item-withdraw": both(PREPARES, CHAIRS, reason="M"),
    "councils:item-set-back": both(PREPARES, CHAIRS),
    "councils:item-talk-about": both(SITS | {"sponsor", "cx_lead"}, CLEARED),
    "councils:pre-read-attach": both(PREPARES, CHAIRS, title="M", text="M"),
    "councils:pre-read-take-off": both(PREPARES, CHAIRS),
    "councils:decision-take-back": both(NONE, NONE, reason="M"),  # the secretary recorded it, and nobody here
    "api-decision-take-back": both(NONE, NONE, reason="M"),
    "councils:decision-review": both(CHAIRS, CHAIRS, finding="M"),
    "api-decision-review": both(CHAIRS, CHAIRS, finding="M"),
    "councils:item-settle": both(CHAIRS, CHAIRS, outcome="note", motion="M", note="M", rest="for"),
    "councils:item-undecided": both(CHAIRS, CHAIRS, reason="M"),
    "councils:item-put": both(CHAIRS, CHAIRS, outcome="note", motion="M", note="M"),
    "councils:item-alone": both(CHAIRS, CHAIRS, outcome="note", motion="M", note="M"),
    "councils:ballot-cast": both(SITS, SITS, choice="for"),
    "councils:item-refer": both(CHAIRS, CHAIRS, outcome="note", motion="M", note="M"),
    # --- councils, API
    "api-council-list": Do(
        LEADERS, ALL, send=_COUNCIL | {"department": "$root_reference", "sponsor": "$sponsor_reference"}
    ),
    "api-membership-list": into(PREPARES | {"sponsor"}, only("chair", "sponsor"), council="$council"),
    "api-membership-seat-person": both(
        PREPARES | {"sponsor"}, only("chair", "sponsor"), person="$stranger", role="deputy"
    ),
    "api-membership-roster": both(PREPARES, CHAIRS, role="M"),
    "api-council-acknowledge": both(SITS, SITS),
    "api-membership-end": both(PREPARES | {"sponsor"}, only("chair", "sponsor")),
    "api-pack-list": into(PREPARES, CHAIRS, meeting="$meeting_reference"),
    "api-pack-schedule": into(PREPARES, CHAIRS, council="$council", days_before=5),
    "api-minutes-list": into(CHAIRS, CHAIRS, meeting="$closed"),
    "api-meeting-list": into(PREPARES, CHAIRS, council="$council", starts_at=f"{DAY}T10:00:00Z"),
    "api-meeting-open": both(CHAIRS, CHAIRS),
    "api-meeting-mark": both(CHAIRS, CHAIRS, seat="$seat", presence="absent"),
    "api-minutes-write": both(CHAIRS, CHAIRS, introduction="M"),
    "api-minutes-send-out": both(CHAIRS, CHAIRS),
    "api-minutes-comment": both(SITS, SITS, text="M"),
    "api-minutes-reply": both(CHAIRS, CHAIRS, comment="$comment", text="M"),
    "api-minutes-approve": both(CHAIRS, CHAIRS),
    "api-minutes-correct": both(CHAIRS, CHAIRS, reason="M"),
    "api-meeting-close": both(CHAIRS, CHAIRS, not_decided="M"),
    "api-meeting-call-off": both(PREPARES, CHAIRS, reason="Half of us are ill."),
    "api-meeting-gather": both(PREPARES, CHAIRS),
    "api-meeting-publish": both(PREPARES, CHAIRS),
    "api-meeting-points": both(PREPARES, CHAIRS),
    "api-meeting-consent": both(CHAIRS, CHAIRS, items={"AGE-9999": 1}),
    "api-meeting-pen": both(CHAIRS, CHAIRS),
    "api-meeting-take-up": both(CHAIRS, CHAIRS, item="$on_agenda"),
    "api-meeting-plan": both(PREPARES, CHAIRS, rows=[]),
    "api-meeting-lines": both(CHAIRS, CHAIRS, kind="note", text="M"),
    "api-meeting-rewrite": both(CHAIRS, CHAIRS, kind="note", text="M"),
    "api-meeting-undo": both(CHAIRS, CHAIRS),
    "api-meeting-put-back": both(CHAIRS, CHAIRS),
    "api-meeting-call-now": into(CHAIRS, CHAIRS, council="$council"),
    "api-meeting-move": both(PREPARES, CHAIRS, starts_at=f"{DAY}T10:00:00Z", reason="M"),
    "api-meeting-answer": both(CHAIRS, CHAIRS, seat="$chair_seat", coming="yes"),
    "api-meeting-series-list": into(PREPARES, CHAIRS, council="$council", **_BY_RULE),
    "api-meeting-series-change": both(PREPARES, CHAIRS, reason="M", **_BY_RULE),
    "api-meeting-series-end": both(PREPARES, CHAIRS, reason="M"),
    "api-agenda-item-list": into(SITS | {"sponsor", "cx_lead"}, CLEARED, council="$council", ask="M?"),
    "api-agenda-item-place": both(PREPARES, CHAIRS, meeting="$meeting_reference"),
    "api-agenda-item-withdraw": both(PREPARES, CHAIRS, reason="M"),
    "api-agenda-item-set-back": both(PREPARES, CHAIRS),
    "api-agenda-item-talk-about": both(SITS | {"sponsor", "cx_lead"}, CLEARED),
    "api-agenda-item-pre-reads": both(PREPARES, CHAIRS, title="M", text="M"),
    "api-agenda-item-pre-read-off": both(PREPARES, CHAIRS),
    "api-agenda-item-settle": both(CHAIRS, CHAIRS, **_MOTION),
    "api-agenda-item-project": both(CHAIRS, CHAIRS, **_MOTION),
    "api-agenda-item-not-decided": both(CHAIRS, CHAIRS, reason="M"),
    "api-agenda-item-put-to-vote": both(CHAIRS, CHAIRS, outcome="note", motion="M", payload={"note": "M"}),
    "api-agenda-item-decide-alone": both(CHAIRS, CHAIRS, outcome="note", motion="M", payload={"note": "M"}),
    "api-agenda-item-vote": both(SITS, SITS, choice="for"),
    "api-agenda-item-refer": both(CHAIRS, CHAIRS, **_MOTION),
    "api-envelope-list": into(only("sponsor"), only("sponsor"), council="$council", amount=1000),
    "api-envelope-grant": into(only("sponsor"), only("sponsor"), council="$council", amount=1000),
    # --- actions, pages
    "actions:item-create": Do(
        LEADERS, NONE, unknown=ALL, send=_CREATE | {"seat": "$owner", "council": "$council", "asked_for": DAY}
    ),
    "actions:item-several": Do(ALL, ALL, send={"pasted": "reference,health\nACT-9999,at_risk"}),
    "api-action-batch": Do(ALL, ALL, send={"preview": True, "rows": [{"reference": "ACT-9999"}]}),
    "api-saved-view-list": Do(ALL, ALL, send={"name": "M", "query": "state=open"}),
    "actions:item-accept": work(OWNER, NONE, promised_on=DAY),
    "actions:item-decline": work(OWNER, NONE, reason="M"),
    "actions:item-reassign": work(LEADS, NONE, seat="$other_seat"),
    "actions:item-set-date": work(OWNER, NONE, due_on=DAY),
    "actions:item-report": work(OWNER, NONE, health="on_track", line="M"),
    "actions:update-several": Do(ALL, ALL),  # each sees and says their own rows; here nobody says anything
    "api-action-report-several": Do(ALL, ALL, send={"rows": [{"action": "$running", "health": "on_track"}]}),
    "actions:item-edit": work(OWNER_ROUND, CHAIRS, origin="own", fit_reason="M"),
    "actions:item-follow": work(WORK, CLEARED),
    "actions:item-doer": work(OWNER_ROUND, CHAIRS, person="$head"),
    "actions:item-doer-end": work(OWNER_ROUND, CHAIRS, doer="$doer"),
    "actions:item-milestone": work(OWNER_ROUND, CHAIRS, title="M"),
    "actions:item-reach": work(OWNER, NONE, milestone="$milestone"),
    "actions:item-depend": work(OWNER_ROUND, CHAIRS, needs="$other_action"),
    "actions:item-depend-no-more": work(OWNER_ROUND, CHAIRS, dependency="$dependency"),
    "api-action-describe": work(OWNER_ROUND, CHAIRS, origin="own", fit_reason="M"),
    "api-action-follow": work(WORK, CLEARED),
    "api-action-add-doer": work(OWNER_ROUND, CHAIRS, seat="$other_doer"),
    "api-action-end-doer": work(OWNER_ROUND, CHAIRS, doer="$doer"),
    "api-action-set-milestone": work(OWNER_ROUND, CHAIRS, title="M"),
    "api-action-reach": work(OWNER, NONE, milestone="$milestone"),
    "api-action-depend": work(OWNER_ROUND, CHAIRS, needs="$other_action"),
    "api-action-depend-no-more": work(OWNER_ROUND, CHAIRS, dependency="$dependency"),
    "actions:item-reopen": work(CHAIRS, CHAIRS, reason="M"),
    "actions:item-take-back": work(OWNER, NONE, what="evidence", key="$evidence"),
    "api-action-reopen": work(CHAIRS, CHAIRS, reason="M"),
    "api-evidence-take-back": work(OWNER, NONE),
    "api-update-take-back": work(OWNER, NONE),
    "actions:item-done": work(OWNER, NONE),
    "actions:item-verify": work(NONE, NONE, finding="confirmed"),
    "actions:item-evidence": work(OWNER, NONE, title="M"),
    "actions:item-block": work(OWNER, NONE, reason="M"),
    "actions:item-ask-help": work(OWNER, NONE, asked="$sponsor_reference", words="M"),
    "governance:help-detail": work(only("sponsor"), only("sponsor"), answer="helped", said="M"),
    "actions:item-ask-for-time": work(OWNER, NONE, due_on=LATER, reason="M"),
    # The owner's head answers, and for the confidential council's work its chair; never the owner.
    "actions:item-answer-date": work(only("head"), only("chair"), answer="refused", said="M"),
    "actions:item-lift": work(OWNER | CHAIRS, CHAIRS, blocker="$blocker"),
    "actions:item-cancel": work(CHAIRS, CHAIRS, reason="M"),
    "actions:request-create": Do(OWNER, WORK, NONE, CLEARED, send=_NEED),
    "actions:request-agree": between(ASKED, only("member"), promised_on="2026-12-01"),
    "actions:request-counter": between(ASKED, only("member"), offered_on=DAY),
    "actions:request-refuse": between(ASKED, only("member"), reason="M"),
    "actions:request-accept": between(OWNER, NONE),
    "actions:request-withdraw": between(OWNER, NONE, reason="M"),
    "actions:request-deliver": between(ASKED, only("member"), note="M"),
    "actions:request-confirm": between(OWNER, NONE),
    "actions:request-send-back": between(OWNER, NONE, reason="M"),
    "actions:request-propose-day": between(OWNER | ASKED, only("member"), day=LATER, reason="M"),
    "actions:request-answer-day": between(ASKED, only("member"), answer="approved"),
    "actions:request-ask-help": between(OWNER | ASKED, only("member"), asked="$sponsor_reference", words="M"),
    "actions:pilot-declare": work(OWNER_ROUND, CHAIRS, action="$proposed", criteria="M", **_PLAN),
    "actions:pilot-change": work(OWNER_ROUND, CHAIRS, criteria="M", **_PLAN),
    "actions:pilot-stop": work(OWNER_ROUND, CHAIRS, reason="M"),
    "actions:pilot-propose": work(OWNER_ROUND, CHAIRS),
    "actions:pilot-check": work(only("sponsor"), only("sponsor"), verdict="passed", met_1="yes", words_1="M"),
    "actions:item-measure": work(OWNER, NONE, because="M"),
    "actions:item-correct-measure": work(CHAIRS | OWNER, CHAIRS, because="M", reason="M"),
    "actions:item-read-kpi": work(OWNER | CHAIRS, CHAIRS),
    # The KPI is the champion's own here, who did the work: another person says whether it worked.
    "actions:item-judge": work(CHAIRS, CHAIRS, effect="worked", said="M"),
    "actions:item-verify-benefit": work(
        only("member"), only("member"), kind="revenue", amount="5", from_on=DAY, until_on=DAY, note="M"
    ),
    "actions:item-draft-telling": work(OWNER, NONE, text="M"),
    "actions:item-approve-telling": work(CHAIRS | LEADS, CHAIRS),
    "actions:item-send-telling": work(OWNER, NONE),
    "actions:item-spend": work(SPENDS, CHAIRS | {"member"}, amount="1", on="2026-11-02", what="M"),
    "actions:spending-reverse": work(SPENDS, CHAIRS | {"member"}, reason="M"),
    # Whose rows they are not is told so row by row; nothing is posted then.
    "actions:spending-several": Do(ALL, ALL, send={"pasted": "ACT-1,2026-11-02,1,M", "deed": "look"}),
    "api-spending-batch": work(
        SPENDS, CHAIRS | {"member"}, rows=[{"action": "$running", "on": "2026-11-02", "amount": "1", "what": "M"}]
    ),
    "actions:item-allocate": work(CHAIRS, CHAIRS, confirm="on"),
    "api-action-allocate": work(CHAIRS, CHAIRS),
    "actions:item-ask-resources": work(OWNER, NONE, amount="1", what_for="M"),
    "api-resource-request-list": Do(
        OWNER, WORK, NONE, CLEARED, unknown=ALL, send={"action": "$running", "amount": 1, "what_for": "M"}
    ),
    "api-spending-list": Do(
        SPENDS,
        WORK,
        CHAIRS | {"member"},
        CLEARED,
        unknown=ALL,
        send={"action": "$running", "amount": 1, "on": "2026-11-02", "what": "M"},
    ),
    "api-spending-reverse": work(SPENDS, CHAIRS | {"member"}, reason="M"),
    "actions:theme-answer": Do(CLAIMS, ADMITTED, send={"department": "$claims_reference", "text": "M"}),
    "actions:theme-propose": Do(
        SITS | {"sponsor", "cx_lead"}, NONE, unknown=ADMITTED, send={"agenda-council": "$council"}
    ),
    "actions:theme-route": Do(TRIAGES, ADMITTED),
    "actions:theme-rename": Do(TRIAGES, ADMITTED, send={"name": "M"}),
    "actions:theme-merge": Do(
        only("cx_lead"), ADMITTED - {"head"}, unknown=only("head"), send={"into": "$other_theme"}
    ),
    "actions:theme-split": Do(TRIAGES, ADMITTED, send={"name": "M", "words": "garage"}),
    "actions:source-withdraw": Do(only("cx_lead"), ALL),
    "actions:log-paste": Do(
        PREPARES,
        ALL,
        CHAIRS,
        ALL - {"cx_lead"},
        unknown=only("cx_lead"),
        send={"council": "$council", "text": "Action\nM"},
    ),
    "actions:log-withdraw": both(PREPARES, CHAIRS),
    "actions:upload-create": Do(only("cx_lead"), ALL),
    "actions:upload-detail": Do(only("cx_lead"), only("cx_lead"), send={"take": "1"}),
    "actions:upload-discard": Do(only("cx_lead"), only("cx_lead")),
    "actions:rule-create": Do(
        only("cx_lead"), ALL, send={"position": 5, "topic_contains": "m", "to_department": "$claims_reference"}
    ),
    "actions:rule-edit": Do(
        only("cx_lead"), ALL, send={"position": 5, "topic_contains": "m", "to_department": "$claims_reference"}
    ),
    # A council's seat is handed over by whoever owes it there, and here nobody does.
    "actions:handover": Do(LEADS, ALL, NONE, CLEARED, send={"person": "$stranger"}),
    "actions:handover-split": Do(LEADS, ALL, NONE, CLEARED, send={"actions": "$running", "to": "$other_seat"}),
    "actions:take-over": Do(OWNER, ALL, only("member"), CLEARED),
    # --- actions, API
    "api-seat-hand-over": Do(LEADS, ALL, NONE, CLEARED, send={"person": "$stranger"}),
    "api-seat-split": Do(LEADS, ALL, NONE, CLEARED, send={"actions": [{"action": "$running", "to": "$other_seat"}]}),
    "api-seat-take-over": Do(OWNER, ALL, only("member"), CLEARED),
    "api-action-list": into(
        LEADERS, NONE, seat="$owner", council="$council", needs_none=True, asked_for=DAY, **_CREATE
    ),
    "api-action-accept": work(OWNER, NONE, promised_on=DAY),
    "api-action-decline": work(OWNER, NONE, reason="M"),
    "api-action-reassign": work(LEADS, NONE, seat="$other_seat"),
    "api-action-set-date": work(OWNER, NONE, due_on=DAY),
    "api-action-report": work(OWNER, NONE, health="on_track"),
    "api-action-done": work(OWNER, NONE),
    "api-action-verify": work(NONE, NONE, finding="confirmed"),
    "api-action-evidence": work(OWNER, NONE, title="M"),
    "api-action-block": work(OWNER, NONE, reason="M"),
    "api-action-ask-help": work(OWNER, NONE, asked="$sponsor_reference", words="M"),
    "api-help-request-answer-it": work(only("sponsor"), only("sponsor"), answer="helped", said="M"),
    "api-action-ask-for-time": work(OWNER, NONE, due_on=LATER, reason="M"),
    "api-action-answer-date": work(only("head"), only("chair"), answer="refused", said="M"),
    "api-action-cancel": work(CHAIRS, CHAIRS, reason="M"),
    "api-request-list": Do(OWNER, WORK, NONE, CLEARED, unknown=ALL, send=_NEED),
    "api-request-agree": between(ASKED, only("member"), promised_on="2026-12-01"),
    "api-request-counter": between(ASKED, only("member"), offered_on=DAY),
    "api-request-refuse": between(ASKED, only("member"), reason="M"),
    "api-request-accept": between(OWNER, NONE),
    "api-request-withdraw": between(OWNER, NONE, reason="M"),
    "api-request-deliver": between(ASKED, only("member")),
    "api-request-confirm": between(OWNER, NONE),
    "api-request-send-back": between(OWNER, NONE, reason="M"),
    "api-request-propose-day": between(OWNER | ASKED, only("member"), day=LATER, reason="M"),
    "api-request-answer-day": between(ASKED, only("member"), answer="approved"),
    "api-request-ask-help": between(OWNER | ASKED, only("member"), asked="$sponsor_reference", words="M"),
    "api-pilot-list": into(OWNER_ROUND, CHAIRS, action="$proposed", criteria=["M"], **_PLAN)._replace(seen=WORK),
    "api-pilot-change": work(OWNER_ROUND, CHAIRS, criteria=["M"], **_PLAN),
    "api-pilot-stop": work(OWNER_ROUND, CHAIRS, reason="M"),
    "api-pilot-propose": work(OWNER_ROUND, CHAIRS),
    "api-pilot-check": work(only("sponsor"), only("sponsor"), verdict="passed", findings=_FOUND),
    "api-pilot-extend": work(only("sponsor"), only("sponsor"), next_on=LATER, reason="M", findings=_FOUND),
    "api-action-measure": work(OWNER, NONE, because="M"),
    "api-action-correct-measure": work(CHAIRS | OWNER, CHAIRS, because="M", reason="M"),
    "api-action-read-kpi": work(OWNER | CHAIRS, CHAIRS),
    # The KPI is the champion's own here, who did the work: another person says whether it worked.
    "api-action-judge": work(CHAIRS, CHAIRS, effect="worked", said="M"),
    "api-action-verify-benefit": work(
        only("member"), only("member"), kind="revenue", amount=5, from_on=DAY, until_on=DAY, note="M"
    ),
    "api-action-draft-telling": work(OWNER, NONE, text="M"),
    "api-action-approve-telling": work(CHAIRS | LEADS, CHAIRS),
    "api-action-send-telling": work(OWNER, NONE),
    "api-blocker-lift": work(OWNER | CHAIRS, CHAIRS),
    "api-theme-give-answer": Do(CLAIMS, ADMITTED, send={"department": "$claims_reference", "text": "M"}),
    "api-theme-propose": Do(SITS | {"sponsor", "cx_lead"}, ROOM, unknown=ADMITTED, send={"council": "$council"}),
    "api-theme-route": Do(TRIAGES, ADMITTED),
    "api-theme-rename": Do(TRIAGES, ADMITTED, send={"name": "M"}),
    "api-theme-merge": Do(only("cx_lead"), WIDE, unknown=ADMITTED, send={"into": "$other_theme"}),
    "api-theme-split": Do(TRIAGES, ADMITTED, send={"name": "M", "words": "garage"}),
    "api-feedback-source-withdraw": Do(only("cx_lead"), ALL),
    "api-action-log-list": into(PREPARES, CHAIRS, council="$council", text="Action\nM"),
    "api-action-log-look": into(PREPARES, CHAIRS, council="$council", text="Action\nM"),
    "api-action-log-withdraw": both(PREPARES, CHAIRS),
    "api-feedback-upload-list": Do(only("cx_lead"), ALL),
    "api-feedback-upload-take-in": Do(only("cx_lead"), only("cx_lead")),
    "api-routing-rule-list": Do(
        only("cx_lead"), ALL, send={"topic_contains": "m", "to_department": "$claims_reference"}
    ),
    # --- notifications
    "notifications:home-update": work(OWNER, NONE, health="on_track", line="M"),
    "notifications:home-accept": work(OWNER, NONE, promised_on=DAY),
    "notifications:home-answer-date": work(only("head"), only("chair"), answer="refused", said="M"),
    "notifications:home-decline": work(OWNER, NONE, reason="M"),
    "notifications:inbox-read-all": Do(ALL, ALL),
    "notifications:inbox-read": Do(OWNER, OWNER),
    "notifications:inbox-snooze": Do(OWNER, OWNER, send={"day": LATER, "hour": 9}),
    "notifications:mute": work(WORK, CLEARED),
    "api-notifications-snooze": Do(OWNER, OWNER, send={"until": f"{LATER}T09:00:00Z"}),
    "api-mutes-list": Do(ALL, ALL, send={"subject": "$claims_reference"}),
    "notifications:outbox-release": Do(LEADERS, ALL),
    "notifications:outbox-drop": Do(LEADERS, ALL),
    "notifications:outbox-retry": Do(LEADERS, ALL),
    "notifications:settings": Do(LEADERS, ALL, send={"name": "M", "language": "en"}),
    "notifications:settings-test-mail": Do(LEADERS, ALL),
    "api-test-mail": Do(LEADERS, ALL),
    "notifications:outbox-hold": Do(LEADERS, ALL, send={"reason": "M"}),
    "notifications:outbox-addresses": Do(LEADERS, ALL),
    "notifications:outbox-resend": Do(LEADERS, ALL),
    "api-outbox-retry": Do(LEADERS, ALL),
    "api-outbox-hold": Do(LEADERS, ALL, send={"reason": "M"}),
    "api-outbox-resend": Do(LEADERS, ALL),
    "api-outbox-skip": Do(LEADERS, ALL),
    "api-outbox-open-addresses": Do(LEADERS, ALL),
    "governance:address": Do(ALL, ALL, send={"email": "x", "password": "y"}),
    "governance:address-confirm": Do(ALL, ALL),
    "api-my-address": Do(ALL, ALL),
    "notifications:outbox-skip": Do(LEADERS, ALL),
    "notifications:preferences": Do(ALL, ALL, send=REACHED),
    "notifications:language": Do(ALL, ALL, send={"zone": "Europe/Berlin"}),
    "notifications:calendar-make": Do(ALL, ALL),
    "notifications:calendar-revoke": Do(ALL, ALL),
    "api-notifications-read-all": Do(ALL, ALL),
    "api-notifications-read": Do(OWNER, OWNER),
}

LONG_FORMS = (
    "governance:charter-create", "governance:charter-draft", "governance:password", "governance:address",
    "actions:upload-create",
    "actions:upload-detail", "api-feedback-upload-list", "actions:update-several", "councils:series-bring",
)  # fmt: skip
"""Forms that are sent empty here: who may is asked to fill them in (422), anybody else is turned away before that."""

PUT: dict[str, Do] = {
    "api-saved-view-detail": Do(OWNER, OWNER, send={"name": "M", "cadence": "weekly", "weekday": 3}),
    "api-seat-brief": Do(
        LEADS,
        ALL,
        NONE,
        CLEARED,
        send={"title": "M", "expectations": "", "criteria": "", "capacity_minutes": 0},
    ),
    "api-charter-version": Do(LEADERS, ALL, send={"rules": {}}),
    "api-routing-rule-detail": Do(
        only("cx_lead"), ALL, send={"topic_contains": "m", "to_department": "$claims_reference"}
    ),
    "api-organisation": Do(LEADERS, ALL, send={"name": "M", "language": "en"}),
    "api-preferences": Do(ALL, ALL, send={"wants_mail": True, **REACHED}),
    "api-my-language": Do(ALL, ALL, send={"zone": "Europe/Berlin"}),
}
DELETE: dict[str, Do] = {
    "api-saved-view-detail": Do(OWNER, OWNER),
    "api-mutes-detail": Do(OWNER, OWNER),
    "api-token-detail": Do(OWNER, OWNER),
    "api-feedback-upload-detail": Do(only("cx_lead"), only("cx_lead")),
}
