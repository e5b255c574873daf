-- 在保未发放: a case active for a whole period that was not paid within 45 days after it; paid later is paid.
WITH fed AS (SELECT min(period) AS first_period FROM pay WHERE kind = '常规'),
due AS (
  SELECT c.case_no, unnest(range(greatest(month_no(c.start_date) + 1, (SELECT first_period FROM fed)),
    month_no(as_of() - 45) + 1))::INTEGER AS period
  FROM cases c WHERE c.members > 0 AND coalesce(c.monthly_amount, 1) > 0),
granted AS (
  SELECT case_no, period FROM pay_month WHERE kind <> '一次性' AND program IN (SELECT DISTINCT program FROM active)),
open AS (
  SELECT d.case_no, d.period FROM due d ANTI JOIN granted g ON g.case_no = d.case_no AND g.period = d.period
  WHERE end_of_month(d.period) + 45 <= as_of()),
-- Nobody waits for the money where all members are paid in another case; that is DUPLICATE_ENROLMENT.
elsewhere AS (
  SELECT DISTINCT a.case_no, a.person, g.period FROM active a JOIN active o ON o.person = a.person
    AND o.case_no <> a.case_no
    JOIN granted g ON g.case_no = o.case_no
  WHERE a.case_no IN (SELECT case_no FROM open)),
unpaid AS (
  SELECT DISTINCT o.case_no, o.period FROM open o JOIN active a ON a.case_no = o.case_no
    ANTI JOIN elsewhere e ON e.case_no = o.case_no AND e.person = a.person AND e.period = o.period)
SELECT 'ON_ROLL_NOT_PAID' AS rule, u.case_no AS case_id, 3 AS severity,
  CASE WHEN any_value(f.reason) IS NULL THEN 'OUTREACH' ELSE 'CORRECT_DATA' END AS proposal,
  any_value(f.reason) AS reasons, month_list(list(u.period)) AS months
FROM unpaid u LEFT JOIN (SELECT case_no, period, min(fail_reason) AS reason
  FROM failed_pay GROUP BY ALL) f USING (case_no, period)
GROUP BY u.case_no
