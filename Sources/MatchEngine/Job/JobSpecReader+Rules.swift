extension RuleKind {
  /// The keys that a rule of this kind may have beside `kind`, `title`, `subject`, `evidence` and `report`.
  var keys: [String] {
    switch self {
    case .condition: ["where"]
    case .presence, .absence, .duplicate: ["where", "find"]
    case .mismatch: ["where", "find", "compare"]
    case .aggregate: ["where", "by", "having"]
    }
  }

  /// The keys that it must have beside `kind` and `subject`.
  var requiredKeys: [String] {
    switch self {
    case .condition: ["where"]
    case .presence, .absence, .duplicate: ["find"]
    case .mismatch: ["find", "compare"]
    case .aggregate: ["by", "having"]
    }
  }
}

extension JobSpecReader {
  /// The keys that some kind of rule has.
  static let allRuleKeys = [
    "kind", "title", "subject", "where", "find", "compare", "by", "having", "evidence", "report"
  ]

  /// Fields of one key or group.
  static let keyFieldCountMax = 16

  mutating func rules(_ pair: JobPair) -> [RuleSpec] {
    guard let pairs = pairs(pair, named: "NAME: {kind: …, subject: …}") else { return [] }
    if pairs.isEmpty { problems.report(pair.key.position, "a job needs at least one rule") }
    return pairs.map { rule($0) }
  }

  private mutating func rule(_ pair: JobPair) -> RuleSpec {
    checkRuleID(pair.key)
    var spec = RuleSpec(id: pair.key)
    guard case .mapping(let pairs) = pair.value.content else {
      _ = keys(pair.value, of: "a rule", known: [], required: [], at: pair.key.position)
      return spec
    }
    let kindPair = pairs.first { $0.key.text == "kind" }
    spec.kind = kindPair.flatMap { text($0) }.flatMap { word($0, of: "kind", as: RuleKind.self) }

    let known = Self.allRuleKeys.filter { key in
      guard let kind = spec.kind else { return true }
      return ["kind", "title", "subject", "evidence", "report"].contains(key) || kind.keys.contains(key)
    }
    let owner = spec.kind.map { "a rule of kind \($0.rawValue)" } ?? "a rule"
    guard
      let keys = keys(
        pair.value, of: owner, known: known,
        also: Self.settledRuleKeys + ["by", "having"].filter { !known.contains($0) },
        required: ["kind", "subject"] + (spec.kind?.requiredKeys ?? []), at: pair.key.position)
    else { return spec }

    spec.title = keys["title"].flatMap { text($0) }
    spec.subject = keys["subject"].flatMap { text($0) }
    spec.condition = keys["where"].flatMap { text($0) }
    spec.find = keys["find"].flatMap { find($0) }
    spec.compare = keys["compare"].map { compare($0) } ?? []
    spec.by = keys["by"].map { texts($0) } ?? []
    reportTooMany(spec.by.count, of: keys["by"])
    spec.having = keys["having"].flatMap { text($0) }
    spec.evidence = keys["evidence"].map { list($0) } ?? []
    if let report = keys["report"].flatMap({ self.keys($0, known: ["case_id", "id_no"], required: []) }) {
      spec.reportedCase = report["case_id"].flatMap { text($0) }
      spec.reportedID = report["id_no"].flatMap { text($0) }
    }
    let isFolded = spec.kind != .aggregate && (keys["by"] != nil || keys["having"] != nil)
    if isFolded || keys.keys.contains(where: Self.settledRuleKeys.contains) || spec.kind == .duplicate
      || spec.find?.keep != nil || (spec.find?.sources.count ?? 0) > 1
    {
      spec.settled = settled(keys)
    }
    return spec
  }

  /// Names of rules stand in the flags and in `--only A,B`.
  private mutating func checkRuleID(_ text: JobText) {
    let words = text.text.split(separator: "-", omittingEmptySubsequences: false)
    guard words.allSatisfy({ !$0.isEmpty && Lexer.isName("_" + $0) }),
      text.text.unicodeScalars.count <= Self.nameLengthMax
    else {
      problems.report(
        text.position,
        "'\(text.text)' cannot name a rule; a name has up to \(Self.nameLengthMax) letters, digits, '_' and '-'")
      return
    }
  }

  mutating func find(_ pair: JobPair, isProof: Bool = false) -> FindSpec? {
    let known = ["in", "as", "key", "where"] + (isProof ? [] : ["keep"])
    guard let keys = keys(pair, known: known, required: ["in", "key"]) else { return nil }
    var spec = FindSpec()
    spec.sources = keys["in"].map { texts($0) } ?? []
    spec.alias = keys["as"].flatMap { text($0) }
    if let alias = spec.alias { checkName(alias, of: "source") }
    spec.key = keys["key"].map { key($0) } ?? []
    reportTooMany(spec.key.count, of: keys["key"])
    spec.condition = keys["where"].flatMap { text($0) }
    spec.keep = keys["keep"].flatMap { text($0) }
    return spec
  }

  mutating func reportTooMany(_ count: Int, of pair: JobPair?) {
    guard let pair, count > Self.keyFieldCountMax else { return }
    problems.report(pair.value.position, "'\(pair.key.text)' has at most \(Self.keyFieldCountMax) fields")
  }

  /// `key: f`, `key: [f, g]` or `key: {subject_field: found_field}`.
  private mutating func key(_ pair: JobPair) -> [KeySpec] {
    guard case .mapping(let pairs) = pair.value.content else {
      return texts(pair).map { KeySpec(subject: $0, found: $0) }
    }
    if pairs.isEmpty { problems.report(pair.value.position, "'key' needs at least one field") }
    var specs: [KeySpec] = []
    for entry in pairs {
      if let found = text(entry) { specs.append(KeySpec(subject: entry.key, found: found)) }
    }
    return specs
  }

  private mutating func compare(_ pair: JobPair) -> [JobText] {
    let sides = list(pair)
    if case .list(let nodes) = pair.value.content, !nodes.isEmpty, nodes.count != 2 {
      problems.report(
        pair.value.position,
        "'compare' needs two fields, one of each side, as in [roll.name, household.name]; these are \(nodes.count)")
      return []
    }
    return sides.count == 2 ? sides : []
  }
}
