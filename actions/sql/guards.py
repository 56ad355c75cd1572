"""Triggers of actions: what a request was when it was made stays, and one that is closed stays closed."""

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
