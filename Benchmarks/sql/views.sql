-- What the rules share: the files of a notice city as tables with normalised identity numbers, names, dates, months,
-- amounts and accounts. Written from the specification of the rules alone, as a second reading of it.
--
-- Variables that run_sql.py sets: data (folder), judicial (that file as UTF-8), as_of, register_day.
-- An identity number is a BIGINT: its 18 digits, or minus its first 17 where the check character is X; NULL where it
-- cannot be used. A month is a number, year * 12 + month - 1.

CREATE MACRO as_of() AS getvariable('as_of')::DATE;
CREATE MACRO register_day() AS getvariable('register_day')::DATE;
CREATE MACRO csv(name) AS getvariable('data') || '/' || name;

-- Months

CREATE MACRO month_no(d) AS (year(d) * 12 + month(d) - 1)::INTEGER;
CREATE MACRO month_text(m) AS (m // 12) || '-' || lpad((m % 12 + 1)::VARCHAR, 2, '0');
CREATE MACRO first_day(m) AS make_date(m // 12, m % 12 + 1, 1);
CREATE MACRO end_of_month(m) AS last_day(first_day(m));
CREATE MACRO month_list(ms) AS array_to_string([month_text(x) FOR x IN list_sort(list_distinct(ms))], ' ');

-- Identity numbers

-- The sum of weights times digits, modulo 11. A digit is q(k) - 10 q(k + 1) with q(k) = v // 10^k, and -10 is 1
-- modulo 11,
-- so each quotient counts with its own weight and the one before.
CREATE MACRO check_ix(v) AS (
  v * 2 + v // 10 * 6 + v // 100 + v // 1000 * 2 + v // 10000 * 4 + v // 100000 * 8 + v // 1000000 * 5
  + v // 10000000 * 10 + v // 100000000 * 9 + v // 1000000000 * 7 + v // 10000000000 * 3 + v // 100000000000 * 6
  + v // 1000000000000 + v // 10000000000000 * 2 + v // 100000000000000 * 4 + v // 1000000000000000 * 8
  + v // 10000000000000000 * 5) % 11;
CREATE MACRO from17(v) AS CASE check_ix(v) WHEN 2 THEN -v ELSE v * 10 + (12 - check_ix(v)) % 11 END;
CREATE MACRO id17(k) AS CASE WHEN k < 0 THEN -k ELSE k // 10 END;
CREATE MACRO id_ok(k) AS (check_ix(id17(k)) + CASE WHEN k < 0 THEN 10 ELSE k % 10 END) % 11 = 1;
CREATE MACRO id_text(k) AS CASE WHEN k < 0 THEN (-k)::VARCHAR || 'X' ELSE k::VARCHAR END;
CREATE MACRO id_birth(k) AS TRY_CAST(
  substr(id17(k)::VARCHAR, 7, 4) || '-' || substr(id17(k)::VARCHAR, 11, 2) || '-' || substr(id17(k)::VARCHAR, 13,
    2) AS DATE);
CREATE MACRO age_on(k, d) AS date_diff('year', id_birth(k), d)
  - (strftime(id_birth(k), '%m%d') > strftime(d, '%m%d'))::INTEGER;
CREATE MACRO id_tidy(s) AS regexp_replace(translate(s, '０１２３４５６７８９Ｘｘx', '0123456789XXX'), '[\s　'']', '', 'g');
CREATE MACRO id_slow(t) AS CASE
  WHEN regexp_full_match(t, '[0-9]{15}') THEN from17(TRY_CAST(left(t, 6) || '19' || right(t, 9) AS BIGINT))
  WHEN regexp_full_match(t, '[1-9][0-9]{17}') THEN TRY_CAST(t AS BIGINT)
  WHEN regexp_full_match(t, '[1-9][0-9]{16}X') THEN -TRY_CAST(left(t, 17) AS BIGINT) END;
-- As written, before its check character is tested.
CREATE MACRO id_read(s) AS CASE
  WHEN strlen(s) = 18 AND TRY_CAST(s AS BIGINT) >= 100000000000000000 THEN TRY_CAST(s AS BIGINT)
  WHEN strlen(s) = 18 AND right(s, 1) = 'X' AND TRY_CAST(left(s, 17) AS BIGINT) >= 10000000000000000
    THEN -TRY_CAST(left(s, 17) AS BIGINT)
  WHEN s IS NULL THEN NULL ELSE id_slow(id_tidy(s)) END;
CREATE MACRO usable(k) AS CASE WHEN id_ok(k) THEN k END;
CREATE MACRO is_legacy(s) AS CASE WHEN strlen(s) = 18 THEN false ELSE regexp_full_match(id_tidy(s), '[0-9]{15}') END;
CREATE MACRO is_zeroed(k) AS k > 0 AND k % 1000 = 0;
-- Columns of the day of birth and the sex that say something else than the number.
CREATE MACRO is_other_birth(k, b) AS coalesce(b <> id_birth(k), false);
CREATE MACRO is_other_sex(k, s) AS coalesce(s IN ('男', '女') AND (id17(k) % 2 = 1) <> (s = '男'), false);

-- Dates, amounts, accounts

CREATE MACRO date_slow(s) AS CASE
  WHEN regexp_full_match(s, '\d{8}') THEN TRY_CAST(left(s, 4) || '-' || substr(s, 5, 2) || '-' || right(s, 2) AS DATE)
  WHEN regexp_full_match(s, '\d{5}') THEN DATE '1899-12-30' + TRY_CAST(s AS INTEGER)
  ELSE TRY_CAST(nullif(regexp_replace(s, '^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?( .*)?$', '\1-\2-\3'),
    s) AS DATE) END;
CREATE MACRO as_date(s) AS CASE WHEN s IS NULL THEN NULL ELSE coalesce(TRY_CAST(s AS DATE), date_slow(trim(s))) END;
CREATE MACRO as_month(s)
  AS (TRY_CAST(left(trim(s), 4) AS INTEGER) * 12 + TRY_CAST(right(trim(s), 2) AS INTEGER) - 1)::INTEGER;
CREATE MACRO as_money(s) AS CASE WHEN s IS NULL THEN NULL
  ELSE coalesce(TRY_CAST(s AS DECIMAL(12, 2)), TRY_CAST(translate(s, ',，¥￥元 　', '') AS DECIMAL(12, 2))) END;
CREATE MACRO as_account(s) AS CASE WHEN s IS NULL THEN NULL
  ELSE coalesce(TRY_CAST(s AS UBIGINT), TRY_CAST(regexp_replace(s, '[^0-9]', '', 'g') AS UBIGINT)) END;

-- Names: 0 is the same, 1 a known variant, 2 another or none

CREATE MACRO name_form(s) AS replace(replace(replace(replace(
  regexp_replace(translate(s, '（）？＊', '()?*'), '[\s　]|\(.*\)', '', 'g'), '•', '·'), '・', '·'), '．', '·'), '‧', '·');
CREATE MACRO is_holed(x, y) AS contains(translate(y, '*□■〓�', '?????'), '?')
  AND x LIKE translate(y, '?*□■〓�', '______');
CREATE MACRO is_cut(x, y) AS length(y) >= 4 AND starts_with(x, y);
CREATE MACRO form_reason(x, y, a, b) AS CASE
  WHEN x = y THEN CASE WHEN regexp_matches(a || b, '[·•・．‧]') THEN 'DOT_VARIANT' ELSE 'SPACE_VARIANT' END
  WHEN is_holed(x, y) OR is_holed(y, x) THEN 'PLACEHOLDER'
  WHEN is_cut(x, y) OR is_cut(y, x) THEN 'CUT_OFF'
  ELSE 'NAME_DIFFERS' END;
CREATE MACRO name_reason(a, b) AS CASE
  WHEN a IS NULL OR b IS NULL THEN 'NAME_MISSING'
  WHEN a = b OR trim(a, ' 　') = trim(b, ' 　') THEN NULL
  ELSE form_reason(name_form(a), name_form(b), a, b) END;
CREATE MACRO name_rank(reason) AS CASE WHEN reason IS NULL THEN 0
  WHEN reason IN ('NAME_DIFFERS', 'NAME_MISSING') THEN 2 ELSE 1 END;
CREATE MACRO grade_text(rank) AS substr('ABCCC', rank::INTEGER + 1, 1);
CREATE MACRO reason_list(rs) AS array_to_string(list_sort(list_distinct(list_filter(rs, lambda x: x IS NOT NULL))),
  ' ');

-- Reading

CREATE MACRO rows_of(file, spec, skipped := 0) AS TABLE
  SELECT * FROM read_csv(file, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
    strict_mode = false, null_padding = false, skip = skipped, columns = spec);
-- With the number of column id_no; in two steps, so that it is worked out once.
CREATE MACRO people_of(file, spec, skipped := 0) AS TABLE
  SELECT *, usable(k) AS id FROM (SELECT *, id_read(id_no) AS k FROM rows_of(file, spec, skipped := skipped));

-- Tables of parameters

CREATE TEMP TABLE standard AS SELECT trim(program) AS program, trim(division) AS division,
    as_date(valid_from) AS valid_from, as_money(monthly_amount) AS monthly_amount
  FROM rows_of(csv('standards.csv'), {program: 'VARCHAR', division: 'VARCHAR', valid_from: 'VARCHAR',
    monthly_amount: 'VARCHAR'});
CREATE TEMP TABLE exclusive AS SELECT trim(program) AS program, trim(other) AS other
  FROM rows_of(csv('exclusive_programs.csv'), {program: 'VARCHAR', other: 'VARCHAR'});
CREATE TEMP TABLE status_code AS SELECT trim(code) AS code, trim(class) AS class
  FROM rows_of(csv('status_codes.csv'), {code: 'VARCHAR', title: 'VARCHAR', class: 'VARCHAR'});
-- Every code of the city, with the one that holds today.
CREATE TEMP TABLE division AS SELECT trim(division) AS code, coalesce(trim(successor), trim(division)) AS today
  FROM rows_of(csv('divisions.csv'), {division: 'VARCHAR', retired: 'VARCHAR', successor: 'VARCHAR'});
CREATE TEMP TABLE account_map AS SELECT as_account(old) AS old, any_value(as_account(new)) AS new
  FROM rows_of(csv('account_map.csv'), {old: 'VARCHAR', new: 'VARCHAR', changed: 'VARCHAR'}) GROUP BY 1;

-- The roll. Records that have thousands of columns, or a quote that never closes, are no records; their case is the
-- one that can be read before the break.

CREATE TEMP TABLE roll_reject AS
  SELECT nullif(trim(split_part(line, ',', 3)), '') AS case_no, split_part(line, ',', 5) AS id_cell
  FROM read_csv(csv('roll.csv'), header = true, auto_detect = false, delim = '\x01', quote = '', escape = '',
    strict_mode = false, columns = {line: 'VARCHAR'})
  WHERE contains(line, repeat(',', 64))
    OR (contains(line, '"') AND (length(line) - length(replace(line, '"', ''))) % 2 = 1);

CREATE TEMP TABLE roll_row AS
  SELECT *, row_number() OVER () AS row_no,
    coalesce(id, -row_number() OVER ()) AS person, is_resident AND id_cell IS NOT NULL AND id IS NULL AS is_unusable,
    month_no(start_date) AS first_month,
    CASE WHEN end_date IS NOT NULL THEN month_no(end_date) WHEN status = '终止' THEN -1 ELSE 99999 END AS last_month,
    status = '在保' AND start_date <= as_of() AND (end_date IS NULL OR end_date > as_of()) AS is_active,
    is_other_birth(id, birth) AS other_birth, is_other_sex(id, sex) AS other_sex
  FROM (SELECT *, CASE WHEN id_birth(k) IS NOT NULL THEN usable(k) END AS id FROM (
    SELECT coalesce(d.today, trim(district)) AS district, trim(district) AS division, trim(street) AS street,
      trim(case_no) AS case_no, trim(id_type) = '居民身份证' AS is_resident, r.id_no AS id_cell,
      CASE WHEN trim(id_type) = '居民身份证' THEN id_read(r.id_no) END AS k,
      trim(id_type) = '居民身份证' AND coalesce(is_legacy(r.id_no), false) AS is_legacy,
      name, trim(sex) AS sex, as_date(birth) AS birth, trim(relation) = '户主' AS is_applicant, trim(program) AS program,
      trim(sub_type) AS sub_type, trim(status) AS status, as_date(start_date) AS start_date,
      as_date(end_date) AS end_date, trim(end_reason) AS end_reason, as_money(monthly_amount) AS monthly_amount,
      TRY_CAST(household_size AS INTEGER) AS household_size, as_date(taper_until) AS taper_until
    FROM rows_of(csv('roll.csv'), {district: 'VARCHAR', street: 'VARCHAR', case_no: 'VARCHAR', id_type: 'VARCHAR',
        id_no: 'VARCHAR', name: 'VARCHAR', sex: 'VARCHAR', birth: 'VARCHAR', relation: 'VARCHAR', program: 'VARCHAR',
        sub_type: 'VARCHAR', status: 'VARCHAR', start_date: 'VARCHAR', end_date: 'VARCHAR', end_reason: 'VARCHAR',
        monthly_amount: 'VARCHAR', household_size: 'VARCHAR', account_no: 'VARCHAR', holder_name: 'VARCHAR',
        last_review: 'VARCHAR', review_class: 'VARCHAR', taper_until: 'VARCHAR', protected: 'VARCHAR'}) r
      LEFT JOIN division d ON d.code = trim(r.district)
    WHERE NOT EXISTS (FROM roll_reject x WHERE x.case_no = trim(r.case_no) AND x.id_cell = r.id_no)));
CREATE TEMP TABLE active AS FROM roll_row WHERE is_active;

-- A case as of today. A stop needs proof that it has one member.
CREATE TEMP TABLE cases AS
  SELECT case_no, count(DISTINCT person) FILTER (is_active) AS members,
    max(household_size) FILTER (is_active) AS household_size,
    max(monthly_amount) FILTER (is_active) AS monthly_amount,
    arg_min(program, NOT is_applicant) FILTER (is_active) AS program,
    count(DISTINCT program) FILTER (is_active) AS programs,
    arg_min(sub_type, NOT is_applicant) AS sub_type, arg_min(district, NOT is_applicant) AS district,
    arg_min(division, NOT is_applicant) AS division, arg_min(street, NOT is_applicant) AS street,
    min(start_date) FILTER (is_active) AS start_date, max(taper_until) AS taper_until,
    bool_or(is_unusable) OR case_no IN (SELECT case_no FROM roll_reject WHERE case_no IS NOT NULL)
      OR EXISTS (FROM roll_reject WHERE case_no IS NULL) AS has_unusable_rows
  FROM roll_row GROUP BY case_no;
CREATE MACRO is_proved_single(c) AS c.members = 1 AND coalesce(c.household_size, 1) = 1 AND NOT c.has_unusable_rows;
CREATE MACRO is_uncertain(c) AS c.members <= 1 AND NOT is_proved_single(c);

-- Payments: what was paid and neither came back nor was undone.

CREATE TEMP TABLE pay AS
  SELECT pay_id, batch, as_date(pay_date) AS pay_date, as_month(period) AS period, trim(program) AS program,
    trim(pay_kind) AS kind, greatest(coalesce(TRY_CAST(months_covered AS INTEGER), 1), 1) AS months_covered,
    trim(district) AS division, trim(case_no) AS case_no, usable(k) AS id, coalesce(a.new, account) AS account,
    holder, usable(holder_k) AS holder_id, as_money(amount) AS amount, trim(result) AS result, reversed, fail_reason
  FROM (
    SELECT *, id_read(id_no) AS k, as_account(account_no) AS account, id_read(holder_no) AS holder_k
    FROM rows_of(csv('payments-*.csv'), {pay_id: 'VARCHAR', batch: 'VARCHAR', pay_date: 'VARCHAR', period: 'VARCHAR',
      program: 'VARCHAR', pay_kind: 'VARCHAR', months_covered: 'VARCHAR', district: 'VARCHAR', case_no: 'VARCHAR',
      id_no: 'VARCHAR', name: 'VARCHAR', account_no: 'VARCHAR', holder: 'VARCHAR', holder_no: 'VARCHAR',
      amount: 'VARCHAR', result: 'VARCHAR', reversed: 'VARCHAR', fail_reason: 'VARCHAR'})) p
    LEFT JOIN account_map a ON a.old = p.account;
CREATE TEMP TABLE failed_pay AS FROM pay WHERE result <> '成功';
DELETE FROM pay WHERE result <> '成功' OR pay_id IN (SELECT reversed FROM failed_pay WHERE reversed IS NOT NULL);

-- The same by month: a back-payment covers the months backwards from its period, the last one takes the odd cents.
CREATE VIEW pay_month AS
  SELECT * EXCLUDE (amount, period, months_covered), period, amount FROM pay WHERE months_covered = 1
  UNION ALL
  SELECT * EXCLUDE (amount, period, months_covered, back), period - back AS period,
    CASE WHEN back > 0 THEN trunc(amount / months_covered, 2)
      ELSE amount - trunc(amount / months_covered, 2) * (months_covered - 1) END
      ::DECIMAL(12, 2) AS amount
  FROM (SELECT *, unnest(range(months_covered))::INTEGER AS back FROM pay WHERE months_covered > 1);

-- People in need

CREATE TEMP TABLE disability AS
  SELECT id, name, trim(category) AS category, TRY_CAST(level AS INTEGER) AS level, as_date(valid_to) AS valid_to
  FROM people_of(csv('disability.csv'), {cert_no: 'VARCHAR', id_no: 'VARCHAR', name: 'VARCHAR', category: 'VARCHAR',
    level: 'VARCHAR', valid_to: 'VARCHAR'});
CREATE TEMP TABLE illness AS SELECT id, name, as_date(record_date) AS record_date
  FROM people_of(csv('illness.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', record_date: 'VARCHAR'});
CREATE TEMP TABLE unemployed AS SELECT id, name, as_date(registered_from) AS registered_from
  FROM people_of(csv('unemployed.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', registered_from: 'VARCHAR',
    insured: 'VARCHAR', benefit_to: 'VARCHAR'});
CREATE TEMP TABLE low_margin AS
  SELECT id, name, as_date(valid_from) AS valid_from, as_date(valid_to) AS valid_to
  FROM people_of(csv('low_margin.csv'), {household_no: 'VARCHAR', id_no: 'VARCHAR', name: 'VARCHAR',
    valid_from: 'VARCHAR', valid_to: 'VARCHAR'});
CREATE TEMP TABLE declined AS SELECT id, name, as_date(date) AS declined_on
  FROM people_of(csv('declined.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', date: 'VARCHAR'});

-- Custodians and officials

CREATE TEMP TABLE custodian AS
  SELECT trim(case_no) AS case_no, id, name, trim(kind) AS kind,
    coalesce(a.new, c.account) AS account, as_date(valid_from) AS valid_from, as_date(valid_to) AS valid_to,
    as_date(revoke_date) AS revoke_date
  FROM (SELECT *, as_account(account_no) AS account FROM people_of(csv('custodians.csv'), {case_no: 'VARCHAR',
      beneficiary: 'VARCHAR', id_no: 'VARCHAR', name: 'VARCHAR', kind: 'VARCHAR', account_no: 'VARCHAR',
      agreement: 'VARCHAR', filed: 'VARCHAR', valid_from: 'VARCHAR', valid_to: 'VARCHAR', revoke_date: 'VARCHAR'})) c
    LEFT JOIN account_map a ON a.old = c.account;
CREATE TEMP TABLE official AS SELECT id, name, as_date(from_date) AS from_date, as_date(to_date) AS to_date
  FROM people_of(csv('officials.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', unit: 'VARCHAR', post: 'VARCHAR',
    from_date: 'VARCHAR', to_date: 'VARCHAR'});

-- The household register, of the people whom a rule asks for; of several rows of a number the newest event holds.

CREATE TEMP TABLE wanted AS
  SELECT id FROM roll_row WHERE id IS NOT NULL UNION SELECT holder_id FROM pay WHERE holder_id IS NOT NULL
  UNION SELECT id FROM disability UNION SELECT id FROM illness
  UNION SELECT id FROM unemployed UNION SELECT id FROM low_margin;
CREATE TEMP TABLE register AS
  SELECT * EXCLUDE (k, old_k, id_no, old_id_no, sex), k AS id, is_other_birth(k, birth) AS other_birth,
    is_other_sex(k, trim(sex)) AS other_sex, usable(old_k) AS old_id,
    coalesce(d.today, h.division) AS district, d.code IS NOT NULL AS is_local
  FROM (
    SELECT *, id_read(id_no) AS k, id_read(old_id_no) AS old_k FROM (
      SELECT id_no, name, former_name, sex, as_date(birth) AS birth, trim(hukou_no) AS hukou_no,
        trim(division) AS division, trim(collective) = '是' AS is_collective, trim(status) AS status,
        trim(event) AS event, as_date(event_date) AS event_date, trim(dest_division) AS destination, old_id_no
      FROM rows_of(csv('hukou.csv'), {id_no: 'VARCHAR', name: 'VARCHAR', former_name: 'VARCHAR', sex: 'VARCHAR',
        birth: 'VARCHAR', hukou_no: 'VARCHAR', division: 'VARCHAR', collective: 'VARCHAR', status: 'VARCHAR',
        event: 'VARCHAR', event_date: 'VARCHAR', dest_division: 'VARCHAR', old_id_no: 'VARCHAR'}))) h
    LEFT JOIN division d ON d.code = h.division
  WHERE k IN (SELECT id FROM wanted) OR usable(old_k) IN (SELECT id FROM wanted)
  QUALIFY row_number() OVER (PARTITION BY k ORDER BY event_date DESC NULLS LAST, status) = 1;
CREATE TEMP TABLE known_name AS
  SELECT id, name FROM register WHERE former_name IS NOT NULL
  UNION SELECT id, former_name FROM register WHERE former_name IS NOT NULL;
-- A number that took the place of another; both are one person.
CREATE TEMP TABLE new_number AS
  SELECT old_id AS old, id AS new FROM register WHERE old_id IS NOT NULL AND old_id <> id;

-- Deaths: the last row of a certificate about a person holds, and what it withdraws is withdrawn.

CREATE TEMP TABLE death_row AS
  WITH delivered AS (
    SELECT 'funeral' AS source, '殡葬' AS kind, *, NULL AS reporter
      FROM people_of(csv('funeral.csv'), {no: 'VARCHAR', name: 'VARCHAR',
      id_no: 'VARCHAR', sex: 'VARCHAR', birth: 'VARCHAR', death_date: 'VARCHAR', cremation_date: 'VARCHAR',
      facility: 'VARCHAR', cert_no: 'VARCHAR', record_date: 'VARCHAR', record_status: 'VARCHAR'}, skipped := 1)
    UNION ALL BY NAME
    SELECT 'other' AS source, trim(reporter) AS kind, *
      FROM people_of(csv('death_other.csv'), {name: 'VARCHAR', id_no: 'VARCHAR', sex: 'VARCHAR',
      birth: 'VARCHAR', death_date: 'VARCHAR', cremation_date: 'VARCHAR', facility: 'VARCHAR', cert_no: 'VARCHAR',
      record_date: 'VARCHAR', record_status: 'VARCHAR', reporter: 'VARCHAR'})),
  read AS (
    SELECT source, kind, id, is_legacy(id_no) AS is_legacy, name, as_date(birth) AS birth,
      is_other_birth(id, as_date(birth)) AS other_birth, is_other_sex(id, trim(sex)) AS other_sex,
      as_date(death_date) AS death_date, as_date(cremation_date) AS cremation_date, cert_no,
      as_date(record_date) AS record_date, trim(record_status) = '撤回' AS is_withdrawn
    FROM delivered WHERE id_no IS NOT NULL
    -- One certificate about one person, who may have been written with another number or name before.
    QUALIFY cert_no IS NULL
      OR row_number() OVER (PARTITION BY source, cert_no, coalesce(id::VARCHAR, id_no) ORDER BY
        as_date(record_date) DESC NULLS LAST, trim(record_status) = '撤回' DESC) = 1
      AND (name IS NULL OR row_number() OVER (PARTITION BY source, cert_no, name ORDER BY
        as_date(record_date) DESC NULLS LAST, trim(record_status) = '撤回' DESC) = 1)),
  facts AS (
    SELECT kind, id, is_legacy, false AS is_old_number, name, birth, other_birth, other_sex, coalesce(death_date, cremation_date) AS date,
      death_date IS NULL AS is_latest, false AS is_registration, record_date
    FROM read WHERE NOT is_withdrawn
    UNION ALL
    SELECT '公安', id, false, false, name, birth, other_birth, other_sex, event_date, true, true, event_date
    FROM register WHERE event = '死亡注销' AND status = '注销'),
  every AS (
    FROM facts
    UNION ALL SELECT f.* REPLACE (n.old AS id, true AS is_old_number, false AS other_birth, false AS other_sex) FROM facts f JOIN new_number n ON n.new = f.id)
  FROM every WHERE id IS NOT NULL AND date <= as_of() AND date > DATE '1900-01-01' AND date >= id_birth(id);

-- A row of the roll and what the deaths say about its number: the rows whose name agrees best.
CREATE TEMP TABLE death AS
  WITH pairs AS (
    SELECT r.row_no, r.case_no, r.person, r.id, r.name AS roll_name, d.* EXCLUDE (id, other_birth, other_sex),
      r.other_birth OR d.other_birth AS other_birth, r.other_sex OR d.other_sex AS other_sex,
      CASE WHEN name_rank(name_reason(r.name, d.name)) < 2 THEN name_reason(r.name, d.name)
        WHEN EXISTS (FROM known_name a JOIN known_name b USING (id) WHERE a.id = r.id AND a.name = r.name
          AND b.name = d.name) THEN 'FORMER_NAME'
        ELSE name_reason(r.name, d.name) END AS reason,
      r.is_legacy OR d.is_legacy AS any_legacy
    FROM roll_row r JOIN death_row d USING (id)),
  ranked AS (SELECT *, name_rank(reason) AS rank FROM pairs
    QUALIFY name_rank(reason) < 2 OR min(name_rank(reason)) OVER (PARTITION BY row_no) = 2)
  SELECT row_no, case_no, person, id, min(rank) AS name_rank,
    arg_min(reason, rank) FILTER (reason IS NOT NULL AND rank > 0) AS name_reason,
    arg_min(name, rank) AS death_name, bool_and(any_legacy) AS is_legacy, bool_and(is_old_number) AS is_old_number,
    count(DISTINCT kind) AS kinds,
    coalesce(min(date) FILTER (NOT is_registration), min(date)) AS first_date,
    coalesce(max(date) FILTER (NOT is_registration), max(date)) AS last_date,
    bool_and(is_latest) AS is_latest, min(record_date) AS recorded,
    bool_and(other_birth) AS other_birth, bool_and(other_sex) AS other_sex
  FROM ranked GROUP BY ALL;
CREATE MACRO death_reasons(d) AS [d.name_reason, CASE WHEN d.is_legacy THEN 'LEGACY_ID' END,
  CASE WHEN d.is_old_number THEN 'OLD_NUMBER' END,
  CASE WHEN is_zeroed(d.id) THEN 'W-ZEROED' END, CASE WHEN d.other_birth THEN 'W-BIRTH' END,
  CASE WHEN d.other_sex THEN 'W-SEX' END, CASE WHEN d.is_contradicted THEN 'CONFLICTING_SOURCES' END,
  CASE WHEN d.is_latest THEN 'DATE_LATEST_POSSIBLE' END];

-- A member and the row of the register under the same number.
CREATE MACRO register_grade(a, g) AS least(2, greatest(name_rank(name_reason(a.name, g.name)), a.is_legacy::INTEGER)
  + is_zeroed(a.id)::INTEGER + (a.other_birth OR g.other_birth)::INTEGER + (a.other_sex OR g.other_sex)::INTEGER);
CREATE MACRO register_reasons(a, g) AS [name_reason(a.name, g.name), CASE WHEN a.is_legacy THEN 'LEGACY_ID' END,
  CASE WHEN a.other_birth OR g.other_birth THEN 'W-BIRTH' END, CASE WHEN a.other_sex OR g.other_sex THEN 'W-SEX' END];

-- Custody: of several rows about one stay the last one holds; a day of release that nobody delivered is unknown.

CREATE TEMP TABLE custody_row AS
  SELECT p.id, is_legacy(p.id_no) AS is_legacy, p.name, s.class, as_date(p.start_date) AS start_date,
    as_date(p.release_date) IS NULL AS is_release_unknown,
    as_date(p.release_date) AS release_date,
    coalesce(as_date(p.release_date), as_date(p.expected_end)) AS end_date
  FROM people_of(getvariable('judicial'), {id_no: 'VARCHAR', name: 'VARCHAR', code: 'VARCHAR', facility: 'VARCHAR',
      start_date: 'VARCHAR', expected_end: 'VARCHAR', release_date: 'VARCHAR', record_date: 'VARCHAR'},
        skipped := 1) p
    JOIN status_code s ON s.code = trim(p.code)
  WHERE p.id IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY p.id, as_date(p.start_date) ORDER BY as_date(p.record_date) DESC NULLS LAST,
    s.class) = 1;
-- What was recorded of a dead person later than the death.
ALTER TABLE death ADD COLUMN is_contradicted BOOLEAN;
UPDATE death SET is_contradicted = id IN (SELECT id FROM register g WHERE g.id = death.id AND g.status = '正常'
  AND g.event IS NOT NULL AND g.event_date > death.last_date AND g.event_date <= as_of())
  OR EXISTS (FROM custody_row c WHERE c.id = death.id AND c.release_date > death.last_date
    AND c.release_date <= as_of());
ALTER TABLE death ADD COLUMN grade INTEGER;
UPDATE death SET grade = least(2,
  greatest(name_rank, (is_legacy OR is_old_number)::INTEGER) + is_zeroed(id)::INTEGER + is_contradicted::INTEGER
  + other_birth::INTEGER + other_sex::INTEGER);
CREATE TEMP TABLE custody AS
  SELECT r.row_no, r.case_no, r.id, c.class, c.start_date, c.end_date, c.is_release_unknown,
    CASE WHEN EXISTS (FROM known_name a JOIN known_name b USING (id) WHERE a.id = r.id AND a.name = r.name
      AND b.name = c.name)
      AND r.name <> c.name THEN 'FORMER_NAME' ELSE name_reason(r.name, c.name) END AS name_reason,
    coalesce(r.is_legacy OR c.is_legacy, false) AS is_legacy, r.other_birth, r.other_sex
  FROM roll_row r JOIN custody_row c USING (id)
  WHERE c.class IN ('PRISON', 'COMPULSORY_DETOX', 'DECLARED_MISSING', 'SHORT_DETENTION') AND c.start_date <= as_of();
CREATE MACRO custody_grade(c) AS least(2,
  greatest(name_rank(c.name_reason), c.is_legacy::INTEGER) + is_zeroed(c.id)::INTEGER + c.is_release_unknown::INTEGER
  + c.other_birth::INTEGER + c.other_sex::INTEGER);
CREATE MACRO custody_reasons(c) AS [c.name_reason, CASE WHEN c.is_legacy THEN 'LEGACY_ID' END,
  CASE WHEN is_zeroed(c.id) THEN 'W-ZEROED' END, CASE WHEN c.other_birth THEN 'W-BIRTH' END,
  CASE WHEN c.other_sex THEN 'W-SEX' END, CASE WHEN c.is_release_unknown THEN 'RELEASE_UNKNOWN' END];

-- One number with two names or birthdays; not where the other name is a member's of the same case or a former one, and
-- not where only the register differs.
CREATE TEMP TABLE collision AS
  WITH other AS (
    SELECT id, name, birth FROM roll_row WHERE id IS NOT NULL
    UNION SELECT id, name, birth FROM death_row WHERE NOT is_registration AND NOT is_old_number
    UNION SELECT id, name, NULL FROM custody_row UNION SELECT id, name, NULL FROM disability
    UNION SELECT id, name, NULL FROM illness UNION SELECT id, name, NULL FROM unemployed
    UNION SELECT id, name, NULL FROM low_margin UNION SELECT id, name, NULL FROM declined)
    SELECT a.case_no, a.id, coalesce(name_reason(a.name, o.name) = 'NAME_DIFFERS', false) AS is_other_name
    FROM active a JOIN other o USING (id)
    WHERE (o.name <> a.name AND name_reason(a.name, o.name) = 'NAME_DIFFERS' OR o.birth <> a.birth)
      AND NOT EXISTS (FROM roll_row m WHERE m.case_no = a.case_no AND m.person <> a.person
        AND name_rank(name_reason(m.name, o.name)) < 2)
      AND NOT EXISTS (FROM known_name k JOIN known_name l USING (id) WHERE k.id = a.id AND k.name = a.name
        AND l.name = o.name AND o.name <> a.name);

-- What a case with a death or a stay in custody was paid by month, without single grants, and how many members
-- it had.

CREATE TEMP TABLE case_month AS
  SELECT case_no, period, sum(amount)::DECIMAL(14, 2) AS amount, min(pay_date) AS pay_date
  FROM pay_month
  WHERE kind <> '一次性' AND case_no IN (SELECT case_no FROM death UNION SELECT case_no FROM custody)
  GROUP BY ALL HAVING sum(amount) > 0;
CREATE TEMP TABLE case_size AS
  SELECT m.case_no, m.period, count(DISTINCT r.person) AS members,
    greatest(count(DISTINCT r.person), any_value(CASE WHEN is_uncertain(c) THEN c.household_size END), 1) AS heads
  FROM case_month m LEFT JOIN roll_row r ON r.case_no = m.case_no AND m.period BETWEEN r.first_month AND r.last_month
    LEFT JOIN cases c ON c.case_no = m.case_no
  GROUP BY ALL;
-- Months at stake of a person: a member then, or nobody else was.
CREATE MACRO was_member(the_case, the_id, the_month) AS EXISTS (FROM roll_row r
  WHERE r.case_no = the_case AND r.id = the_id AND the_month BETWEEN r.first_month AND r.last_month);

-- Payments to a card whose holder had died before their period, while others live on in the case.

CREATE TEMP TABLE dead_holder_pay AS
  WITH by_number AS (
    SELECT p.case_no, p.account, p.period, p.holder_id AS dead_id, p.pay_id, max(d.date) AS died
    FROM pay p JOIN death_row d ON d.id = p.holder_id
    WHERE p.kind <> '一次性' AND p.period > month_no(d.date)
      AND (p.holder IS NULL OR name_rank(name_reason(p.holder, d.name)) < 2)
    GROUP BY ALL),
  by_name AS (
    SELECT p.case_no, p.account, p.period, d.id AS dead_id, p.pay_id, d.last_date AS died
    FROM death d JOIN roll_row r USING (row_no) JOIN pay p ON p.case_no = d.case_no
    WHERE p.kind <> '一次性' AND p.holder_id IS NULL AND d.grade < 2 AND name_rank(name_reason(p.holder, r.name)) < 2
      AND NOT EXISTS (FROM roll_row o WHERE o.case_no = d.case_no AND o.person <> d.person
        AND name_rank(name_reason(p.holder, o.name)) < 2))
  SELECT DISTINCT f.case_no, f.account, f.period, f.pay_id, f.dead_id
  FROM (FROM by_number UNION FROM by_name) f
  WHERE f.period > month_no(f.died)
    AND EXISTS (FROM roll_row r WHERE r.case_no = f.case_no AND r.person <> f.dead_id
      AND f.period BETWEEN r.first_month AND r.last_month);

-- People whom help may be due: alive, registered in the city, in no case, and not declined within a year.

CREATE TEMP TABLE signal AS
  SELECT id, 'DISABILITY' AS signal, true AS is_strong FROM disability
    WHERE level <= 2 AND (valid_to IS NULL OR valid_to >= as_of())
  UNION SELECT id, 'ILLNESS', true FROM illness WHERE record_date IS NULL OR record_date <= as_of()
  UNION SELECT id, 'UNEMPLOYED', false FROM unemployed WHERE registered_from IS NULL OR registered_from <= as_of()
  UNION SELECT id, 'LOW_MARGIN', false FROM low_margin
    WHERE (valid_from IS NULL OR valid_from <= as_of()) AND (valid_to IS NULL OR valid_to >= as_of());
CREATE TEMP TABLE uncovered AS
  SELECT g.id FROM register g
  WHERE g.id IN (SELECT id FROM signal UNION SELECT id FROM low_margin) AND g.is_local AND g.status = '正常'
    AND NOT (coalesce(g.event, '') = '迁出' AND g.destination NOT IN (SELECT code FROM division))
    AND NOT EXISTS (FROM death_row d WHERE d.id = g.id AND name_rank(name_reason(g.name, d.name)) < 2)
    AND g.id NOT IN (SELECT id FROM roll_row WHERE id IS NOT NULL AND (is_active OR status = '暂停'))
    AND coalesce(g.old_id, 0) NOT IN (SELECT id FROM roll_row WHERE id IS NOT NULL AND (is_active OR status = '暂停'))
    AND g.id NOT IN (SELECT id FROM declined WHERE id IS NOT NULL AND declined_on > as_of() - INTERVAL 12 MONTH
      AND declined_on <= as_of())
    AND g.id NOT IN (SELECT id FROM roll_row WHERE id IS NOT NULL AND end_reason = '复核超标'
      AND end_date > as_of() - INTERVAL 6 MONTH);
-- 单人保: low margin with a severe disability or illness; an expired certificate is renewed, not counted against them.
CREATE TEMP TABLE single_candidate AS
  SELECT u.id,
    bool_or(d.id IS NOT NULL AND (d.valid_to IS NULL OR d.valid_to >= as_of()))
      OR u.id IN (SELECT id FROM signal WHERE signal = 'ILLNESS') AS is_valid
  FROM uncovered u LEFT JOIN disability d ON d.id = u.id
    AND (d.level <= 2 OR d.level = 3 AND d.category IN ('智力', '精神'))
  WHERE u.id IN (SELECT id FROM signal WHERE signal = 'LOW_MARGIN')
    AND (d.id IS NOT NULL OR u.id IN (SELECT id FROM signal WHERE signal = 'ILLNESS'))
  GROUP BY u.id;
