-- The limit of a list under permissions: the same rows in the same order, by container ids that are known beforehand.
-- Ours is actions/queries/action_lists.py over governance/access.py: it finds the containers first, in the same statement.

-- name: page
SELECT a.subject_id, s.reference, s.title, a.state, a.health, a.progress, a.promised, a.version,
       t.title, d.name, c.title
  FROM actions_actionitem AS a
  JOIN governance_subject AS s ON s.id = a.subject_id
  JOIN governance_subject AS t ON t.id = a.seat_id
  JOIN governance_department AS d ON d.subject_id = a.department_id
  JOIN governance_subject AS c ON c.id = a.council_id
 WHERE s.audience_id IN (SELECT audience_id FROM governance_audiencecontainer WHERE container_id IN ({containers}))
 ORDER BY CASE WHEN a.state IN ('accepted', 'declined', 'done', 'in_progress', 'proposed') THEN 0 ELSE 1 END,
          a.promised ASC NULLS LAST, a.subject_id
 LIMIT 50;

-- name: count
SELECT count(*)
  FROM actions_actionitem AS a
  JOIN governance_subject AS s ON s.id = a.subject_id
 WHERE s.audience_id IN (SELECT audience_id FROM governance_audiencecontainer WHERE container_id IN ({containers}));
