-- 区间迁移未转: the applicant's register moved to another district of the city more than two months ago.
SELECT 'DISTRICT_MOVED' AS rule, a.case_no AS case_id, id_text(a.id) AS id_no, 2 AS severity,
  CASE WHEN register_grade(a, g) = 2 THEN 'IDENTIFY_FIRST' ELSE 'TRANSFER' END AS proposal,
  grade_text(register_grade(a, g)) AS grade,
  reason_list(register_reasons(a, g)) AS reasons
FROM active a JOIN register g USING (id)
WHERE a.is_applicant AND g.status = '正常' AND g.is_local AND a.division IN (SELECT code FROM division)
  AND g.district <> a.district
  AND g.event_date + INTERVAL 2 MONTH < as_of()
  AND NOT (g.event = '迁出' AND g.destination NOT IN (SELECT code FROM division))
QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY a.row_no) = 1
