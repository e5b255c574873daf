-- 一号多人: one number with two names or birthdays; not where the other name is a member's of the same case or a former
-- one, and not where only the register differs.
WITH other AS (
  SELECT id, name, birth FROM roll_row WHERE id IS NOT NULL
  UNION SELECT id, name, birth FROM death_row WHERE NOT is_registration AND NOT is_old_number
  UNION SELECT id, name, NULL FROM custody_row UNION SELECT id, name, NULL FROM disability UNION SELECT id, name, NULL
    FROM illness
  UNION SELECT id, name, NULL FROM unemployed UNION SELECT id, name, NULL FROM low_margin UNION SELECT id, name, NULL
    FROM declined),
found AS (
  SELECT a.case_no, a.id, coalesce(name_reason(a.name, o.name) = 'NAME_DIFFERS', false) AS is_other_name
  FROM active a JOIN other o USING (id)
  WHERE (o.name <> a.name AND name_reason(a.name, o.name) = 'NAME_DIFFERS' OR o.birth <> a.birth)
    AND NOT EXISTS (FROM roll_row m WHERE m.case_no = a.case_no AND m.person <> a.person
      AND name_rank(name_reason(m.name, o.name)) < 2)
    AND NOT EXISTS (FROM known_name k JOIN known_name l USING (id) WHERE k.id = a.id AND k.name = a.name
      AND l.name = o.name AND o.name <> a.name))
SELECT 'ID_COLLISION' AS rule, min(case_no) AS case_id, id_text(id) AS id_no, 3 AS severity,
  'IDENTIFY_FIRST' AS proposal, 'C' AS grade,
  reason_list(list(CASE WHEN is_other_name THEN 'NAME_DIFFERS' ELSE 'BIRTH_DIFFERS' END)) AS reasons
FROM found GROUP BY id
