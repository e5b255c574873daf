-- 重复享受: one person in two cases for more than 31 days, in one program or in two that exclude each other. The later
-- case carries the flag. No month paid in both: the end of one was not entered.
WITH stay AS (
  SELECT r.row_no, r.case_no, coalesce(n.new, r.id) AS person, r.id, r.name, r.program, r.is_legacy,
    n.new IS NULL AND r.other_birth AS other_birth, n.new IS NULL AND r.other_sex AS other_sex,
    n.new IS NOT NULL AS is_old_number, r.start_date, least(coalesce(r.end_date, as_of()), as_of()) AS last_day,
    r.monthly_amount
  FROM roll_row r LEFT JOIN new_number n ON n.old = r.id
  WHERE r.id IS NOT NULL AND r.start_date <= as_of() AND (r.end_date IS NOT NULL OR r.status = '在保')),
pair AS (
  SELECT x, y, y.case_no, y.id, name_reason(x.name, y.name) AS reason,
    greatest(x.start_date, y.start_date) AS first_day, least(x.last_day, y.last_day) AS last_day
  FROM stay x JOIN stay y ON x.person = y.person AND x.case_no <> y.case_no
    AND (x.start_date, y.case_no) < (y.start_date, x.case_no)
  WHERE (x.program = y.program OR (x.program, y.program) IN (SELECT (program, other) FROM exclusive)
    OR (y.program, x.program) IN (SELECT (program, other) FROM exclusive))
    AND least(x.last_day, y.last_day) - greatest(x.start_date, y.start_date) + 1 > 31
    AND name_rank(name_reason(x.name, y.name)) < 2),
-- Months of the overlap; the amount counts those that lie in it as a whole.
month AS (
  SELECT *, first_day(period) >= first_day AND end_of_month(period) <= last_day AS is_whole
  FROM (SELECT *, unnest(range(month_no(first_day), month_no(last_day) + 1))::INTEGER AS period FROM pair)),
paid_to AS (
  SELECT DISTINCT case_no, period FROM pay_month WHERE kind <> '一次性'
    AND case_no IN (SELECT x.case_no FROM pair UNION SELECT y.case_no FROM pair)),
share AS (
  SELECT r.case_no, coalesce(nullif(count(DISTINCT r.person) FILTER (r.is_active), 0), count(DISTINCT r.person)) AS heads
  FROM roll_row r
  WHERE r.case_no IN (SELECT x.case_no FROM pair UNION SELECT y.case_no FROM pair) GROUP BY ALL),
flagged AS (
  SELECT m.case_no, m.id, any_value(m.x) AS x, any_value(m.y) AS y, any_value(m.reason) AS reason,
    list(m.period) FILTER (m.is_whole) AS months, count(*) FILTER (m.is_whole) AS n,
    count(*) FILTER (a.period IS NOT NULL AND b.period IS NOT NULL) AS paid_twice
  FROM month m LEFT JOIN paid_to a ON a.case_no = m.x.case_no AND a.period = m.period
    LEFT JOIN paid_to b ON b.case_no = m.y.case_no AND b.period = m.period
  GROUP BY m.case_no, m.id)
SELECT 'DUPLICATE_ENROLMENT' AS rule, flagged.case_no AS case_id, id_text(id) AS id_no,
  CASE WHEN paid_twice = 0 THEN 2 ELSE 4 END AS severity,
  CASE WHEN paid_twice = 0 THEN 'CORRECT_DATA' ELSE 'REVIEW' END AS proposal,
  grade_text(least(2, greatest(name_rank(reason),
    (x.is_legacy OR y.is_legacy OR x.is_old_number OR y.is_old_number)::INTEGER) + is_zeroed(id)::INTEGER
    + (x.other_birth OR y.other_birth)::INTEGER + (x.other_sex OR y.other_sex)::INTEGER)) AS grade,
  reason_list([reason, CASE WHEN x.is_legacy OR y.is_legacy THEN 'LEGACY_ID' END,
    CASE WHEN x.other_birth OR y.other_birth THEN 'W-BIRTH' END, CASE WHEN x.other_sex OR y.other_sex THEN 'W-SEX' END,
    CASE WHEN x.is_old_number OR y.is_old_number THEN 'OLD_NUMBER' END,
    CASE WHEN paid_twice = 0 THEN 'UNPAID_IN_ONE' END]) AS reasons,
  month_list(months) AS months,
  CASE WHEN paid_twice > 0 THEN round(n * least(x.monthly_amount / s.heads, y.monthly_amount / t.heads), 2) END AS amount
FROM flagged JOIN share s ON s.case_no = x.case_no JOIN share t ON t.case_no = y.case_no
