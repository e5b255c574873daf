-- 15 位证件号: rows of the roll for its owner's quality list.
SELECT 'ID_LEGACY' AS rule, case_no AS case_id, id_text(id) AS id_no, 1 AS severity, 'CORRECT_DATA' AS proposal,
  'B' AS grade,
  'LEGACY_ID' AS reasons
FROM active WHERE is_legacy AND id IS NOT NULL
