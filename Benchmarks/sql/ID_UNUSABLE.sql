-- 证件号不合格: rows of the roll for its owner's quality list; the number itself is not repeated.
SELECT 'ID_UNUSABLE' AS rule, case_no AS case_id, 1 AS severity, 'CORRECT_DATA' AS proposal, 'E' AS grade,
  CASE WHEN regexp_matches(id_cell, '^[0-9.]+E\+?[0-9]+$') THEN 'E-SCI' WHEN contains(id_cell, '*') THEN 'E-MASKED'
    WHEN length(id_tidy(id_cell)) NOT IN (15, 18) THEN 'E-LENGTH' WHEN k IS NULL THEN 'E-CHARACTER'
    WHEN id_ok(k) THEN 'E-BIRTH' ELSE 'E-CHECK' END AS reasons
FROM active WHERE is_unusable
