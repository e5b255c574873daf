extension JobSpecReader {
  static let encodings = ["auto", "utf-8", "gb18030", "utf-16le", "utf-16be"]
  static let delimiters = ["auto", "comma", "tab", "semicolon", "pipe"]
  /// The header roles; each has its list of synonyms.
  static let roles = [
    "id", "name", "account", "account_name", "date_death", "date_cremation", "date_birth", "date_paid", "month",
    "amount", "sex", "address", "district", "street", "committee", "phone", "relation"
  ]

  mutating func sources(_ pair: JobPair) -> [SourceSpec] {
    guard let pairs = pairs(pair, named: "name: {path: …, fields: …}") else { return [] }
    if pairs.isEmpty { problems.report(pair.key.position, "a job needs at least one source") }
    var specs = pairs.map { source($0) }
    reportRepeatedStandardInput(&specs)
    return specs
  }

  private mutating func source(_ pair: JobPair) -> SourceSpec {
    checkName(pair.key, of: "source")
    var spec = SourceSpec(name: pair.key)
    let needsPath = pair.key.position.file == nil && !pair.value.isOptional
    guard
      let keys = keys(
        pair.value, of: "a source",
        known: [
          "path", "fields", "encoding", "delimiter", "max_rejected", "key", "sensitive", "covers", "max_age",
          "snapshot", "changes", "snapshot_date", "optional", "valid", "rows", "withdrawn"
        ], required: needsPath ? ["path", "fields"] : ["fields"], at: pair.key.position)
    else { return spec }
    spec.paths = keys["path"].map { texts($0) } ?? []
    spec.isOptional = keys["optional"].flatMap { isTrue($0) } ?? false
    if let pack = pair.key.position.file, keys["path"] == nil, !spec.isOptional {
      problems.report(
        pair.key.position,
        "the job gives no path for the source '\(spec.name.text)' of this pack (\(pack)); "
          + "write sources: {\(spec.name.text): {path: …}} in the job")
    }
    spec.snapshotDate = keys["snapshot_date"].flatMap { day($0) }
    spec.fields = keys["fields"].map { fields($0) } ?? []
    for field in spec.fields { checkNumber(of: field, among: spec.fields) }
    if let encoding = keys["encoding"].flatMap({ text($0) }) {
      spec.encoding = word(encoding, of: "encoding", known: Self.encodings) ?? spec.encoding
    }
    if let delimiter = keys["delimiter"].flatMap({ text($0) }) {
      spec.delimiter = word(delimiter, of: "delimiter", known: Self.delimiters) ?? spec.delimiter
    }
    spec.maxRejected = keys["max_rejected"].flatMap { share($0) } ?? spec.maxRejected
    spec.key = keys["key"].map { texts($0) } ?? []
    spec.sensitive = keys["sensitive"].map { list($0) } ?? []
    let fieldNames = Set(spec.fields.map(\.name.text))
    for name in spec.key + spec.sensitive where !fieldNames.contains(name.text) && !problems.isFull {
      let spelling = Spelling(spec.fields.map(\.name.text))
      problems.report(
        name.position,
        "unknown field '\(name.text)'\(spelling.suggestion(for: name.text)); fields of \(spec.name.text): "
          + spelling.list)
    }
    spec.limits.period = keys["covers"].flatMap { covers($0) }
    spec.limits.maxAge = keys["max_age"].flatMap { maxAge($0) }
    if let rows = keys["rows"] { (spec.limits.minRows, spec.limits.maxRows) = rowLimits(rows) }
    spec.isSnapshot = keys["snapshot"].flatMap { isTrue($0) } ?? false
    spec.operation = keys["changes"].flatMap { changes($0) }
    spec.validity = keys["valid"].flatMap { validity($0) }
    spec.withdrawn = keys["withdrawn"].flatMap { withdrawn($0, spec.fields) }
    if let changes = keys["changes"], spec.key.isEmpty {
      problems.report(
        changes.key.position,
        "a source of changes needs key:, the fields that identify a row; fields of \(spec.name.text): "
          + Spelling(spec.fields.map(\.name.text)).list)
    }
    if let changes = keys["changes"], keys["snapshot"] != nil {
      problems.report(changes.key.position, "a source has either snapshot: or changes:, not both")
    }
    return spec
  }

  /// `covers: {period: …, area: …}`: what the feed is complete for.
  private mutating func covers(_ pair: JobPair) -> SourceLimits.Period? {
    guard let keys = keys(pair, known: ["period", "area"], required: []) else { return nil }
    if let area = keys["area"] { _ = texts(area) }
    guard let text = keys["period"].flatMap({ text($0) }) else { return nil }
    guard let period = SourceLimits.Period(text.text) else {
      problems.report(
        text.position,
        "'\(text.text)' is not a period; write a year, a month or a day, or two of them: 2026-10, "
          + "2026-01-01..2026-10-31"
      )
      return nil
    }
    return period
  }

  /// `rows: {min: …, max: …}`: how many accepted rows the source has to have.
  private mutating func rowLimits(_ pair: JobPair) -> (min: Int?, max: Int?) {
    guard let keys = keys(pair, known: ["min", "max"], required: []) else { return (nil, nil) }
    let limits = (
      min: keys["min"].flatMap { wholeNumber($0, in: 1...1_000_000_000_000) },
      max: keys["max"].flatMap { wholeNumber($0, in: 1...1_000_000_000_000) }
    )
    if let min = limits.min, let max = limits.max, min > max {
      problems.report(pair.key.position, "rows: needs a min that is not above its max")
    }
    return limits
  }

  /// `valid: {from: …, to: …, by: […]}`: the days on which a row of a table holds.
  private mutating func validity(_ pair: JobPair) -> ValiditySpec? {
    guard let keys = keys(pair, known: ["from", "to", "by"], required: ["from"]),
      let from = keys["from"].flatMap({ text($0) })
    else { return nil }
    return ValiditySpec(from: from, to: keys["to"].flatMap { text($0) }, by: keys["by"].map { texts($0) } ?? [])
  }

  /// `changes: {operation: column}`: the feed holds inserts, updates and deletions.
  private mutating func changes(_ pair: JobPair) -> String? {
    guard let keys = keys(pair, known: ["operation"], required: ["operation"]) else { return nil }
    return keys["operation"].flatMap { text($0)?.text }
  }

  /// `withdrawn: {field: words}`: how a record says that it is taken back.
  private mutating func withdrawn(_ pair: JobPair, _ fields: [FieldSpec]) -> (field: JobText, words: [JobText])? {
    guard let pairs = pairs(pair, named: "field: word"), let entry = pairs.first else { return nil }
    for more in pairs.dropFirst() { problems.report(more.key.position, "withdrawn: names one field") }
    let codes = fields.filter { $0.type == .code }.map(\.name.text)
    guard codes.contains(entry.key.text) else {
      problems.report(
        entry.key.position,
        "'\(entry.key.text)' is not a code field of the source; its code fields: \(Spelling(codes).list)")
      return nil
    }
    return (entry.key, texts(entry))
  }

  /// `nightly: {shrink: …, grow: …, unusable: …, flood: …}`.
  mutating func nightLimits(_ pair: JobPair) -> NightLimits {
    var limits = NightLimits()
    guard let keys = keys(pair, known: ["shrink", "grow", "unusable", "flood"], required: []) else { return limits }
    limits.shrink = keys["shrink"].flatMap { share($0) } ?? limits.shrink
    limits.grow = keys["grow"].flatMap { share($0) } ?? limits.grow
    limits.unusable = keys["unusable"].flatMap { share($0) } ?? limits.unusable
    limits.flood = keys["flood"].flatMap { share($0) } ?? limits.flood
    return limits
  }

  /// `retention: {over: 24 months, runs: 12 months}`.
  mutating func retention(_ pair: JobPair) -> Purge.Retention {
    var retention = Purge.Retention()
    guard let keys = keys(pair, known: ["over", "runs"], required: []) else { return retention }
    retention.over = keys["over"].flatMap { maxAge($0) }
    retention.runs = keys["runs"].flatMap { maxAge($0) }
    return retention
  }

  private mutating func maxAge(_ pair: JobPair) -> SourceLimits.Age? {
    guard let text = text(pair) else { return nil }
    guard let age = SourceLimits.Age(text.text) else {
      problems.report(text.position, "'\(text.text)' is not a length of time; write it as in '35 days' or '2 months'")
      return nil
    }
    return age
  }

  /// A share: `1%` or `0.01`.
  mutating func share(_ pair: JobPair) -> Double? {
    guard let text = text(pair) else { return nil }
    let isPercent = text.text.hasSuffix("%")
    let digits = isPercent ? String(text.text.dropLast()) : text.text
    let isNumber = digits.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    guard isNumber, digits.utf8.first != UInt8(ascii: "."), let number = Double(digits) else {
      problems.report(text.position, "'\(text.text)' is not a share; write it as in 1% or 0.01")
      return nil
    }
    let share = isPercent ? number / 100 : number
    guard share <= 1 else {
      problems.report(text.position, "a share is at most 100% or 1; one in a hundred is written 1% or 0.01")
      return nil
    }
    return share
  }

  private mutating func reportRepeatedStandardInput(_ specs: inout [SourceSpec]) {
    let dashes = specs.flatMap { $0.paths.filter { $0.text == "-" } }
    for dash in dashes.dropFirst() {
      problems.report(dash.position, "'-' (standard input) can be the path of one source only; it was named before")
    }
    for spec in specs where spec.paths.count > 1 {
      for dash in spec.paths where dash.text == "-" && dash.position == dashes.first?.position {
        problems.report(dash.position, "'-' (standard input) stands alone; it cannot be one of several paths")
      }
    }
  }

  // MARK: Fields

  mutating func fields(_ pair: JobPair) -> [FieldSpec] {
    guard let pairs = pairs(pair, named: "name: type") else { return [] }
    if pairs.isEmpty { problems.report(pair.key.position, "'fields' needs at least one field") }
    return pairs.map { field($0) }
  }

  private mutating func field(_ pair: JobPair) -> FieldSpec {
    checkName(pair.key, of: "field")
    var spec = FieldSpec(name: pair.key)
    guard case .mapping = pair.value.content else {
      spec.type = text(pair).flatMap { word($0, of: "type", as: FieldType.self) }
      return spec
    }
    guard
      let keys = keys(
        pair.value, of: "a field",
        known: ["type", "column", "role", "values", "required", "listed_in", "known", "of"], required: ["type"],
        at: pair.key.position)
    else { return spec }
    spec.type = keys["type"].flatMap { text($0) }.flatMap { word($0, of: "type", as: FieldType.self) }
    spec.columns = keys["column"].map { texts($0) } ?? []
    spec.role = keys["role"].flatMap { text($0) }
    if let role = spec.role { _ = word(role, of: "role", known: Self.roles) }
    spec.values = keys["values"].map { values($0) } ?? [:]
    spec.listedIn = keys["listed_in"].flatMap { text($0) }
    spec.known = keys["known"].map { texts($0) } ?? []
    if let word = spec.known.first, let type = spec.type, type != .code {
      problems.report(word.position, "known: lists the words of a field of type code; this is \(type.rawValue)")
    }
    spec.number = keys["of"].flatMap { text($0) }
    spec.isRequired = keys["required"].flatMap { isTrue($0) } ?? true
    return spec
  }

  /// `of: field`: an identity number whose day of birth or sex the field is.
  private mutating func checkNumber(of field: FieldSpec, among fields: [FieldSpec]) {
    guard let number = field.number else { return }
    if let type = field.type, type != .date, type != .code {
      problems.report(
        number.position,
        "of: stands beside a day of birth (type date) or a sex (type code); this is \(type.rawValue)")
    }
    let numbers = fields.filter { $0.type == .residentID }.map(\.name.text)
    guard !numbers.contains(number.text) else { return }
    problems.report(
      number.position,
      "'\(number.text)' is not an identity number of the source; its identity numbers: \(Spelling(numbers).list)")
  }

  /// `values: {as delivered: as meant}`; either side may be empty text in quotes.
  private mutating func values(_ pair: JobPair) -> [String: String] {
    guard let pairs = pairs(pair, named: "as delivered: as meant") else { return [:] }
    var values: [String: String] = [:]
    for entry in pairs {
      if case .text(let meant) = entry.value.content, meant.style != .plain, meant.text.isEmpty {
        values[entry.key.text] = ""
      } else if let meant = text(entry) {
        values[entry.key.text] = meant.text
      }
    }
    return values
  }
}

extension JobNode {
  /// True for a source with `optional: true`, which may have no path.
  fileprivate var isOptional: Bool {
    guard case .mapping(let pairs) = content else { return false }
    return pairs.contains { pair in
      guard pair.key.text == "optional", case .text(let text) = pair.value.content else { return false }
      return text.text == "true"
    }
  }
}
