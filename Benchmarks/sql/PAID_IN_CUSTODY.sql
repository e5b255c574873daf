-- 服刑期间发放: paid for months that lie in custody as a whole.
WITH line AS (
  SELECT c.case_no, c.id, m.period, round(m.amount / s.heads, 2) AS amount, custody_grade(c) AS grade,
    custody_reasons(c) AS reasons
  FROM custody c JOIN case_month m USING (case_no) JOIN case_size s USING (case_no, period)
  WHERE c.class <> 'SHORT_DETENTION' AND c.start_date <= first_day(m.period)
    AND least(coalesce(c.end_date, as_of()), as_of()) >= end_of_month(m.period)
    AND (s.members = 0 OR was_member(c.case_no, c.id, m.period))
  QUALIFY row_number() OVER (PARTITION BY c.case_no, c.id, m.period ORDER BY custody_grade(c)) = 1)
SELECT 'PAID_IN_CUSTODY' AS rule, case_no AS case_id, id_text(id) AS id_no, 3 AS severity,
  CASE WHEN min(grade) >= 2 THEN 'IDENTIFY_FIRST' ELSE 'VERIFY_AMOUNT' END AS proposal,
  grade_text(min(grade)) AS grade, reason_list(flatten(list(reasons))) AS reasons,
  month_list(list(period)) AS months, sum(amount) AS amount
FROM line GROUP BY case_no, id
