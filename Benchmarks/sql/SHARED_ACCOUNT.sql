-- 一卡多户: one account receives for several cases in the same months; not a registered institution's.
WITH used AS (
  SELECT DISTINCT account, case_no, period FROM pay
  WHERE case_no IS NOT NULL AND account IN (
    SELECT account FROM pay WHERE account IS NOT NULL GROUP BY account HAVING min(case_no) < max(case_no))),
-- Months in which more than one case was paid to the account.
shared AS (FROM used QUALIFY count(*) OVER (PARTITION BY account, period) > 1),
cluster AS (
  SELECT account, list(DISTINCT s.period) AS months, count(DISTINCT s.case_no) AS case_count,
    count(DISTINCT (c.district, c.street)) > 1 AS is_across,
    count(DISTINCT g.hukou_no) = 1 AND bool_and(g.hukou_no IS NOT NULL) AND bool_or(c.sub_type = '单人保') AS is_split
  FROM shared s LEFT JOIN cases c USING (case_no)
    LEFT JOIN (SELECT r.case_no, min(g.hukou_no) AS hukou_no FROM roll_row r JOIN register g USING (id)
      WHERE r.is_applicant GROUP BY 1) g USING (case_no)
  GROUP BY account)
SELECT 'SHARED_ACCOUNT' AS rule,
  CASE WHEN is_split THEN 1 WHEN case_count >= 5 OR is_across THEN 5 WHEN case_count >= 3 THEN 4
    ELSE 3 END AS severity,
  'REVIEW' AS proposal, CASE WHEN is_split THEN 'ONE_HOUSEHOLD' END AS reasons, month_list(months) AS months,
    account AS account_no
FROM cluster
WHERE account NOT IN (SELECT account FROM custodian WHERE kind = '机构' AND account IS NOT NULL
  AND valid_from <= as_of()
  AND (valid_to IS NULL OR valid_to >= as_of()) AND revoke_date IS NULL)
