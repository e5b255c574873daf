-- 重复发放: more than one regular payment for a case, program and period; parts that add up to what is due are none.
WITH due AS (
  SELECT p.case_no, p.program, p.period, sum(amount) AS total, max(amount) AS greatest_part,
    count(DISTINCT amount) AS sizes
  FROM pay p WHERE kind = '常规' AND (case_no, period) IN (
    SELECT (case_no, period) FROM pay WHERE kind = '常规' AND case_no IS NOT NULL GROUP BY case_no,
      period HAVING count(*) > 1)
  GROUP BY ALL HAVING count(*) FILTER (amount > 0) - count(*) FILTER (amount < 0) > 1)
SELECT 'PAY_DUPLICATE' AS rule, d.case_no AS case_id, 4 AS severity, 'VERIFY_AMOUNT' AS proposal,
  d.program AS reasons,
  month_text(d.period) AS months,
  d.total - CASE WHEN sizes = 1 THEN greatest_part ELSE coalesce(c.monthly_amount, greatest_part) END AS amount
FROM due d LEFT JOIN cases c USING (case_no)
WHERE d.total > coalesce(c.monthly_amount, 0) OR sizes = 1
