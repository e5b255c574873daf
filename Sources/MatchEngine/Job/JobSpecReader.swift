internal import Normalizers

/// Reads the tree of a job file into a `JobSpec` and reports what does not belong there.
///
/// It judges shapes: keys, texts, lists, numbers. Whether names fit together is checked by `JobResolver`.
struct JobSpecReader {
  var problems: JobProblems

  init(problems: JobProblems) {
    self.problems = problems
  }

  mutating func job(_ root: JobNode) -> JobSpec {
    var spec = JobSpec()
    guard
      let keys = keys(
        root, of: "a job",
        known: ["version", "name", "as_of", "time_zone", "sources", "rules", "output", "nightly", "retention"],
        also: Self.sharedKeys, required: ["version", "sources", "rules"], at: root.position)
    else { return spec }
    if let version = keys["version"], let text = text(version), text.text != "1" {
      problems.report(text.position, "unknown version '\(text.text)'; this program reads version: 1")
    }
    spec.name = keys["name"].flatMap { text($0) }
    spec.asOf = keys["as_of"].flatMap { day($0) }
    spec.timeZone = keys["time_zone"].flatMap { timeZone($0) }
    spec.sources = keys["sources"].map { sources($0) } ?? []
    spec.rules = keys["rules"].map { rules($0) } ?? []
    if let pair = keys["output"] { output(pair, into: &spec) }
    if let pair = keys["retention"] { spec.retention = retention(pair) }
    if let pair = keys["nightly"] { spec.nightLimits = nightLimits(pair) }
    spec.parameters = keys["parameters"].map { parameters($0) } ?? []
    spec.definitions = keys["define"].map { definitions($0) } ?? []
    spec.membership = keys["membership"].flatMap { membership($0) }
    spec.views = keys["views"].map { views($0) } ?? []
    spec.aliases = keys["aliases"].map { aliases($0) } ?? []
    return spec
  }

  /// Keys of a job and of a pack beside `sources` and `rules`.
  static let sharedKeys = ["use", "parameters", "off", "exempt", "define", "membership", "views", "aliases"]

  private mutating func timeZone(_ pair: JobPair) -> JobText? {
    guard let text = text(pair) else { return nil }
    let isName = text.text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789/_-+".unicodeScalars.contains(scalar))
    }
    guard isName, !text.text.hasPrefix("/"), !text.text.hasSuffix("/") else {
      problems.report(text.position, "'\(text.text)' is not a time zone; write one as in Asia/Shanghai")
      return nil
    }
    return text
  }

  private mutating func output(_ pair: JobPair, into spec: inout JobSpec) {
    guard let keys = keys(pair, known: ["flags", "district_files"], required: []) else { return }
    if let flags = keys["flags"] { spec.flagColumns = flagColumns(flags) }
    if let files = keys["district_files"],
      let fileKeys = self.keys(files, known: ["identity"], required: ["identity"]),
      let identity = fileKeys["identity"].flatMap({ text($0) }),
      let display = word(identity, of: "identity", as: IdentityDisplay.self)
    {
      spec.districtIdentity = display
    }
  }

  private mutating func flagColumns(_ flags: JobPair) -> [FlagColumnSpec]? {
    guard let flagKeys = keys(flags, known: ["columns"], required: ["columns"]), let columns = flagKeys["columns"],
      let pairs = pairs(columns, named: "header: attribute")
    else { return nil }
    var specs: [FlagColumnSpec] = []
    for column in pairs {
      guard let text = text(column) else { continue }
      if let attribute = word(text, of: "attribute", as: FlagAttribute.self) {
        specs.append(FlagColumnSpec(header: column.key, attribute: attribute))
      }
    }
    if pairs.isEmpty { problems.report(columns.key.position, "columns needs at least one column") }
    return specs
  }
}

// MARK: - Shapes

extension JobSpecReader {
  /// The pairs of a mapping by key; unknown and missing keys are reported.
  mutating func keys(
    _ node: JobNode, of owner: String, known: [String], also others: [String] = [], required: [String],
    at position: Position
  ) -> [String: JobPair]? {
    guard case .mapping(let pairs) = node.content else {
      problems.report(
        node.isAbsent ? position : node.position,
        "\(owner) needs a mapping (key: value); this is \(node.kindName)")
      return nil
    }
    var keys: [String: JobPair] = [:]
    for pair in pairs {
      if known.contains(pair.key.text) || others.contains(pair.key.text) {
        keys[pair.key.text] = pair
      } else {
        reportUnknown(key: pair, of: owner, known: known + others)
      }
    }
    let missing = required.filter { keys[$0] == nil }
    if !missing.isEmpty {
      let names = missing.map { "'\($0)'" }.joined(separator: ", ")
      problems.report(position, "\(owner) needs the \(missing.count == 1 ? "key" : "keys") \(names)")
    }
    return keys
  }

  mutating func keys(_ pair: JobPair, known: [String], required: [String]) -> [String: JobPair]? {
    keys(pair.value, of: "'\(pair.key.text)'", known: known, required: required, at: pair.key.position)
  }

  mutating func reportUnknown(key pair: JobPair, of owner: String, known: [String]) {
    guard !problems.isFull else { return }
    let spelling = Spelling(known)
    var message = "unknown key '\(pair.key.text)'"
    // A key of another kind of rule is no typing mistake.
    if !Self.allRuleKeys.contains(pair.key.text) { message += spelling.suggestion(for: pair.key.text) }
    message += "; \(owner) has the \(known.count == 1 ? "key" : "keys") \(spelling.list)"
    if pair.value.isAbsent {
      message += "; if this belongs to the text before it, put that text in double quotes"
    }
    problems.report(pair.key.position, message)
  }

  /// The pairs of a mapping with free keys.
  mutating func pairs(_ pair: JobPair, named form: String) -> [JobPair]? {
    guard case .mapping(let pairs) = pair.value.content else {
      problems.report(
        pair.value.isAbsent ? pair.key.position : pair.value.position,
        "'\(pair.key.text)' needs a mapping (\(form)); this is \(pair.value.kindName)")
      return nil
    }
    return pairs
  }

  /// The text after a key.
  mutating func text(_ pair: JobPair) -> JobText? {
    text(pair.value, of: "'\(pair.key.text)'", at: pair.key.position)
  }

  mutating func text(_ node: JobNode, of owner: String, at position: Position) -> JobText? {
    guard case .text(let text) = node.content else {
      problems.report(
        node.position,
        "\(owner) needs text, not \(node.kindName); put text that begins with a bracket or holds ': ' in double quotes")
      return nil
    }
    guard !text.isAbsent else {
      problems.report(position, "\(owner) is empty; a value is missing after the colon")
      return nil
    }
    guard !text.text.isEmpty else {
      problems.report(text.position, "\(owner) is empty; a text is missing")
      return nil
    }
    return text
  }

  /// A text, or a list of texts with at least one.
  mutating func texts(_ pair: JobPair) -> [JobText] {
    switch pair.value.content {
    case .text, .mapping:
      return text(pair).map { [$0] } ?? []
    case .list(let nodes):
      if nodes.isEmpty { problems.report(pair.value.position, "'\(pair.key.text)' needs at least one entry") }
      return nodes.compactMap { text($0, of: "an entry of '\(pair.key.text)'", at: $0.position) }
    }
  }

  /// A list of texts.
  mutating func list(_ pair: JobPair) -> [JobText] {
    guard case .list = pair.value.content else {
      problems.report(
        pair.value.isAbsent ? pair.key.position : pair.value.position,
        "'\(pair.key.text)' needs a list, as in [a, b]; this is \(pair.value.kindName)")
      return []
    }
    return texts(pair)
  }

  mutating func isTrue(_ pair: JobPair) -> Bool? {
    guard let text = text(pair) else { return nil }
    guard text.text == "true" || text.text == "false" else {
      problems.report(text.position, "'\(pair.key.text)' is true or false; this is '\(text.text)'")
      return nil
    }
    return text.text == "true"
  }

  /// One word of a closed set.
  mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ text: JobText, of what: String, as type: Word.Type
  ) -> Word? {
    if let word = Word(rawValue: text.text) { return word }
    reportUnknown(text, of: what, known: Word.allCases.map(\.rawValue))
    return nil
  }

  mutating func word(_ text: JobText, of what: String, known: [String]) -> String? {
    if known.contains(text.text) { return text.text }
    reportUnknown(text, of: what, known: known)
    return nil
  }

  private mutating func reportUnknown(_ text: JobText, of what: String, known: [String]) {
    guard !problems.isFull else { return }
    let spelling = Spelling(known)
    problems.report(
      text.position, "unknown \(what) '\(text.text)'\(spelling.suggestion(for: text.text)); known: \(spelling.list)")
  }

  /// A name that expressions can hold: of a source, a field, or given by `as:`.
  mutating func checkName(_ text: JobText, of what: String) {
    guard Lexer.isName(text.text), text.text.unicodeScalars.count <= Self.nameLengthMax else {
      problems.report(
        text.position,
        "'\(text.text)' cannot name a \(what); a name has up to \(Self.nameLengthMax) letters, digits and '_' "
          + "and begins with a letter or '_'")
      return
    }
    if ExpressionParser.reservedWords.contains(text.text.lowercased()) || (what != "field" && text.text == "find") {
      problems.report(text.position, "'\(text.text)' cannot name a \(what); the word has a meaning in expressions")
    }
  }

  static let nameLengthMax = 64
}
