-- 在保未发放: a case active for a whole period that was not paid within 45 days after it; paid later is paid.
WITH fed AS (SELECT min(period) AS first_period FROM pay WHERE kind = '常规'),
due AS (
  SELECT c.case_no, unnest(range(greatest(month_no(c.start_date) + 1, (SELECT first_period FROM fed)), month_no(as_of() - 45) + 1))::INTEGER AS period
  FROM cases c WHERE c.members > 0 AND coalesce(c.monthly_amount, 1) > 0),
unpaid AS (
  SELECT d.case_no, d.period FROM due d
  WHERE end_of_month(d.period) + 45 <= as_of()
    AND NOT EXISTS (FROM pay_month p WHERE p.case_no = d.case_no AND p.period = d.period AND p.kind <> '一次性'
      AND p.program IN (SELECT DISTINCT program FROM active))
    -- Nobody waits for the money where all members are paid in another case; that is DUPLICATE_ENROLMENT.
    AND EXISTS (FROM active a WHERE a.case_no = d.case_no AND a.person NOT IN (
      SELECT o.person FROM active o JOIN pay_month p ON p.case_no = o.case_no WHERE o.case_no <> d.case_no AND p.period = d.period)))
SELECT 'ON_ROLL_NOT_PAID' AS rule, u.case_no AS case_id, 3 AS severity,
  CASE WHEN any_value(f.reason) IS NULL THEN 'OUTREACH' ELSE 'CORRECT_DATA' END AS proposal,
  any_value(f.reason) AS reasons, month_list(list(u.period)) AS months
FROM unpaid u LEFT JOIN (SELECT case_no, period, min(fail_reason) AS reason FROM failed_pay GROUP BY ALL) f USING (case_no, period)
GROUP BY u.case_no
