-- 户名与对象不一致: paid to an account in the name of nobody of the case and of no registered custodian.
WITH other_text AS (
  SELECT p.*, name_form(p.holder) AS form FROM pay p
    ANTI JOIN roll_row r ON r.case_no = p.case_no AND r.name = p.holder
      AND p.period BETWEEN r.first_month AND r.last_month
  WHERE p.holder IS NOT NULL AND p.case_no IN (SELECT case_no FROM roll_row)),
member_form AS (
  SELECT case_no, first_month, last_month, name_form(name) AS form FROM roll_row
    WHERE case_no IN (SELECT case_no FROM other_text)),
foreign_name AS (
  SELECT o.* EXCLUDE (form) FROM other_text o
    ANTI JOIN member_form r ON r.case_no = o.case_no AND r.form = o.form
      AND o.period BETWEEN r.first_month AND r.last_month),
-- Members of the period or of the pay date, under every name that they have; of a case without any then, all.
judged AS (
  SELECT f.pay_id, any_value(f) AS p
  FROM foreign_name f JOIN roll_row r ON r.case_no = f.case_no LEFT JOIN register g ON g.id = r.id
  GROUP BY f.pay_id
  HAVING NOT bool_or(
    (f.period BETWEEN r.first_month AND r.last_month
      OR f.pay_date BETWEEN r.start_date AND coalesce(r.end_date, DATE '9999-12-31')
      OR NOT EXISTS (FROM roll_row x WHERE x.case_no = f.case_no AND f.period BETWEEN x.first_month AND x.last_month))
    AND (name_rank(name_reason(f.holder, r.name)) < 2 OR name_rank(name_reason(f.holder, g.name)) < 2
      OR name_rank(name_reason(f.holder, g.former_name)) < 2))),
custody_of AS (
  SELECT j.pay_id, count(*) > 0 AS is_registered,
    bool_or((c.account IS NULL OR c.account = j.p.account) AND c.valid_from <= j.p.pay_date
      AND (c.valid_to IS NULL OR c.valid_to >= j.p.pay_date)
      AND (c.revoke_date IS NULL OR c.revoke_date > j.p.pay_date)) AS is_covered
  FROM judged j JOIN custodian c ON c.case_no = j.p.case_no AND name_rank(name_reason(c.name, j.p.holder)) < 2
  GROUP BY j.pay_id),
open AS (
  SELECT j.p, coalesce(c.is_registered, false) AS is_registered
  FROM judged j LEFT JOIN custody_of c USING (pay_id)
  WHERE NOT coalesce(c.is_covered, false) AND j.pay_id NOT IN (SELECT pay_id FROM dead_holder_pay)
    -- Nor, of a dead holder whom the roll does not know, the months before the death.
    AND NOT EXISTS (FROM dead_holder_pay x WHERE x.case_no = j.p.case_no AND x.account = j.p.account
      AND x.dead_id = j.p.holder_id)
    -- A dead former member is HOLDER_DEAD only.
    AND NOT EXISTS (FROM death d JOIN roll_row r USING (row_no) WHERE d.case_no = j.p.case_no AND d.grade < 2
      AND month_no(d.last_date) < j.p.period AND name_rank(name_reason(j.p.holder, r.name)) < 2)),
-- A holder of whom only the name is known is a guardian where one person of the child's household has that name.
child_home AS (
  SELECT DISTINCT o.p.pay_id AS pay_id, o.p.holder AS holder, o.p.pay_date AS pay_date, g.hukou_no AS hukou_no
  FROM open o JOIN roll_row r ON r.case_no = o.p.case_no JOIN register g ON g.id = r.id
  WHERE o.p.holder_id IS NULL AND age_on(r.id, o.p.pay_date) < 18 AND NOT coalesce(g.is_collective, false)),
namesake AS (
  SELECT c.pay_id, c.hukou_no
  FROM (SELECT usable(k) AS id, * EXCLUDE (k) FROM (
      SELECT id_read(id_no) AS k, name, trim(hukou_no) AS hukou_no, trim(status) AS status
      FROM rows_of(csv('hukou.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', former_name: 'VARCHAR', sex: 'VARCHAR',
        birth: 'VARCHAR', hukou_no: 'VARCHAR', division: 'VARCHAR', collective: 'VARCHAR', status: 'VARCHAR',
        event: 'VARCHAR', event_date: 'VARCHAR', dest_division: 'VARCHAR', old_id_no: 'VARCHAR'}))) h
    JOIN child_home c ON c.hukou_no = h.hukou_no
  WHERE name_rank(name_reason(h.name, c.holder)) < 2
  GROUP BY c.pay_id, c.hukou_no
  HAVING count(DISTINCT h.id) = 1
    AND bool_or(age_on(h.id, c.pay_date) >= 18 AND h.status IS DISTINCT FROM '注销')),
flagged AS (
  SELECT p.case_no AS case_no, p.account AS account, list(p.period) AS months, sum(p.amount) AS amount,
    bool_or(is_registered) AS is_registered,
    bool_or(NOT is_registered AND EXISTS (FROM official o
      WHERE (o.id = p.holder_id OR p.holder_id IS NULL AND o.name = p.holder) AND o.from_date <= p.pay_date
      AND (o.to_date IS NULL OR o.to_date >= p.pay_date))) AS is_official,
    bool_or(EXISTS (FROM roll_row r JOIN register g ON g.id = r.id JOIN register h ON h.hukou_no = g.hukou_no
      AND h.id = p.holder_id
      WHERE r.case_no = p.case_no AND age_on(r.id, p.pay_date) < 18 AND age_on(h.id, p.pay_date) >= 18
        AND h.status IS DISTINCT FROM '注销' AND NOT coalesce(g.is_collective, false))
      OR p.pay_id IN (SELECT pay_id FROM namesake)) AS is_guardian
  FROM open GROUP BY p.case_no, p.account),
serving AS (
  SELECT account FROM pay WHERE account IN (SELECT account FROM flagged) AND case_no IS NOT NULL
  GROUP BY account HAVING count(DISTINCT case_no) > 1)
SELECT 'HOLDER_MISMATCH' AS rule, case_no AS case_id,
  CASE WHEN is_guardian THEN 2 WHEN is_official OR account IN (FROM serving) THEN 5 ELSE 4 END AS severity,
  CASE WHEN is_official THEN 'REVIEW FILE' ELSE 'REVIEW' END AS proposal,
  reason_list([CASE WHEN is_guardian THEN 'GUARDIAN_LIKELY' END, CASE WHEN is_official THEN 'HOLDER_IS_OFFICIAL' END,
    CASE WHEN account IN (FROM serving) THEN 'ACCOUNT_SERVES_OTHERS' END,
    CASE WHEN is_registered THEN 'CUSTODY_NOT_COVERING' END]) AS reasons,
  month_list(months) AS months, amount, account AS account_no
FROM flagged
