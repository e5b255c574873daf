-- 大额支付: more a month than one and a half times the standard for the household; without a standard, above the 99.9th
-- percentile of district and program. A fifth of a batch: the batch has another unit, and none of it is flagged.
WITH size_of AS (
  SELECT case_no, max(household_size) AS household_size FROM roll_row GROUP BY case_no),
limits AS (
  SELECT program, division, month_no(valid_from) AS from_month, monthly_amount,
    lead(month_no(valid_from), 1, 99999) OVER (PARTITION BY program, division ORDER BY valid_from) AS to_month
  FROM standard),
-- What no size can excuse is cheap to tell: members are counted only of payments above the smallest limit.
candidate AS (
  SELECT p.pay_id, p.id, p.batch, p.case_no, p.account, p.period, p.amount, p.amount / p.months_covered AS a_month,
    l.monthly_amount AS standard, coalesce(s.household_size, 1) AS household_size
  FROM pay p
    JOIN limits l ON l.program = p.program AND l.division = p.division AND p.period >= l.from_month
      AND p.period < l.to_month
    LEFT JOIN size_of s ON s.case_no = p.case_no
  WHERE p.kind <> '一次性' AND p.amount / p.months_covered > l.monthly_amount * coalesce(s.household_size, 1) * 1.5),
measured AS (
  SELECT c.pay_id, c.id, c.batch, c.case_no, c.account, c.period, c.amount, c.a_month, c.standard,
    greatest(c.household_size, count(DISTINCT r.person)) AS size
  FROM candidate c LEFT JOIN roll_row r ON r.case_no = c.case_no AND c.period BETWEEN r.first_month AND r.last_month
  GROUP BY c.pay_id, c.id, c.batch, c.case_no, c.account, c.period, c.amount, c.a_month, c.standard, c.household_size),
unmeasured AS (
  SELECT p.pay_id, p.id, p.batch, p.case_no, p.account, p.period, p.amount, p.amount / p.months_covered AS a_month,
    quantile_disc(p.amount / p.months_covered, 0.999) OVER (PARTITION BY p.division, p.program) AS limit_amount
  FROM pay p WHERE p.kind <> '一次性' AND p.division IS NOT NULL AND p.program NOT IN (SELECT program FROM standard)),
large AS (
  SELECT pay_id, id, batch, case_no, account, period, amount, a_month, a_month > standard * size * 3 AS is_threefold
  FROM measured WHERE a_month > standard * size * 1.5
  UNION ALL SELECT pay_id, id, batch, case_no, account, period, amount, a_month, false FROM unmeasured
    WHERE a_month > limit_amount),
spoilt AS (
  SELECT l.batch FROM (SELECT batch, count(*) AS n FROM large GROUP BY batch) l
    JOIN (SELECT batch, count(*) AS n FROM pay GROUP BY batch) p USING (batch) WHERE l.n > 0.2 * p.n)
SELECT 'PAY_LARGE' AS rule, l.case_no AS case_id, id_text(l.id) AS id_no,
  CASE WHEN l.is_threefold AND NOT is_multiple THEN 4 ELSE 3 END AS severity, 'REVIEW' AS proposal,
  CASE WHEN is_multiple THEN 'BACKPAY_LIKELY' END AS reasons, month_text(period) AS months, amount,
    l.account AS account_no
FROM (SELECT l.*, coalesce(l.amount >= 2 * c.monthly_amount AND l.amount % c.monthly_amount = 0, false) AS is_multiple
    FROM large l LEFT JOIN cases c ON c.case_no = l.case_no AND c.monthly_amount > 0) l
WHERE l.batch IS NULL OR l.batch NOT IN (FROM spoilt)
