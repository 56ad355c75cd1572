-- The limit of a sweep: what is due falls, is kept as fallen, and is said, by statements over sets that know beforehand
-- that every rung due speaks to whoever owes it. Ours is notifications/services/sweep.py: it finds out whom each rung
-- asks, lets each fall once whoever sweeps beside it, hears what happened, and looks for seats and terms that ended.

-- name: fire
INSERT INTO governance_firing (duty_id, turn, position, target, fired_at, due_on)
SELECT duty.id, 0, duty.rung + 1, rung.target, {now}, duty.due_on
  FROM governance_duty AS duty
  JOIN governance_rung AS rung
    ON rung.charter_version_id = duty.charter_version_id AND rung.duty_kind = duty.kind
   AND rung.position = duty.rung + 1
 WHERE duty.closed_at IS NULL AND duty.next_at <= {now};

-- name: say
INSERT INTO notifications_message (occurrence, seat_id, kind, subject_id, duty_id, facts, is_urgent, created_at,
                                   not_before, state, token, attempts)
SELECT 'rung:' || duty.id || ':' || fell.position, duty.seat_id, 'due_soon', duty.subject_id, duty.id,
       {facts}, {no}, {now}, {now}, 'waiting', '', 0
  FROM governance_duty AS duty
  JOIN governance_firing AS fell ON fell.duty_id = duty.id AND fell.position = duty.rung + 1
 WHERE duty.closed_at IS NULL AND duty.next_at <= {now};

-- name: move
UPDATE governance_duty SET rung = rung + 1, next_at = (
    SELECT falls.opens_at
      FROM governance_rung AS rung
      JOIN governance_calendarday AS due
        ON due.calendar_id = governance_duty.calendar_id AND due.day = governance_duty.due_on
      JOIN governance_calendarday AS falls
        ON falls.calendar_id = due.calendar_id AND falls.is_working AND falls.ordinal = due.ordinal + rung.days
     WHERE rung.charter_version_id = governance_duty.charter_version_id
       AND rung.duty_kind = governance_duty.kind AND rung.position = governance_duty.rung + 2)
 WHERE closed_at IS NULL AND next_at <= {now};
