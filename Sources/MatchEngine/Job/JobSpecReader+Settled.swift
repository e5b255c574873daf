internal import Normalizers

/// The keys of a settled rule.
extension JobSpecReader {
  /// In the order of the reference page.
  static let settledRuleKeys = [
    "version", "category", "basis", "valid_from", "cases", "needs", "let", "evaluated_when", "unless", "contrary",
    "identity", "grade", "lines", "amount", "amount_basis", "severity", "propose", "reasons", "due", "flag_key", "fact",
    "verify", "district", "name", "implied_by", "alarm", "state"
  ]

  static let disposals = [
    "STOP", "RECALC", "HOLD_NEXT", "REVIEW", "IDENTIFY_FIRST", "CORRECT_DATA", "FILE", "VERIFY_AMOUNT", "TRANSFER",
    "OUTREACH", "ANSWER"
  ]
  static let grades = ["A", "B", "C", "D", "E"]
  static let amountBases = ["FULL", "RECALC", "PER_CAPITA"]

  mutating func settled(_ keys: [String: JobPair]) -> SettledRuleSpec {
    var spec = SettledRuleSpec()
    spec.version = keys["version"].flatMap { wholeNumber($0, in: 1...9_999) }
    spec.category = keys["category"].flatMap { text($0) }
    spec.basis = keys["basis"].map { texts($0) } ?? []
    spec.validFrom = keys["valid_from"].flatMap { day($0) }
    spec.cases = keys["cases"].map { texts($0) } ?? []
    for name in spec.cases { checkCode(name, of: "test case") }
    spec.needs = keys["needs"].map { texts($0) } ?? []
    spec.definitions = keys["let"].map { definitions($0) } ?? []
    spec.evaluatedWhen = keys["evaluated_when"].map { namedTexts($0, of: "reason") } ?? []
    spec.exemptions = keys["unless"].map { proofs($0) } ?? []
    spec.contrary = keys["contrary"].map { proofs($0) } ?? []
    spec.reasons = keys["reasons"].map { namedTexts($0, of: "reason") } ?? []
    spec.identity = keys["identity"].flatMap { identity($0) }
    spec.grade = keys["grade"].flatMap { pair in text(pair).flatMap { word($0, of: "grade", known: Self.grades) } }
    spec.lines = keys["lines"].flatMap { lines($0) }
    spec.amount = keys["amount"].flatMap { text($0) }
    spec.amountBasis = keys["amount_basis"].map { amountBasis($0) } ?? []
    spec.severity = keys["severity"].map { severity($0) } ?? []
    spec.proposals = keys["propose"].map { proposals($0) } ?? []
    spec.due = keys["due"].flatMap { text($0) }
    spec.flagKey = keys["flag_key"].map { texts($0) } ?? []
    spec.fact = keys["fact"].flatMap { text($0) }
    spec.verify = keys["verify"].flatMap { text($0) }
    spec.district = keys["district"].flatMap { text($0) }
    spec.reportedName = keys["name"].flatMap { text($0) }
    spec.impliedBy = keys["implied_by"].map { texts($0) } ?? []
    spec.alarm = keys["alarm"].flatMap { alarm($0) }
    if let state = keys["state"].flatMap({ text($0) }) {
      spec.isList = word(state, of: "state", known: ["list"]) != nil
    }
    return spec
  }

  mutating func day(_ pair: JobPair) -> CalendarDate? {
    guard let text = text(pair) else { return nil }
    guard let date = CalendarDate(written: text.text) else {
      problems.report(
        text.position, "'\(text.text)' is not a day of the calendar; \(pair.key.text): is written as in 2026-10-31")
      return nil
    }
    return date
  }

  mutating func wholeNumber(_ pair: JobPair, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(pair) else { return nil }
    guard let number = Int(text.text), range.contains(number) else {
      problems.report(
        text.position,
        "'\(pair.key.text)' is a whole number from \(range.lowerBound) to \(range.upperBound); this is '\(text.text)'")
      return nil
    }
    return number
  }

  /// A code such as the name of a reason: it stands in columns and lists.
  private mutating func checkCode(_ text: JobText, of what: String) {
    let words = text.text.split(separator: "-", omittingEmptySubsequences: false)
    guard words.allSatisfy({ !$0.isEmpty && Lexer.isName("_" + $0) }),
      text.text.unicodeScalars.count <= Self.nameLengthMax
    else {
      problems.report(
        text.position,
        "'\(text.text)' cannot name a \(what); a name has up to \(Self.nameLengthMax) letters, digits, '_' and '-'")
      return
    }
  }

  /// `name: expression`, `name(a, b): expression`.
  mutating func definitions(_ pair: JobPair) -> [NamedTextSpec] {
    guard let pairs = pairs(pair, named: "name: expression") else { return [] }
    return pairs.compactMap { entry in text(entry).map { NamedTextSpec(name: entry.key, text: $0) } }
  }

  private mutating func namedTexts(_ pair: JobPair, of what: String) -> [NamedTextSpec] {
    guard let pairs = pairs(pair, named: "NAME: condition") else { return [] }
    return pairs.compactMap { entry in
      checkCode(entry.key, of: what)
      return text(entry).map { NamedTextSpec(name: entry.key, text: $0) }
    }
  }

  private mutating func proofs(_ pair: JobPair) -> [ProofSpec] {
    guard let pairs = pairs(pair, named: "NAME: {where: …} or NAME: {find: …}") else { return [] }
    return pairs.map { entry in
      checkCode(entry.key, of: pair.key.text == "contrary" ? "proof" : "exemption")
      var spec = ProofSpec(name: entry.key)
      if case .text = entry.value.content {
        spec.condition = text(entry)
        return spec
      }
      guard let keys = keys(entry, known: ["where", "find"], required: []) else { return spec }
      if keys["where"] == nil, keys["find"] == nil {
        problems.report(entry.key.position, "'\(entry.key.text)' needs the key 'where' or 'find'")
      }
      spec.condition = keys["where"].flatMap { text($0) }
      spec.find = keys["find"].flatMap { find($0, isProof: true) }
      return spec
    }
  }

  private mutating func identity(_ pair: JobPair) -> IdentitySpec? {
    let known = ["name", "also", "number", "doubt", "hint"]
    guard let keys = keys(pair, known: known, required: ["name"]) else { return nil }
    var spec = IdentitySpec(position: pair.key.position)
    spec.name = keys["name"].map { bothSides($0) } ?? []
    spec.otherNames = keys["also"].map { texts($0) } ?? []
    spec.number = keys["number"].map { bothSides($0) } ?? []
    spec.doubts = keys["doubt"].map { texts($0) } ?? []
    spec.hints = keys["hint"].map { texts($0) } ?? []
    return spec
  }

  /// One field name for both sides, or a list of two.
  private mutating func bothSides(_ pair: JobPair) -> [JobText] {
    let texts = texts(pair)
    guard texts.count > 2 else { return texts.count == 1 ? [texts[0], texts[0]] : texts }
    problems.report(
      pair.value.position,
      "'\(pair.key.text)' needs the subject's field and the found one, or one name for both; these are \(texts.count)")
    return []
  }

  private mutating func lines(_ pair: JobPair) -> LinesSpec? {
    let known = ["in", "key", "from", "to", "where", "month", "amount", "show"]
    guard let keys = keys(pair, known: known, required: []) else { return nil }
    var spec = LinesSpec(position: pair.key.position)
    if let source = keys["in"].flatMap({ text($0) }) {
      let words = source.text.split(separator: " ").map(String.init)
      if words.count == 1 || (words.count == 3 && words[1] == "as") {
        spec.source = JobText(text: words[0], position: source.position, style: source.style)
        if words.count == 3 {
          spec.alias = JobText(text: words[2], position: source.position, style: source.style)
          checkName(spec.alias ?? source, of: "source")
        }
      } else {
        problems.report(source.position, "'in' needs the name of a source or view, as in payments or payments as p")
      }
      if keys["key"] == nil {
        problems.report(keys["in"]?.key.position ?? pair.key.position, "'lines' needs the key 'key'")
      }
    } else if let key = keys["key"], keys["in"] == nil {
      problems.report(key.key.position, "'key' of 'lines' needs 'in'; without it the subject's rows are the lines")
    }
    spec.key = keys["key"].map { texts($0) } ?? []
    spec.from = keys["from"].flatMap { text($0) }
    spec.to = keys["to"].flatMap { text($0) }
    if (spec.from == nil) != (spec.to == nil) || (spec.from != nil && spec.source != nil) {
      problems.report(
        pair.key.position,
        "'lines' has 'in' and 'key', or 'from' and 'to', or neither: payments, months, the subject's rows")
    }
    spec.condition = keys["where"].flatMap { text($0) }
    spec.month = keys["month"].flatMap { text($0) }
    spec.amount = keys["amount"].flatMap { text($0) }
    spec.shown = keys["show"].map { texts($0) } ?? []
    return spec
  }

  // MARK: Choices

  /// `condition: word` in order, or one word.
  private mutating func choices(_ pair: JobPair, form: String) -> [ChoiceSpec] {
    if case .text = pair.value.content {
      return text(pair).map { [ChoiceSpec(word: $0)] } ?? []
    }
    guard let pairs = pairs(pair, named: form) else { return [] }
    if pairs.isEmpty { problems.report(pair.value.position, "'\(pair.key.text)' needs at least one entry") }
    return pairs.compactMap { entry in
      text(entry).map { ChoiceSpec(condition: entry.key.text == "base" ? nil : entry.key, word: $0) }
    }
  }

  private mutating func severity(_ pair: JobPair) -> [ChoiceSpec] {
    let choices = choices(pair, form: "base: 3, condition: 4, condition: +1")
    for choice in choices {
      let number = Int(choice.word.text)
      let isRelative = choice.word.text.hasPrefix("+") || choice.word.text.hasPrefix("-")
      if let number, (isRelative && choice.condition != nil ? -4...4 : 1...5).contains(number) { continue }
      problems.report(
        choice.word.position,
        "'\(choice.word.text)' is not a severity; it is 1 to 5, behind a condition also +1 to +4 or -1 to -4")
    }
    return choices
  }

  private mutating func proposals(_ pair: JobPair) -> [ChoiceSpec] {
    let choices = choices(pair, form: "condition: WORD")
    for choice in choices {
      let words = choice.word.text.split(separator: " ")
      if words.count > 2 {
        problems.report(choice.word.position, "a proposal has at most two words, as in STOP HOLD_NEXT")
      }
      for part in words {
        let part = JobText(text: String(part), position: choice.word.position, style: choice.word.style)
        _ = word(part, of: "disposal", known: Self.disposals)
      }
    }
    return choices
  }

  /// `WORD: condition`, or one word.
  private mutating func amountBasis(_ pair: JobPair) -> [ChoiceSpec] {
    let choices: [ChoiceSpec]
    if case .text = pair.value.content {
      choices = text(pair).map { [ChoiceSpec(word: $0)] } ?? []
    } else {
      guard let pairs = pairs(pair, named: "FULL: condition") else { return [] }
      choices = pairs.compactMap { entry in text(entry).map { ChoiceSpec(condition: $0, word: entry.key) } }
    }
    for choice in choices { _ = word(choice.word, of: "basis of an amount", known: Self.amountBases) }
    return choices
  }

  private mutating func alarm(_ pair: JobPair) -> AlarmSpec? {
    guard let keys = keys(pair, known: ["share", "by", "at_least"], required: ["share"]) else { return nil }
    guard let share = keys["share"].flatMap({ share($0) }) else { return nil }
    return AlarmSpec(
      share: share, atLeast: keys["at_least"].flatMap { wholeNumber($0, in: 1...1_000_000) } ?? 1,
      group: keys["by"].flatMap { text($0) })
  }
}
