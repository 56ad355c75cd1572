"""Triggers of the councils app: decisions never change, postings neither, and no account goes below nothing."""

from governance.sql import guards

guards.insert_only("councils_posting", "a posting is never changed")
guards.insert_only("councils_delegatedallocation", "what was allocated without a meeting is never changed")
guards.insert_only("councils_decisionevidence", "what a decision was based on stays as it was")
guards.insert_only("councils_decisionreview", "a look at a decision stays as it was written")
guards.forbid(
    "councils_supersession_no_update",
    "councils_supersession",
    "UPDATE",
    says="what took the place of a decision stays on record",
    when="NEW.old_id <> OLD.old_id OR NEW.new_id <> OLD.new_id OR NEW.at <> OLD.at OR OLD.lapsed_at IS NOT NULL",
)
guards.forbid(
    "councils_supersession_no_delete",
    "councils_supersession",
    "DELETE",
    says="what took the place of a decision stays on record",
    when="OLD.id > 0",
)
guards.insert_only("councils_takenback", "what was taken back stays so, with its reason")
guards.insert_only("councils_acknowledgement", "an acknowledgement is never changed")
guards.insert_only("councils_approvedminutes", "approved minutes never change: a correction is a new version")
guards.insert_only("councils_publication", "an agenda is published once")
guards.insert_only("councils_publisheditem", "a published agenda is never changed: what changed since is shown")
guards.forbid(
    "councils_roster_is_dated",
    "councils_rosterline",
    "UPDATE",
    says="a line of the roster is not rewritten: it ends, and another begins",
    when="OLD.until_at IS NOT NULL OR NEW.role <> OLD.role OR NEW.membership_id <> OLD.membership_id"
    " OR NEW.from_at <> OLD.from_at OR (NEW.expectations <> OLD.expectations AND NEW.expectations <> '')",
)
guards.forbid(
    "councils_decision_no_update",
    "councils_decision",
    "UPDATE",
    says="a verdict and its facts never change",
    when="NEW.verdict <> OLD.verdict OR NEW.facts <> OLD.facts OR NEW.motion <> OLD.motion OR NEW.amount <> OLD.amount"
    " OR NEW.charter_version_id <> OLD.charter_version_id OR NEW.decided_at <> OLD.decided_at"
    " OR NEW.is_provisional <> OLD.is_provisional OR NEW.risk_note <> OLD.risk_note OR NEW.minutes <> OLD.minutes"
    " OR NEW.recorded_by_id <> OLD.recorded_by_id OR NEW.item_id <> OLD.item_id"
    " OR NEW.how <> OLD.how OR NEW.outcome <> OLD.outcome OR NEW.payload <> OLD.payload"
    " OR COALESCE(CAST(NEW.review_on AS TEXT), '') <> COALESCE(CAST(OLD.review_on AS TEXT), '')"
    " OR (OLD.before <> '{}' AND NEW.before <> OLD.before)"
    " OR (OLD.taken_back_at IS NOT NULL AND (NEW.taken_back_at IS NULL OR NEW.taken_back_at <> OLD.taken_back_at))"
    " OR (OLD.lapsed_at IS NOT NULL AND (NEW.lapsed_at IS NULL OR NEW.lapsed_at <> OLD.lapsed_at))"
    " OR (OLD.ratified_by_id IS NOT NULL AND COALESCE(NEW.ratified_by_id, 0) <> OLD.ratified_by_id)",
)
guards.forbid(
    "councils_decision_no_delete", "councils_decision", "DELETE", says="a decision is kept", when="OLD.subject_id > 0"
)
guards.forbid(
    "councils_posting_one_envelope",
    "councils_posting",
    "INSERT",
    says="a posting stays within one envelope",
    when="(SELECT envelope_id FROM councils_account WHERE id = NEW.source_id)"
    " <> (SELECT envelope_id FROM councils_account WHERE id = NEW.target_id)",
)

_CLOSED = (
    "SELECT 1 FROM councils_envelope e JOIN councils_account a ON a.envelope_id = e.subject_id"
    " WHERE a.id = NEW.source_id AND e.closed_at IS NOT NULL"
)
_KIND = "(SELECT kind FROM councils_account WHERE id = NEW.{side})"
_IN = "(SELECT COALESCE(SUM(amount), 0) FROM councils_posting WHERE target_id = NEW.{side})"
_OUT = "(SELECT COALESCE(SUM(amount), 0) FROM councils_posting WHERE source_id = NEW.{side})"

guards.forbid(
    "councils_posting_into_a_closed_period",
    "councils_posting",
    "INSERT",
    says="nothing is posted into a closed period",
    when=f"EXISTS ({_CLOSED})",
)
# Judged on what is committed: whoever posts holds the lock of the envelope's row (councils.services.books.lock).
guards.forbid(
    "no_account_goes_below_nothing",
    "councils_posting",
    "INSERT",
    says="no account goes below nothing",
    when=f"({_KIND.format(side='source_id')} IN ('free', 'allocation', 'spent')"
    f" AND NEW.amount > {_IN.format(side='source_id')} - {_OUT.format(side='source_id')})"
    f" OR ({_KIND.format(side='target_id')} = 'overrun'"
    f" AND NEW.amount > {_OUT.format(side='target_id')} - {_IN.format(side='target_id')})",
)
guards.forbid(
    "councils_envelope_no_update",
    "councils_envelope",
    "UPDATE",
    says="a signed envelope is never reworded, and a closed one stays closed",
    when="NEW.council_id <> OLD.council_id OR NEW.unit <> OLD.unit OR NEW.currency <> OLD.currency"
    " OR NEW.opens_on <> OLD.opens_on OR NEW.signed_at <> OLD.signed_at OR NEW.signed_for_id <> OLD.signed_for_id"
    " OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.closed_at <> OLD.closed_at"
    " OR NEW.rest <> OLD.rest OR COALESCE(NEW.carried_into_id, 0) <> COALESCE(OLD.carried_into_id, 0)))",
)
guards.forbid(
    "councils_spending_no_update",
    "councils_spending",
    "UPDATE",
    says="spending is reversed, never changed",
    when="NEW.envelope_id <> OLD.envelope_id OR NEW.subject_id <> OLD.subject_id OR NEW.amount <> OLD.amount"
    ' OR NEW.overrun <> OLD.overrun OR NEW."on" <> OLD."on" OR NEW.external_reference <> OLD.external_reference'
    " OR NEW.cost_centre <> OLD.cost_centre OR COALESCE(NEW.reverses_id, 0) <> COALESCE(OLD.reverses_id, 0)"
    " OR NEW.at <> OLD.at OR (OLD.reversed_at IS NOT NULL AND (NEW.reversed_at IS NULL"
    " OR NEW.reversed_at <> OLD.reversed_at))",
)
guards.GUARDS.append(
    guards.Guard("councils_spending_no_delete", "councils_spending", "DELETE", "spending is kept", no_truncate=True)
)
