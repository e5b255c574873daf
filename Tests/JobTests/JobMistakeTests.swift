import MatchEngine
import Testing

/// What is wrong with a job file is said in full: place, thing, and what would be right.
struct JobMistakeTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var text: String
    var lines: [String]

    init(_ text: String, _ lines: String...) {
      self.text = text
      self.lines = lines
    }

    var testDescription: String { lines.first ?? text }
  }

  /// The keys of a rule that is judged when every source has been read, as messages list them.
  private static let settledKeys =
    "version, category, basis, valid_from, cases, needs, let, evaluated_when, unless, contrary, identity, grade, "
    + "lines, amount, amount_basis, severity, propose, reasons, due, flag_key, fact, verify, district, name, "
    + "implied_by, "
    + "alarm, "
    + "state, by, having"

  // MARK: YAML

  static let yaml = [
    Row("", "job.yml:1:1: the file is empty; a job has the keys version, sources and rules"),
    Row("# nothing\n", "job.yml:1:1: the file is empty; a job has the keys version, sources and rules"),
    Row("hello\n", "job.yml:1:1: a job needs a mapping (key: value); this is text"),
    Row("- a\n", "job.yml:1:1: a job needs a mapping (key: value); this is a list"),
    Row(
      "path: *.csv\n",
      "job.yml:1:7: aliases (*name) are not supported; text that begins with '*' needs quotes around it"),
    Row(
      "a: [1, &x 2, *x]\n",
      "job.yml:1:8: anchors (&name) are not supported; text that begins with '&' needs quotes around it",
      "job.yml:1:14: aliases (*name) are not supported; text that begins with '*' needs quotes around it"),
    Row(
      "a: &a\n  - x\nb: {#\n*a : x}\n",
      "job.yml:1:4: anchors (&name) are not supported; text that begins with '&' needs quotes around it",
      "job.yml:4:1: aliases (*name) are not supported; text that begins with '*' needs quotes around it"),
    Row(
      "a: !!int 5\n",
      "job.yml:1:4: tags (!name) are not supported; text that begins with '!' needs quotes around it"),
    Row("<<: {a: b}\n", "job.yml:1:1: merge keys (<<) are not supported; write the keys out"),
    Row("a: ?x\n? [a]\n: b\n", "job.yml:2:1: keys behind '? ' are not supported; write key: value"),
    Row("[a]: b\n", "job.yml:1:1: a key must be text; quote it if it begins with a bracket"),
    Row(
      "a:\n  b: 1\n  c: 2\n  b: 3\n",
      "job.yml:2:3: the key 'b' stands more than once in this mapping; each key may stand once"),
    Row(
      "'a': 1\na: 2\n", "job.yml:1:1: the key 'a' stands more than once in this mapping; each key may stand once"),
    Row("a: \"x\n", "job.yml:2:1: the file ends inside quotes; a closing quote is missing"),
    Row(
      "a: [b}\n",
      "job.yml:1:6: expected a comma or the closing bracket; inside brackets, put text that holds quotes, commas or "
        + "brackets in double quotes"),
    Row(
      "a:\n\t- b\n",
      "job.yml:2:1: no value may begin with this character (a tab, '@', '`' or '%'); indent with blanks, and put such "
        + "text in double quotes"),
    Row("a: 1\n---\nb: 2\n", "job.yml:2:1: a job file holds one document; remove the line '---'"),
    Row("a: \u{1}\n", "job.yml:1:4: the character U+0001 is not allowed in a job file; remove it"),
    Row("甲: 乙\u{FEFF}\n", "job.yml:1:5: the character U+FEFF is not allowed in a job file; remove it"),
    Row("%YAML 9.9\n---\na: 1\n", "job.yml:1:1: this is not YAML: found incompatible YAML document")
  ]

  @Test(arguments: yaml) func yamlIsReadAsPlainData(row: Row) {
    #expect(mistakes(in: row.text) == row.lines)
  }

  @Test func starsInsideTextsAreNoAliases() {
    let text = """
      a: |
        *x &y !z
        [[[
      b: "*"
      c: x
        *y
      d: [x * y, 'it''s &z']
      """
    let unknown =
      "a job has the keys version, name, as_of, time_zone, sources, rules, output, nightly, retention, use, "
      + "parameters, off, exempt, define, membership, views, aliases"
    #expect(
      mistakes(in: text) == [
        "job.yml:1:1: unknown key 'a'; \(unknown)",
        "job.yml:1:1: a job needs the keys 'version', 'sources', 'rules'",
        "job.yml:4:1: unknown key 'b'; \(unknown)",
        "job.yml:5:1: unknown key 'c'; \(unknown)",
        "job.yml:7:1: unknown key 'd'; \(unknown)"
      ])
  }

  // MARK: Shapes

  @Test func birthAndSexBelongToAnIdentityNumber() {
    let fields = "id_no: resident_id, name: text, born: {type: date, of: id}, sex: {type: code, of: name}, "
    let text = """
      version: 1
      sources: {roll: {path: roll.csv, fields: {\(fields)size: {type: number, of: id_no}}}}
      rules: {R: {kind: condition, subject: roll, where: name is empty}}
      """
    #expect(
      mistakes(in: text) == [
        "job.yml:2:98: 'id' is not an identity number of the source; its identity numbers: id_no",
        "job.yml:2:125: 'name' is not an identity number of the source; its identity numbers: id_no",
        "job.yml:2:157: of: stands beside a day of birth (type date) or a sex (type code); this is number"
      ])
  }

  static let shapes = [
    Row(
      "version: 2\nsource: {}\nrules: {}\n",
      "job.yml:1:1: a job needs the key 'sources'",
      "job.yml:1:10: unknown version '2'; this program reads version: 1",
      "job.yml:2:1: unknown key 'source'; did you mean 'sources'?; a job has the keys version, name, as_of, "
        + "time_zone, sources, rules, output, nightly, retention, use, parameters, off, exempt, define, membership, "
        + "views, aliases",
      "job.yml:3:1: a job needs at least one rule"),
    Row(
      "version: 1\nsources: {}\nrules:\n",
      "job.yml:2:1: a job needs at least one source",
      "job.yml:3:1: 'rules' needs a mapping (NAME: {kind: …, subject: …}); this is empty"),
    Row(
      """
      version: 1
      name: [x]
      as_of: 2026-02-30
      time_zone: Asia Shanghai
      sources:
        and:
          path:
          fields:
            id no: text
            in: text
            a: strin
            b: {column: x}
            c: {type: text, colum: y, role: idd, values: [a], required: yes}
            d: []
          encoding: utf8
          delimiter: ','
          max_rejected: 2
          key: [zz]
          sensitive: d
          max_age: long
          covers: {perod: 2026}
          snapshot: maybe
          changes: {operation: op}
        find: {path: '-', fields: {a: text}}
        two: {path: [x, '-'], fields: {a: text}, max_rejected: a%}
      rules:
        bad name: {kind: presence}
        R1: {kind: presense, subject: two}
        R2: {kind: condition, subject: twoo, where: a = 'x', find: {in: x}}
        R3:
        R4: text
      output: {flags: {columns: {x: y, case: case_id}}, other: 1}
      """,
      "job.yml:2:7: 'name' needs text, not a list; put text that begins with a bracket or holds ': ' in double quotes",
      "job.yml:3:8: '2026-02-30' is not a day of the calendar; as_of: is written as in 2026-10-31",
      "job.yml:4:12: 'Asia Shanghai' is not a time zone; write one as in Asia/Shanghai",
      "job.yml:6:3: 'and' cannot name a source; the word has a meaning in expressions",
      "job.yml:7:5: 'path' is empty; a value is missing after the colon",
      "job.yml:9:7: 'id no' cannot name a field; a name has up to 64 letters, digits and '_' and begins with a letter "
        + "or '_'",
      "job.yml:10:7: 'in' cannot name a field; the word has a meaning in expressions",
      "job.yml:11:10: unknown type 'strin'; known: resident_id, person_name, account, date, month, money, text, code, "
        + "number",
      "job.yml:12:7: a field needs the key 'type'",
      "job.yml:13:23: unknown key 'colum'; did you mean 'column'?; a field has the keys type, column, role, values, "
        + "required, listed_in, known, of",
      "job.yml:13:39: unknown role 'idd'; did you mean 'id'?; known: id, name, account, account_name, date_death, "
        + "date_cremation, date_birth, date_paid, month, amount, sex, address, district, street, committee, phone, "
        + "relation",
      "job.yml:13:52: 'values' needs a mapping (as delivered: as meant); this is a list",
      "job.yml:13:67: 'required' is true or false; this is 'yes'",
      "job.yml:14:10: 'd' needs text, not a list; put text that begins with a bracket or holds ': ' in double quotes",
      "job.yml:15:15: unknown encoding 'utf8'; did you mean 'utf-8'?; known: auto, utf-8, gb18030, utf-16le, utf-16be",
      "job.yml:16:16: unknown delimiter ','; known: auto, comma, tab, semicolon, pipe",
      "job.yml:17:19: a share is at most 100% or 1; one in a hundred is written 1% or 0.01",
      "job.yml:18:11: unknown field 'zz'; fields of and: id no, in, a, b, c, d",
      "job.yml:19:16: 'sensitive' needs a list, as in [a, b]; this is text",
      "job.yml:20:14: 'long' is not a length of time; write it as in '35 days' or '2 months'",
      "job.yml:21:14: unknown key 'perod'; did you mean 'period'?; 'covers' has the keys period, area",
      "job.yml:22:15: 'snapshot' is true or false; this is 'maybe'",
      "job.yml:23:5: a source has either snapshot: or changes:, not both",
      "job.yml:24:3: 'find' cannot name a source; the word has a meaning in expressions",
      "job.yml:25:19: '-' (standard input) can be the path of one source only; it was named before",
      "job.yml:25:58: 'a%' is not a share; write it as in 1% or 0.01",
      "job.yml:27:3: 'bad name' cannot name a rule; a name has up to 64 letters, digits, '_' and '-'",
      "job.yml:27:3: a rule of kind presence needs the keys 'subject', 'find'",
      "job.yml:28:14: unknown kind 'presense'; did you mean 'presence'?; known: condition, presence, absence, "
        + "mismatch, aggregate, duplicate",
      "job.yml:29:34: unknown source 'twoo'; did you mean 'two'?; known sources: and, find, two",
      "job.yml:29:56: unknown key 'find'; a rule of kind condition has the keys kind, title, subject, where, evidence, "
        + "report, \(Self.settledKeys)",
      "job.yml:30:3: a rule needs a mapping (key: value); this is empty",
      "job.yml:31:7: a rule needs a mapping (key: value); this is text",
      "job.yml:32:31: unknown attribute 'y'; known: flag_id, rule, severity, proposal, grade, reasons, case_id, id_no, "
        + "name, district, months, amount, amount_basis, due, fact, evidence, exemptions, basis",
      "job.yml:32:51: unknown key 'other'; 'output' has the keys flags, district_files")
  ]

  @Test(arguments: shapes) func allShapesAreReportedAtOnce(row: Row) {
    #expect(mistakes(in: row.text) == row.lines)
  }

  @Test(arguments: ["membership", "keep", "exempt", "snapshot", "history"])
  func keysOfOtherPlacesAreUnknown(key: String) {
    let text = twoSources + "rules: {R: {kind: condition, subject: feed, where: amount > 5, \(key): x}}\n"
    let lines = mistakes(in: text)
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("job.yml:9:64: unknown key '\(key)'") == true)
  }

  // MARK: Names

  private static let rolls = "fields of roll: case_id, id_no, name, status, start, account"
  private static let feeds = "fields of feed: id_no, name, died, amount, paid, n"

  static let names = [
    Row(
      """
      rules:
        R:
          kind: presence
          subject: roll
          where: statsu = 'x' and died is empty and nope.a = 1
          find: {in: feed, key: {id_no: died, nme: name}, where: deid > as_of}
          evidence: [feed.ded, start, count(), 'no_record', roll.name = feed.name]
      """,
      "job.yml:13:12: unknown field 'statsu'; did you mean 'status'?; \(rolls)",
      "job.yml:13:29: where: sees the subject only; put this into find.where",
      "job.yml:13:47: unknown source 'nope'; known here: roll, feed, find",
      "job.yml:14:35: a key needs fields of one type; roll.id_no is resident_id, feed.died is date",
      "job.yml:14:41: unknown field 'nme'; did you mean 'name'?; \(rolls)",
      "job.yml:14:60: unknown field 'deid'; did you mean 'died'?; \(feeds); \(rolls)",
      "job.yml:15:16: unknown field 'feed.ded'; did you mean 'died'?; \(feeds)",
      "job.yml:15:33: count(), sum(), min(), max() stand only in having: and evidence: of a rule of kind aggregate",
      "job.yml:15:43: unknown field 'no_record'; \(rolls); \(feeds); YAML took away the quotes around this, "
        + "a constant text is written \"'text'\"",
      "job.yml:15:65: expected a value; this is a condition that is true or false"),
    Row(
      """
      rules:
        S: {kind: mismatch, subject: roll, find: {in: feed, key: id_no}, compare: [name, roll.name]}
        T: {kind: mismatch, subject: roll, find: {in: feed, key: id_no}, compare: [roll.name, feed.died]}
        U: {kind: mismatch, subject: roll, find: {in: feed, key: id_no}, compare: [roll.name, feed.name, start]}
        V: {kind: mismatch, subject: roll, find: {in: feed, key: id_no}, compare: [name, "month(died)"]}
      """,
      "job.yml:10:84: 'compare' needs one field of each side; both of these are fields of the subject",
      "job.yml:11:89: 'compare' needs fields of one type; 'roll.name' is person_name, 'feed.died' is date",
      "job.yml:12:77: 'compare' needs two fields, one of each side, as in [roll.name, household.name]; these are 3",
      "job.yml:13:84: compare needs a field; this is an expression"),
    Row(
      """
      rules:
        A: {kind: presence, subject: roll, find: {in: roll, key: case_id}}
        B: {kind: presence, subject: roll, find: {in: roll, as: feed, key: case_id}}
        C:
          kind: absence
          subject: roll
          find: {in: feed, key: id_no, where: feed.died < start}
          evidence: [feed.died, start]
          report: {id_no: find.id_no, case: x}
      """,
      "job.yml:10:49: 'roll' stands on both sides; give the found rows another name by as:, as in {in: roll, "
        + "as: other, …}",
      "job.yml:11:59: 'feed' is a source already; as: gives a name of its own",
      "job.yml:16:16: a rule of kind absence has found nothing, so only the subject's fields can be shown",
      "job.yml:17:21: a rule of kind absence has found nothing, so only the subject's fields can be shown",
      "job.yml:17:33: unknown key 'case'; 'report' has the keys case_id, id_no"),
    Row(
      """
      rules:
        W: {kind: aggregate, subject: feed, by: [id_no, "'x'"], having: count() > 3}
        X:
          kind: aggregate
          subject: feed
          by: id_no
          having: count() > 3 and amount > 5 and sum(name) > 4 and sum(count()) > 1 and max(5) = 5
          evidence: [died, min(died), id_no]
          report: {id_no: id_no, case_id: name}
      """,
      "job.yml:10:51: by: needs fields, or month() or year() of them; a constant groups nothing",
      "job.yml:15:29: 'amount' differs within a group; use a field of by:, or count(), sum(), min(), max() of it",
      "job.yml:15:48: sum() needs an amount of money or a number; this is a name",
      "job.yml:15:66: count(), sum(), min(), max() cannot stand inside each other",
      "job.yml:15:87: max() needs a field; a constant is the same in every row",
      "job.yml:16:16: 'died' differs within a group; use a field of by:, or count(), sum(), min(), max() of it",
      "job.yml:17:37: 'name' differs within a group; use a field of by:, or count(), sum(), min(), max() of it")
  ]

  @Test(arguments: names) func allNamesAreReportedAtOnce(row: Row) {
    #expect(mistakes(in: twoSources + row.text) == row.lines)
  }

  /// A field without a type would make every expression over it wrong; only the field is reported.
  @Test func oneMistakeIsNotReportedTwice() {
    let text = """
      version: 1
      sources: {a: {path: a.csv, fields: {x: texxt}}}
      rules: {R: {kind: condition, subject: a, where: x > 5}}
      """
    #expect(
      mistakes(in: text) == [
        "job.yml:2:40: unknown type 'texxt'; did you mean 'text'?; known: resident_id, person_name, account, date, "
          + "month, money, text, code, number"
      ])
  }

  // MARK: Text that YAML cut

  static let cut = [
    Row(
      "where: name = 'a #b'",
      "job.yml:13:19: this text has no closing quote; a quote inside a text is doubled (''); YAML takes everything "
        + "from ' #' on as a comment, put the whole expression in double quotes"),
    Row(
      "where: name = 'a: b'",
      "job.yml:13:21: a ': ' where no key can stand; put text that holds ': ' in double quotes, or check the "
        + "indentation"),
    Row(
      "where: 'x' = name",
      "job.yml:13:16: this does not fit the lines before it; check the indentation, and put text that begins with a "
        + "quote or holds ': ' in double quotes"),
    Row(
      "where: [name]",
      "job.yml:13:12: 'where' needs text, not a list; put text that begins with a bracket or holds ': ' in double "
        + "quotes"),
    Row("where: ''", "job.yml:13:12: 'where' is empty; a text is missing"),
    Row("where:", "job.yml:13:5: 'where' is empty; a value is missing after the colon"),
    Row("where: amount > 5 # and this is a comment")
  ]

  @Test(arguments: cut) func messagesSayWhereQuotesHelp(row: Row) {
    let rule = "rules:\n  T:\n    kind: condition\n    subject: feed\n    \(row.text)\n"
    #expect(mistakes(in: twoSources + rule) == row.lines)
  }

  @Test func commasInsideBracketsCutExpressions() {
    let text = twoSources + "rules: {T: {kind: condition, subject: feed, where: name in (a, b)}}\n"
    #expect(
      mistakes(in: text) == [
        "job.yml:9:62: expected ')' at the end of the list, found the end; inside brackets YAML ends unquoted text at "
          + "',', put the whole expression in double quotes",
        "job.yml:9:64: unknown key 'b)'; did you mean 'by'?; a rule of kind condition has the keys kind, title, "
          + "subject, "
          + "where, evidence, report, \(Self.settledKeys); if this belongs to the text before it, put that text in "
          + "double quotes"
      ])
  }

  // MARK: Places

  static let places = [
    ("where: amount > 5 and nope = 3", "13:27"),
    ("where: 'name = ''x'' and nope = 3'", "13:30"),
    ("where: \"name = '\\u4e2d\\t' and nope = 3\"", "13:35"),
    ("where: \"name = '\\U00004e2d\\x41' and nope = 3\"", "13:41"),
    ("where: name = '名' and nope = 3", "13:27"),
    ("where: >\n      amount > 5 and\n      nope = 3", "13:12"),
    ("where: amount > 5 and\n      nope = 3", "13:12")
  ]

  @Test(arguments: places) func theColumnIsThatOfTheWord(line: String, place: String) {
    let rule = "rules:\n  T:\n    kind: condition\n    subject: feed\n    \(line)\n"
    #expect(
      mistakes(in: twoSources + rule) == ["job.yml:\(place): unknown field 'nope'; \(Self.feeds)"])
  }

  @Test(arguments: ["\r\n", "\r", "\n"]) func linesEndInAnyWay(ending: String) {
    let rule = "rules: {T: {kind: condition, subject: feed, where: nope = 3}}\n"
    let text = "\u{FEFF}" + (twoSources + rule).split(separator: "\n").joined(separator: ending)
    #expect(mistakes(in: text) == ["job.yml:9:52: unknown field 'nope'; \(Self.feeds)"])
  }
}
