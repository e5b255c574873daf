-- 发放额超标准: the amount granted is more than the standard for the household.
SELECT 'AMOUNT_OVER_STANDARD' AS rule, c.case_no AS case_id, 2 AS severity, 'REVIEW' AS proposal,
  c.monthly_amount - s.monthly_amount * greatest(coalesce(c.household_size, 1), c.members) AS amount
FROM cases c JOIN (
    SELECT program, division, arg_max(monthly_amount, valid_from) AS monthly_amount FROM standard
      WHERE valid_from <= as_of() GROUP BY ALL) s
  USING (program, division)
WHERE c.members > 0 AND c.monthly_amount > s.monthly_amount * greatest(coalesce(c.household_size, 1), c.members)
