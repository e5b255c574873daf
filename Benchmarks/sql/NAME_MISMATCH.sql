-- 号同名异: the register has the number under another name. Members whose names are exchanged: one flag for the case.
WITH different AS (
  SELECT a.row_no, a.case_no, a.id, a.name, a.is_legacy, g.name AS other_name,
    EXISTS (FROM active o JOIN register h USING (id) WHERE o.case_no = a.case_no AND o.id <> a.id
      AND name_rank(name_reason(a.name, h.name)) < 2) AS is_swapped
  FROM active a JOIN register g USING (id)
  WHERE name_reason(a.name, g.name) = 'NAME_DIFFERS'
    AND (g.former_name IS NULL OR name_rank(name_reason(a.name, g.former_name)) = 2)
  QUALIFY row_number() OVER (PARTITION BY a.case_no, a.id ORDER BY a.row_no) = 1),
paid AS (
  SELECT DISTINCT d.row_no FROM different d JOIN pay p USING (case_no)
    WHERE name_rank(name_reason(p.holder, d.other_name)) < 2)
SELECT 'NAME_MISMATCH' AS rule, case_no AS case_id, CASE WHEN is_swapped THEN max(id_text(id)) OVER (PARTITION BY case_no, is_swapped) ELSE id_text(id) END AS id_no,
  CASE WHEN NOT is_swapped AND row_no IN (SELECT row_no FROM paid) THEN 4 ELSE 2 END AS severity,
  'CORRECT_DATA' AS proposal, 'C' AS grade,
  CASE WHEN is_swapped THEN 'SWAPPED_IN_CASE' ELSE 'NAME_DIFFERS' END AS reasons
FROM different
QUALIFY NOT is_swapped OR row_number() OVER (PARTITION BY case_no, is_swapped ORDER BY row_no) = 1
