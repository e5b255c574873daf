-- 证件号不合格: rows of the roll for its owner's quality list; the number itself is not repeated.
-- Who is the only one of the name and the day of birth, on the roll as in the register, is probably that person.
WITH damaged AS MATERIALIZED (
  SELECT row_no, name, birth FROM roll_row WHERE is_unusable QUALIFY count(*) OVER (PARTITION BY name, birth) = 1),
namesake AS MATERIALIZED (
  SELECT d.row_no, d.birth, h.id_no AS id_cell, h.birth AS birth_cell
  FROM damaged d JOIN rows_of(csv('hukou.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', former_name: 'VARCHAR',
    sex: 'VARCHAR', birth: 'VARCHAR', hukou_no: 'VARCHAR', division: 'VARCHAR', collective: 'VARCHAR', status: 'VARCHAR',
    event: 'VARCHAR', event_date: 'VARCHAR', dest_division: 'VARCHAR', old_id_no: 'VARCHAR'}) h ON h.name = d.name),
known AS (
  SELECT row_no
  FROM (SELECT row_no, usable(k) AS id
    FROM (SELECT row_no, id_read(id_cell) AS k FROM namesake WHERE as_date(birth_cell) = birth))
  GROUP BY row_no HAVING count(DISTINCT id) = 1 AND any_value(id) NOT IN (SELECT id FROM roll_row WHERE id IS NOT NULL))
SELECT 'ID_UNUSABLE' AS rule, case_no AS case_id, 1 AS severity, 'CORRECT_DATA' AS proposal, 'E' AS grade,
  CASE WHEN regexp_matches(id_cell, '^[0-9.]+E\+?[0-9]+$') THEN 'E-SCI' WHEN contains(id_cell, '*') THEN 'E-MASKED'
    WHEN length(id_tidy(id_cell)) NOT IN (15, 18) THEN 'E-LENGTH' WHEN k IS NULL THEN 'E-CHARACTER'
    WHEN id_ok(k) THEN 'E-BIRTH' ELSE 'E-CHECK' END
    || CASE WHEN row_no IN (SELECT row_no FROM known) THEN ' PROBABLY_KNOWN' ELSE '' END AS reasons
FROM active WHERE is_unusable
