-- 死亡后发放: paid for months after the month of the death.
WITH dead AS (
  SELECT case_no, id, d FROM death d QUALIFY row_number() OVER (PARTITION BY case_no, id ORDER BY grade, row_no) = 1),
line AS (
  SELECT case_no, id, d, m.period, m.pay_date, round(m.amount / s.heads, 2) AS amount
  FROM dead JOIN case_month m USING (case_no) JOIN case_size s USING (case_no, period)
  WHERE m.period > month_no(dead.d.last_date) AND (s.members = 0 OR was_member(dead.case_no, dead.id, m.period))),
flagged AS (
  SELECT case_no, id, any_value(d) AS d, list(period) AS months, sum(amount) AS amount,
    bool_or(period = month_no(d.last_date) + 1 AND pay_date < d.recorded) AS is_batch_lag
  FROM line GROUP BY case_no, id)
SELECT 'PAID_AFTER_DEATH' AS rule, case_no AS case_id, id_text(id) AS id_no,
  CASE WHEN len(months) = 1 THEN CASE WHEN is_batch_lag THEN 2 ELSE 3 END WHEN len(months) <= 3 THEN 4
    ELSE 5 END AS severity,
  CASE WHEN d.is_contradicted AND d.name_rank < 2 THEN 'REVIEW' WHEN d.grade >= 2 THEN 'IDENTIFY_FIRST'
    ELSE 'VERIFY_AMOUNT' END AS proposal,
  grade_text(d.grade) AS grade,
  reason_list(death_reasons(d) || [CASE WHEN is_batch_lag THEN 'BATCH_LAG' END]) AS reasons,
  month_list(months) AS months, amount
FROM flagged
