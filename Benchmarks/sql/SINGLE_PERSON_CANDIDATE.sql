-- 单人保候选
SELECT 'SINGLE_PERSON_CANDIDATE' AS rule, id_text(id) AS id_no, 3 AS severity, 'OUTREACH' AS proposal,
  CASE WHEN NOT is_valid THEN 'CERT_EXPIRED' END AS reasons
FROM single_candidate
