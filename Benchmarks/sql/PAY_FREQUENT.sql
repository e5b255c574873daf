-- 频繁支付: more than one regular payment of a program in a period beyond the programs of the case, or three in seven
-- days.
-- Three in a period, or in seven days: then two are in one period, or in one week counted from any day.
WITH busy AS (
  SELECT case_no FROM pay WHERE kind = '常规' AND case_no IS NOT NULL GROUP BY case_no, period HAVING count(*) > 1
  UNION SELECT case_no FROM pay WHERE kind = '常规' AND case_no IS NOT NULL
    GROUP BY case_no, (pay_date - DATE '2000-01-01') // 7 HAVING count(*) > 1),
regular AS (
  SELECT case_no, account, program, period, pay_date FROM pay
  WHERE kind = '常规' AND amount > 0 AND case_no IN (FROM busy)),
in_period AS (
  SELECT r.case_no, account, r.program, period FROM regular r LEFT JOIN cases c USING (case_no)
  GROUP BY ALL HAVING count(*) > greatest(coalesce(any_value(c.programs), 1), 1) + 1),
in_week AS (
  SELECT case_no, account, program, unnest([period, one_before, two_before]) AS period
  FROM (SELECT *, lag(period) OVER days AS one_before, lag(period, 2) OVER days AS two_before,
    lag(pay_date, 2) OVER days AS first_date
    FROM regular WINDOW days AS (PARTITION BY case_no, account, program ORDER BY pay_date, period))
  WHERE pay_date - first_date < 7)
SELECT 'PAY_FREQUENT' AS rule, case_no AS case_id, 3 AS severity, 'REVIEW' AS proposal, program AS reasons,
  month_list(list(period)) AS months, account AS account_no
FROM (FROM in_period UNION FROM in_week) GROUP BY case_no, account, program
