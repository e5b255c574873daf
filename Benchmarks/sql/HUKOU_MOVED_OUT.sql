-- 户籍迁出本市: moved out of the city more than 30 days ago; students in a collective household stay members.
SELECT 'HUKOU_MOVED_OUT' AS rule, a.case_no AS case_id, id_text(a.id) AS id_no,
  CASE WHEN a.is_applicant THEN 3 ELSE 2 END AS severity,
  CASE WHEN register_grade(a, g) = 2 THEN 'IDENTIFY_FIRST' ELSE 'REVIEW' END AS proposal,
  grade_text(register_grade(a, g)) AS grade,
  reason_list(register_reasons(a, g)) AS reasons
FROM active a JOIN register g USING (id)
WHERE g.event = '迁出' AND g.destination NOT IN (SELECT code FROM division) AND g.event_date <= as_of() - 30
  AND NOT (g.is_collective AND age_on(a.id, as_of()) <= 26)
QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY a.is_applicant DESC, a.row_no) = 1
