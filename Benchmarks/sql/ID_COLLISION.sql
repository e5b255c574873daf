-- 一号多人: the number is blocked for every stop until it is known whose it is.
SELECT 'ID_COLLISION' AS rule, min(case_no) AS case_id, id_text(id) AS id_no, 3 AS severity,
  'IDENTIFY_FIRST' AS proposal, 'C' AS grade,
  reason_list(list(CASE WHEN is_other_name THEN 'NAME_DIFFERS' ELSE 'BIRTH_DIFFERS' END)) AS reasons
FROM collision GROUP BY id
