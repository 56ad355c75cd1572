-- The limit of the executive review's figures: the same numbers in two passes, by audiences that are known beforehand.
-- A cross join makes SQLite begin with the actions. Ours is actions/queries/review.py and funnel.py: they ask who may see what in the same statements.

-- name: standing
WITH a AS MATERIALIZED
  (SELECT i.state, i.promised, i.accepted_at, i.done_at, i.needs_none, i.department_id, i.seat_id,
               EXISTS (SELECT 1 FROM actions_blocker AS b
                        WHERE b.action_id = i.subject_id AND b.kind = 'blocked' AND b.lifted_at IS NULL) AS blocked,
               i.seat_id IN (SELECT t.seat_id FROM governance_tenure AS t
                               JOIN governance_person AS p ON p.id = t.person_id AND p.is_active
                              WHERE t.from_at <= {now} AND (t.until_at IS NULL OR t.until_at > {now})) AS held,
               EXISTS (SELECT 1 FROM councils_account AS c
                        WHERE c.subject_id = i.subject_id
                          AND (c.kind = 'spent' OR c.kind = 'allocation' AND NOT EXISTS
                               (SELECT 1 FROM councils_posting AS l
                                 WHERE l.source_id = c.id AND l.why = 'lapsed'))) AS funded
          FROM actions_actionitem AS i
          CROSS JOIN governance_subject AS s
         WHERE s.id = i.subject_id AND i.state IN ('accepted', 'in_progress', 'done')
           AND s.audience_id IN (SELECT audience_id FROM governance_audiencecontainer
                                  WHERE container_id IN ({containers})))
SELECT d.name, s2.reference,
       count(*),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised < {today}),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised < {today} AND a.promised >= {week}),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised < {week} AND a.promised >= {month}),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised < {month}),
       count(*) FILTER (WHERE a.state <> 'done' AND a.blocked),
       count(*) FILTER (WHERE a.promised IS NULL),
       count(*) FILTER (WHERE NOT a.held),
       count(*) FILTER (WHERE NOT a.needs_none AND NOT a.funded),
       count(*) FILTER (WHERE a.state = 'done'),
       count(*) FILTER (WHERE a.state <> 'done' AND NOT a.needs_none AND NOT a.funded),
       min(a.accepted_at) FILTER (WHERE a.state <> 'done' AND NOT a.needs_none AND NOT a.funded),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised IS NULL),
       min(a.accepted_at) FILTER (WHERE a.state <> 'done' AND a.promised IS NULL),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised IS NOT NULL),
       min(a.accepted_at) FILTER (WHERE a.state <> 'done' AND a.promised IS NOT NULL),
       min(a.done_at) FILTER (WHERE a.state = 'done'),
       count(*) FILTER (WHERE a.state <> 'done' AND a.promised IS NOT NULL AND a.seat_id IN
                        (SELECT subject_id FROM governance_seat WHERE kind IN ('cx_lead', 'core_team')))
  FROM a
  JOIN governance_department AS d ON d.subject_id = a.department_id
  JOIN governance_subject AS s2 ON s2.id = a.department_id
 GROUP BY d.name, s2.reference
 ORDER BY d.name;

-- name: period
WITH a AS MATERIALIZED
  (SELECT i.state, i.promised, i.verified_at, i.needs_none,
               EXISTS (SELECT 1 FROM councils_account AS c
                        WHERE c.subject_id = i.subject_id
                          AND (c.kind = 'spent' OR c.kind = 'allocation' AND NOT EXISTS
                               (SELECT 1 FROM councils_posting AS l
                                 WHERE l.source_id = c.id AND l.why = 'lapsed'))) AS funded,
               (SELECT v.effect FROM actions_outcomeverdict AS v
                  JOIN actions_verification AS r ON r.id = v.verification_id
                 WHERE v.action_id = i.subject_id AND r.at = i.verified_at) AS effect
          FROM actions_actionitem AS i
          CROSS JOIN governance_subject AS s
         WHERE s.id = i.subject_id AND i.state IN ('accepted', 'in_progress', 'done', 'verified', 'as_is') AND i.accepted_at >= {since}
           AND s.audience_id IN (SELECT audience_id FROM governance_audiencecontainer
                                  WHERE container_id IN ({containers})))
SELECT count(*),
       count(*) FILTER (WHERE a.needs_none OR a.funded),
       count(*) FILTER (WHERE a.promised IS NOT NULL),
       count(*) FILTER (WHERE a.state IN ('done', 'verified', 'as_is')),
       count(*) FILTER (WHERE a.state = 'verified'),
       count(*) FILTER (WHERE a.state = 'verified' AND a.effect = 'worked'),
       count(*) FILTER (WHERE a.state = 'as_is'),
       count(*) FILTER (WHERE a.state = 'verified' AND a.effect IS NULL),
       min(a.verified_at) FILTER (WHERE a.state = 'verified' AND a.effect IS NULL)
  FROM a;
