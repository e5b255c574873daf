-- 应保未保线索: one strong sign of hardship or two weak ones; who is a candidate for a case of their own has that flag
-- only.
SELECT 'UNCOVERED_HARDSHIP' AS rule, id_text(id) AS id_no, CASE WHEN count(*) > 1 THEN 4 ELSE 3 END AS severity,
  'OUTREACH' AS proposal, reason_list(list(signal)) AS reasons
FROM uncovered JOIN signal USING (id)
WHERE id NOT IN (SELECT id FROM single_candidate)
GROUP BY id HAVING bool_or(is_strong) OR count(*) > 1
