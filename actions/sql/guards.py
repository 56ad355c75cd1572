"""Triggers of the actions app.

A promised date is never overwritten, and an answer given about one stays; what a request was when it was made stays,
and one that is closed stays closed.
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
guards.forbid(
    "actions_promise_no_update",
    "actions_promise",
    "UPDATE",
    says="a promised date is never overwritten: the next promise follows it",
    when="NEW.action_id <> OLD.action_id OR NEW.number <> OLD.number OR NEW.due_on <> OLD.due_on"
    " OR NEW.given_at <> OLD.given_at OR NEW.given_by_id <> OLD.given_by_id OR NEW.seat_id <> OLD.seat_id"
    " OR COALESCE(NEW.approved_by_id, 0) <> COALESCE(OLD.approved_by_id, 0)",
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
