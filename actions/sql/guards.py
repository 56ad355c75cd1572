"""Triggers of the actions app.

A promised date is never overwritten, and an answer given about one stays; what a request was when it was made stays,
and one that is closed stays closed. What was fixed, read, shown, found, verified and reopened stays as it was said, and
shares never add up to more than all.
"""

from governance.sql import guards

guards.forbid(
    "actions_request_no_update",
    "actions_request",
    "UPDATE",
    says="what was asked, and the first day agreed, never change; a closed request stays closed",
    when="NEW.asked_for <> OLD.asked_for OR NEW.asked_at <> OLD.asked_at OR NEW.asked_by_id <> OLD.asked_by_id"
    " OR NEW.to_seat_id <> OLD.to_seat_id"
    " OR (OLD.first_promised IS NOT NULL AND (NEW.first_promised IS NULL OR NEW.first_promised <> OLD.first_promised))"
    " OR (OLD.closed_at IS NOT NULL AND NEW.state <> OLD.state)",
)
guards.forbid(
    "actions_request_no_delete", "actions_request", "DELETE", says="a request is kept", when="OLD.subject_id > 0"
)
guards.insert_only("actions_pack", "a pack never changes: what it said then it says for ever")
guards.insert_only("actions_packaudience", "what was counted in a pack never changes")
guards.forbid(
    "actions_review_days_stay",
    "actions_actionitem",
    "UPDATE",
    says="when its KPI is read was fixed as it was accepted, and stays",
    when="OLD.review_days <> '[]' AND NEW.review_days <> OLD.review_days",
)
guards.forbid(
    "actions_promise_no_update",
    "actions_promise",
    "UPDATE",
    says="a promised date is never overwritten: the next promise follows it",
    when="NEW.action_id <> OLD.action_id OR NEW.number <> OLD.number OR NEW.due_on <> OLD.due_on"
    " OR NEW.given_at <> OLD.given_at OR NEW.given_by_id <> OLD.given_by_id OR NEW.seat_id <> OLD.seat_id"
    " OR COALESCE(NEW.approved_by_id, 0) <> COALESCE(OLD.approved_by_id, 0)"
    " OR (OLD.taken_back_at IS NOT NULL AND (NEW.taken_back_at IS NULL OR NEW.taken_back_at <> OLD.taken_back_at))",
)
guards.forbid(
    "actions_promise_no_delete", "actions_promise", "DELETE", says="a promise is kept on record", when="OLD.id > 0"
)
guards.forbid(
    "actions_daterequest_no_update",
    "actions_daterequest",
    "UPDATE",
    says="what was asked for stands as it was asked, and is answered once",
    when="NEW.due_on <> OLD.due_on OR NEW.asked_on <> OLD.asked_on OR NEW.asked_by_id <> OLD.asked_by_id"
    " OR NEW.promise_id <> OLD.promise_id OR (OLD.answer <> '' AND NEW.answer <> OLD.answer)",
)
guards.forbid(
    "actions_requestday_no_update",
    "actions_requestday",
    "UPDATE",
    says="another day stands as it was proposed, and is answered once",
    when="NEW.day <> OLD.day OR NEW.instead_of <> OLD.instead_of OR NEW.by_id <> OLD.by_id"
    " OR NEW.request_id <> OLD.request_id OR (OLD.answer <> '' AND NEW.answer <> OLD.answer)",
)

_OTHERS = (
    "FROM actions_outcome o JOIN actions_actionitem a ON a.subject_id = o.action_id"
    " WHERE o.metric_id = NEW.metric_id AND o.action_id <> NEW.action_id AND a.state <> 'cancelled'"
    " AND NOT EXISTS (SELECT 1 FROM actions_outcome n WHERE n.action_id = o.action_id AND n.number > o.number)"
)


def _taken(day: str) -> str:
    """What others count as their own on a day."""
    return f"(SELECT COALESCE(SUM(o.share), 0) {_OTHERS} AND {day} BETWEEN o.effect_from AND o.effect_until)"


# A sum over days is largest on a day on which one of them begins, so only those are looked at.
_BEGINS_WITHIN = (
    "SELECT 1 FROM actions_outcome d WHERE d.metric_id = NEW.metric_id"
    " AND d.effect_from BETWEEN NEW.effect_from AND NEW.effect_until"
)
guards.forbid(
    "shares_are_at_most_all_of_it",
    "actions_outcome",
    "INSERT",
    says="the shares of several actions on one metric and period add to at most 100 percent",
    when=" ".join(
        (
            f"NEW.metric_id IS NOT NULL AND (NEW.share + {_taken('NEW.effect_from')} > 100",
            f"OR EXISTS ({_BEGINS_WITHIN} AND NEW.share + {_taken('d.effect_from')} > 100))",
        )
    ),
)
guards.forbid(
    "actions_outcome_no_update",
    "actions_outcome",
    "UPDATE",
    says="what was fixed is corrected, never changed",
    when="NEW.action_id <> OLD.action_id OR NEW.number <> OLD.number OR NEW.share <> OLD.share"
    " OR NEW.enough <> OLD.enough OR COALESCE(NEW.metric_id, -1) <> COALESCE(OLD.metric_id, -1)"
    " OR COALESCE(NEW.target, 0) <> COALESCE(OLD.target, 0) OR NEW.at <> OLD.at"
    " OR NEW.baseline_from <> OLD.baseline_from OR NEW.baseline_until <> OLD.baseline_until"
    " OR NEW.effect_from <> OLD.effect_from OR NEW.effect_until <> OLD.effect_until",
)
guards.insert_only("actions_outcomereading", "a reading is never changed")
guards.forbid(
    "actions_outcomeverdict_no_update",
    "actions_outcomeverdict",
    "UPDATE",
    says="a verdict on an outcome is never changed",
    when="NEW.effect <> OLD.effect OR NEW.verification_id <> OLD.verification_id OR NEW.by_id <> OLD.by_id"
    " OR NEW.at <> OLD.at",
)
guards.forbid(
    "actions_benefit_no_update",
    "actions_benefit",
    "UPDATE",
    says="a verified benefit is corrected, never changed",
    when="NEW.amount <> OLD.amount OR NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency"
    " OR NEW.action_id <> OLD.action_id OR NEW.seat_id <> OLD.seat_id OR NEW.by_id <> OLD.by_id"
    " OR NEW.from_on <> OLD.from_on OR NEW.until_on <> OLD.until_on"
    " OR COALESCE(NEW.corrects_id, -1) <> COALESCE(OLD.corrects_id, -1)",
)
for _table, _says in (
    ("actions_outcome", "what was fixed is kept"),
    ("actions_outcomeverdict", "a verdict on an outcome is kept"),
    ("actions_benefit", "a verified benefit is kept"),
):
    guards.GUARDS.append(guards.Guard(f"{_table}_no_delete", _table, "DELETE", _says, no_truncate=True))
guards.forbid(
    "actions_evidence_no_update",
    "actions_evidence",
    "UPDATE",
    says="what was shown is not exchanged: it is taken back, or more is added",
    when="NEW.action_id <> OLD.action_id OR NEW.kind <> OLD.kind OR NEW.file_key <> OLD.file_key"
    " OR NEW.file_digest <> OLD.file_digest OR NEW.file_size <> OLD.file_size OR NEW.by_id <> OLD.by_id"
    " OR NEW.at <> OLD.at OR COALESCE(NEW.observation_id, -1) <> COALESCE(OLD.observation_id, -1)"
    " OR (OLD.taken_back_at IS NOT NULL AND NEW.taken_back_at IS NULL)",
)
guards.forbid(
    "actions_verification_no_update",
    "actions_verification",
    "UPDATE",
    says="a finding is not changed: the action is reopened, and looked at again",
    when="NEW.action_id <> OLD.action_id OR NEW.finding <> OLD.finding OR NEW.by_id <> OLD.by_id"
    " OR NEW.at <> OLD.at OR NEW.round <> OLD.round",
)
guards.forbid(
    "actions_reopening_no_update",
    "actions_reopening",
    "UPDATE",
    says="why it was reopened stays on record",
    when="NEW.action_id <> OLD.action_id OR NEW.was <> OLD.was OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at",
)
for _table, _says in (
    ("actions_evidence", "what was shown is kept"),
    ("actions_verification", "a finding is kept"),
    ("actions_reopening", "why it was reopened stays on record"),
):
    guards.GUARDS.append(guards.Guard(f"{_table}_no_delete", _table, "DELETE", _says, no_truncate=True))

# --- pilots ----------------------------------------------------------------------------------------------------------
# Words may be redacted; what was fixed, found and made stays.
guards.forbid(
    "actions_pilot_no_update",
    "actions_pilot",
    "UPDATE",
    says="what was declared stays, and a pilot that is closed stays closed",
    when="NEW.action_id <> OLD.action_id OR NEW.first_check_on <> OLD.first_check_on"
    " OR NEW.declared_by_id <> OLD.declared_by_id OR NEW.declared_at <> OLD.declared_at"
    " OR (OLD.state <> 'running' AND (NEW.state <> OLD.state OR NEW.check_on <> OLD.check_on"
    " OR NEW.revision <> OLD.revision OR NEW.extensions <> OLD.extensions))",
)
guards.forbid(
    "a_pilot_begins_untried",
    "actions_pilot",
    "INSERT",
    says="a pilot is tried before it passes",
    when="NEW.state <> 'running' OR NEW.extensions <> 0",
)
guards.forbid(
    "a_pilot_passes_by_a_check",
    "actions_pilot",
    "UPDATE",
    says="a pilot passes by a check that found each criterion met",
    when="NEW.state = 'passed' AND OLD.state <> 'passed' AND (NOT EXISTS (SELECT 1 FROM actions_pilotcheck c"
    " WHERE c.pilot_id = NEW.subject_id AND c.verdict = 'passed')"
    " OR EXISTS (SELECT 1 FROM actions_pilotcriterion k WHERE k.pilot_id = NEW.subject_id"
    " AND k.revision = NEW.revision AND NOT EXISTS (SELECT 1 FROM actions_pilotfinding f"
    " JOIN actions_pilotcheck c ON c.id = f.check_of_id"
    " WHERE f.criterion_id = k.id AND f.met AND c.verdict = 'passed')))",
)
guards.forbid(
    "actions_pilotcriterion_no_update",
    "actions_pilotcriterion",
    "UPDATE",
    says="a criterion is corrected by another revision, never changed",
    when="NEW.pilot_id <> OLD.pilot_id OR NEW.revision <> OLD.revision OR NEW.number <> OLD.number"
    " OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at OR COALESCE(NEW.outcome_id, -1) <> COALESCE(OLD.outcome_id, -1)",
)
guards.forbid(
    "actions_pilotcheck_no_update",
    "actions_pilotcheck",
    "UPDATE",
    says="a check is never changed",
    when="NEW.pilot_id <> OLD.pilot_id OR NEW.number <> OLD.number OR NEW.verdict <> OLD.verdict"
    " OR NEW.due_on <> OLD.due_on OR COALESCE(NEW.next_on, OLD.due_on) <> COALESCE(OLD.next_on, OLD.due_on)"
    " OR NEW.effect <> OLD.effect OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at",
)
guards.forbid(
    "actions_pilotfinding_no_update",
    "actions_pilotfinding",
    "UPDATE",
    says="what a check found is never changed",
    when="NEW.check_of_id <> OLD.check_of_id OR NEW.criterion_id <> OLD.criterion_id OR NEW.met <> OLD.met",
)
guards.forbid(
    "a_copy_repeats_what_passed",
    "actions_pilotcopy",
    "INSERT",
    says="only what passed is repeated, by a decision that counts",
    when="NOT EXISTS (SELECT 1 FROM actions_pilotplace p JOIN actions_pilot i ON i.subject_id = p.pilot_id"
    " WHERE p.id = NEW.place_id AND i.state = 'passed')"
    " OR NOT EXISTS (SELECT 1 FROM councils_decision d WHERE d.subject_id = NEW.decision_id AND d.verdict = 'valid')",
)
guards.forbid(
    "actions_pilotcopy_no_update",
    "actions_pilotcopy",
    "UPDATE",
    says="what repeats a pilot, and by which decision, stays; it gives way only once it was cancelled",
    when="NEW.place_id <> OLD.place_id OR NEW.action_id <> OLD.action_id OR NEW.decision_id <> OLD.decision_id"
    " OR NEW.at <> OLD.at OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL)"
    " OR (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM actions_actionitem a"
    " WHERE a.subject_id = NEW.action_id AND a.state = 'cancelled'))",
)
for _table, _says in (
    ("actions_pilot", "a pilot is kept, whatever came of it"),
    ("actions_pilotcriterion", "what must be true to pass is kept"),
    ("actions_pilotcheck", "a check is kept"),
    ("actions_pilotfinding", "what a check found is kept"),
    ("actions_pilotcopy", "where a pilot was repeated is kept"),
):
    guards.GUARDS.append(guards.Guard(f"{_table}_no_delete", _table, "DELETE", _says, no_truncate=True))
