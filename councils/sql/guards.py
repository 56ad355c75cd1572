"""Triggers of the councils app: decisions never change, and postings keep the balances."""

from governance.sql import guards

guards.insert_only("councils_posting", "a posting is never changed")
guards.insert_only("councils_acknowledgement", "an acknowledgement is never changed")
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
    " OR NEW.is_provisional <> OLD.is_provisional",
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

_MOVE = (
    "UPDATE councils_account SET balance = balance - NEW.amount WHERE id = NEW.source_id;"
    " UPDATE councils_account SET balance = balance + NEW.amount WHERE id = NEW.target_id;"
)

guards.EXTRAS["councils_posting:balances"] = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS councils_posting_balances",
        f"CREATE TRIGGER councils_posting_balances AFTER INSERT ON councils_posting FOR EACH ROW BEGIN {_MOVE} END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION councils_posting_balances() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {_MOVE} RETURN NULL; END $$",
        "DROP TRIGGER IF EXISTS councils_posting_balances ON councils_posting",
        "CREATE TRIGGER councils_posting_balances AFTER INSERT ON councils_posting FOR EACH ROW"
        " EXECUTE FUNCTION councils_posting_balances()",
    ],
}
