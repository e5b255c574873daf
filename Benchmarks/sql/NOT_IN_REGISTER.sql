-- 户籍库查无此人: a usable number that the register does not have, although the person was on the roll, and born, when it
-- was made. More than 0.5 % absent: the register is incomplete and nobody is flagged.
WITH asked AS (
  SELECT a.*, a.id NOT IN (SELECT id FROM register UNION SELECT old FROM new_number) AS is_absent,
    EXISTS (FROM death d WHERE d.row_no = a.row_no) AS is_dead
  FROM active a
  WHERE a.id IS NOT NULL AND a.start_date <= register_day() AND id_birth(a.id) <= register_day()
  QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY a.is_applicant DESC, a.row_no) = 1)
SELECT 'NOT_IN_REGISTER' AS rule, case_no AS case_id, id_text(id) AS id_no,
  CASE WHEN is_applicant THEN 3 ELSE 1 END AS severity, 'REVIEW' AS proposal
FROM asked
WHERE is_absent AND NOT is_dead AND (SELECT count(*) FILTER (is_absent) <= 0.005 * count(*) FROM asked)
