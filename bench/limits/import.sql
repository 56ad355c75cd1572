-- The limit of an import: the same columns, in one transaction, with ids that are known beforehand.
-- Our own statement is that of actions/sql/feedback.py.

-- name: insert
INSERT INTO actions_feedback (
    source_id, external_id, first_import_id, theme_id, department_id, named_department_id,
    received_at, due_at, closed_at, topic, text, score, score_low, score_high,
    channel, giver, consent, language, kind, digest
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', ?, '', '', '', ?, ?);

-- An INSERT of values has no plan but the indexes that each row pays for.
-- name: plan
SELECT il.name || ' (' || group_concat(ii.name, ', ') || ')' || CASE il.partial WHEN 1 THEN ' partial' ELSE '' END
  FROM pragma_index_list('actions_feedback') AS il, pragma_index_info(il.name) AS ii
 GROUP BY il.name
 ORDER BY il.name;

-- name: themes
SELECT name, subject_id FROM actions_theme;

-- name: departments
SELECT code, subject_id FROM governance_department;

-- name: empty
DELETE FROM actions_feedback;

-- What both must have written, but for their own numbers: compared before the figures count.
-- name: written
SELECT external_id, theme_id, department_id, named_department_id, received_at, due_at, closed_at, topic, text, channel, kind
  FROM actions_feedback
 ORDER BY external_id;
