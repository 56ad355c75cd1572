"""Triggers of the actions app: what was shown, found and reopened stays as it was said; words alone are redacted."""

from governance.sql import guards

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
