-- 户主账户人已故: the holder of the card is dead, and survivors are still paid to it.
SELECT 'HOLDER_DEAD' AS rule, d.case_no AS case_id, id_text(d.dead_id) AS id_no,
  CASE WHEN count(DISTINCT d.period) <= 2 THEN 2
  ELSE 4 END AS severity,
  'REVIEW' AS proposal, month_list(list(d.period)) AS months, sum(p.amount) AS amount, d.account AS account_no
FROM (SELECT DISTINCT case_no, account, period, pay_id, dead_id FROM dead_holder_pay) d JOIN pay p USING (pay_id)
GROUP BY d.case_no, d.account, d.dead_id
