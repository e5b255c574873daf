-- 服刑强戒在保: a member is in prison, in compulsory detoxification, or declared missing.
WITH held AS (
  SELECT a.case_no, a.id, a.program, cs, c, custody_grade(c) AS grade,
    a.id IN (SELECT id FROM collision) AS is_collision
  FROM active a JOIN custody c USING (row_no) JOIN cases cs ON cs.case_no = a.case_no
  WHERE (c.end_date IS NULL OR c.end_date >= as_of()) AND as_of() - greatest(c.start_date, a.start_date) + 1 >= 30
  QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY c.class = 'SHORT_DETENTION', custody_grade(c),
    c.start_date) = 1)
SELECT 'IN_CUSTODY' AS rule, case_no AS case_id, id_text(id) AS id_no,
  CASE WHEN c.class = 'SHORT_DETENTION' THEN 2 WHEN cs.members > 1 THEN 3 ELSE 4 END AS severity,
  CASE WHEN grade >= 2 OR is_collision THEN 'IDENTIFY_FIRST' WHEN c.class = 'SHORT_DETENTION' THEN 'REVIEW'
    WHEN is_proved_single(cs) THEN 'STOP' ELSE 'RECALC' END AS proposal,
  grade_text(grade) AS grade,
  reason_list(custody_reasons(c) || [CASE WHEN is_collision THEN 'ID_COLLISION' END,
    CASE WHEN is_uncertain(cs) THEN 'MEMBERS_UNCERTAIN' END]) AS reasons
FROM held
