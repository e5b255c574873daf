-- 户籍注销: the register has cancelled a member for another reason than death; who has a flag for a death has none here.
SELECT 'HUKOU_CANCELLED' AS rule, a.case_no AS case_id, id_text(a.id) AS id_no,
  CASE WHEN g.event IN ('重复户口注销', '号码更正') THEN 2 ELSE 3 END AS severity,
  CASE WHEN g.event IN ('重复户口注销', '号码更正') THEN 'CORRECT_DATA'
    WHEN register_grade(a, g) = 2 THEN 'IDENTIFY_FIRST'
    WHEN g.event = '参军' THEN 'RECALC' ELSE 'REVIEW' END AS proposal,
  grade_text(register_grade(a, g)) AS grade,
  reason_list(register_reasons(a, g) || [
    CASE WHEN a.id IN (SELECT old FROM new_number) THEN 'LIVING_UNDER_OTHER_NUMBER' END]) AS reasons
FROM active a JOIN register g USING (id)
WHERE g.status = '注销' AND coalesce(g.event, '') NOT IN ('死亡注销', '宣告死亡', '迁出')
  AND (g.event_date IS NULL OR g.event_date <= as_of())
  AND a.row_no NOT IN (SELECT row_no FROM death)
QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY a.row_no) = 1
