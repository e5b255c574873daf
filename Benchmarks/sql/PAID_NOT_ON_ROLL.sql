-- 发放对象不在册: paid for a period in which neither the case nor the person was on the roll.
WITH unknown_case AS (
  SELECT p.* FROM pay p
    ANTI JOIN roll_row r ON r.case_no = p.case_no AND r.first_month <= p.period
      AND r.last_month > p.period - p.months_covered
  WHERE p.kind <> '一次性' AND p.program IN (SELECT DISTINCT program FROM roll_row)),
open AS (
  SELECT p.case_no, p.id, p.period, p.amount, p.account
  FROM unknown_case p
    ANTI JOIN roll_row r ON r.id = p.id AND r.first_month <= p.period AND r.last_month > p.period - p.months_covered
  WHERE NOT EXISTS (FROM roll_reject x WHERE x.case_no = p.case_no)
    AND NOT EXISTS (FROM new_number n JOIN roll_row r ON r.id = n.old WHERE n.new = p.id AND r.first_month <= p.period
      AND r.last_month > p.period - p.months_covered)
    -- 渐退期, at most six months after the end.
    AND NOT EXISTS (FROM roll_row r WHERE r.case_no = p.case_no AND r.end_date IS NOT NULL AND p.period > r.last_month
      AND p.period <= least(month_no(r.taper_until), r.last_month + 6)))
SELECT 'PAID_NOT_ON_ROLL' AS rule, case_no AS case_id, id_text(id) AS id_no, 4 AS severity, 'REVIEW' AS proposal,
  month_list(list(period)) AS months, sum(amount) AS amount
FROM open GROUP BY case_no, id
