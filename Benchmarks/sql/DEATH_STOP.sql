-- 死亡未停: somebody on the roll has died. All members dead: one flag for the case. Who has the name of a record with
-- another member's number may be the dead one: a hint.
WITH dead AS (
  SELECT a.case_no, a.id, a.name, a.start_date, a.is_applicant, c, d
  FROM active a JOIN death d USING (row_no) JOIN cases c ON c.case_no = a.case_no
  WHERE coalesce(a.end_reason, '') <> '死亡' AND (a.end_date IS NULL OR month_no(a.end_date) > month_no(as_of()))
  QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY d.grade, a.row_no) = 1),
counted AS (
  SELECT *, count(*) FILTER (d.grade < 2 AND NOT d.is_contradicted) OVER (PARTITION BY case_no) AS dead_members,
    d.last_date < start_date AS is_enrolled_later, id IN (SELECT id FROM collision) AS is_collision,
    EXISTS (FROM active o WHERE o.case_no = dead.case_no AND o.id <> dead.id
      AND name_rank(name_reason(o.name, dead.d.death_name)) < 2) AS is_other_member
  FROM dead),
judged AS (
  SELECT *, dead_members > 1 AND dead_members = c.members AND NOT c.has_unusable_rows
    AND coalesce(c.household_size, c.members) <= c.members AS is_whole_case
  FROM counted)
(SELECT 'DEATH_STOP' AS rule, case_no AS case_id, id_text(id) AS id_no,
  CASE WHEN is_enrolled_later THEN 5
    ELSE 4 + (d.kinds > 1 AND d.name_rank < 2)::INTEGER - (c.members > 1)::INTEGER END AS severity,
  CASE WHEN d.is_contradicted AND d.name_rank < 2 THEN 'REVIEW'
    WHEN d.grade >= 2 OR is_enrolled_later OR is_collision THEN 'IDENTIFY_FIRST'
    WHEN is_whole_case THEN 'STOP' WHEN is_proved_single(c) THEN 'STOP HOLD_NEXT' ELSE 'RECALC' END AS proposal,
  grade_text(d.grade) AS grade,
  reason_list(death_reasons(d) || [CASE WHEN is_enrolled_later THEN 'ENROLLED_AFTER_DEATH' END,
    CASE WHEN is_collision THEN 'ID_COLLISION' END, CASE WHEN d.grade >= 2 AND is_other_member THEN 'NAME_OF_MEMBER' END,
    CASE WHEN is_uncertain(c) THEN 'MEMBERS_UNCERTAIN' END]) AS reasons
FROM judged
QUALIFY NOT is_whole_case OR row_number() OVER (PARTITION BY case_no ORDER BY id_text(id)) = 1)
UNION ALL
SELECT DISTINCT 'DEATH_STOP' AS rule, o.case_no AS case_id, id_text(o.id) AS id_no, 1 AS severity, 'REVIEW' AS proposal,
  'D' AS grade, 'NAME_ONLY' AS reasons
FROM death_row d JOIN roll_row w ON w.id = d.id JOIN active o ON o.case_no = w.case_no AND o.id <> w.id
WHERE NOT d.is_registration AND NOT d.is_old_number AND d.date <= as_of()
  AND name_reason(w.name, d.name) = 'NAME_DIFFERS' AND name_rank(name_reason(o.name, d.name)) < 2
  AND o.id NOT IN (SELECT id FROM death)
