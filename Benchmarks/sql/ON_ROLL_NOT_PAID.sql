-- 在保未发放: a case that was due for a month of which 45 days have passed, and never paid since it began.
WITH due AS (
  SELECT case_no, start_date, program, month_no(start_date) + 1 AS first_due,
    month_no(as_of() - 45) - (end_of_month(month_no(as_of() - 45)) + 45 > as_of())::INTEGER AS last_due
  FROM cases WHERE members > 0 AND coalesce(monthly_amount, 1) > 0),
unpaid AS (
  SELECT d.* FROM due d
    ANTI JOIN (FROM pay WHERE kind <> '一次性') p
      ON p.case_no = d.case_no AND p.program = d.program AND p.period >= month_no(d.start_date)
  WHERE d.first_due <= d.last_due)
SELECT 'ON_ROLL_NOT_PAID' AS rule, u.case_no AS case_id, 3 AS severity,
  CASE WHEN f.case_no IS NULL THEN 'OUTREACH' ELSE 'CORRECT_DATA' END AS proposal,
  CASE WHEN f.case_no IS NOT NULL THEN 'RETURNED' END AS reasons,
  month_list(range(greatest(first_due, 2018 * 12), last_due + 1)) AS months
FROM unpaid u LEFT JOIN (SELECT DISTINCT case_no FROM failed_pay WHERE result = '退票') f USING (case_no)
