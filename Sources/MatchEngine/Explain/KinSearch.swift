/// Finds the rows of all sources that an answer about a person or case hangs on: from those about them to whatever the
/// rules look up from there, until nothing new comes.
package struct KinSearch {
  typealias Column = KinLinks.Column
  typealias Value = MemberProof.CaseWord

  private let job: Job
  private let reading: HeldReading
  private let links: KinLinks
  /// By source: fields by which rows are about somebody.
  private let watched: [Int: Set<Int>]
  private let sizes: [Int]
  /// By source: the sources whose rows lead there.
  private var leading: [Set<Int>]
  private var wanted: [Column: Set<Value>] = [:]
  private var fresh: [Column: Set<Value>] = [:]
  private var isRead: [Bool]
  private var rows: [[KinRow]]
  /// By type: values that mean the same.
  private var same: [FieldType: [Value: Set<Value>]] = [:]

  /// A value that leads to more than so many others tells nobody apart.
  private static let valueCountMax = 20_000
  /// Sources of up to so many bytes are held as a whole, unless said.
  package static let wholeByteCount = 1 << 16

  private let wholeByteCount: Int

  init(job: Job, reading: HeldReading, watched: [Int: Set<Int>], wholeByteCount: Int) {
    self.job = job
    self.wholeByteCount = wholeByteCount
    self.reading = reading
    self.watched = watched
    links = KinLinks(job: job)
    sizes = reading.byteCounts
    leading = job.sources.map { _ in [] }
    for (start, ends) in links.targets { for end in ends { leading[end.source].insert(start.source) } }
    isRead = job.sources.map { _ in false }
    rows = job.sources.map { _ in [] }
  }

  /// Holds the rows and adds the cases and members to `target`; the rows that are about them.
  mutating func search(_ target: inout ExplainTarget) throws(RunError) -> [FactRow] {
    for source in Set(job.aliases.map(\.source)).sorted() { try read(source) }
    noteAliases()
    noteTarget(target)
    while let source = next() {
      try read(source)
      guard source == job.membership?.source else { continue }
      let before = target
      findCases(&target)
      if before.cases != target.cases || before.members != target.members { noteTarget(target) }
    }
    return facts(target)
  }

  // MARK: - What is wanted

  private mutating func add(_ value: Value, to column: Column) {
    guard Cell.isUsable(value.first), wanted[column, default: []].count < Self.valueCountMax else { return }
    let type = job.sources[column.source].fields[column.field].type
    for meant in (same[type]?[value] ?? []).union([value]) where wanted[column, default: []].insert(meant).inserted {
      fresh[column, default: []].insert(meant)
    }
  }

  private mutating func noteTarget(_ target: ExplainTarget) {
    for (source, fields) in watched {
      for field in fields {
        let column = Column(source: source, field: field)
        if job.sources[source].fields[field].type == .residentID {
          for person in target.members.union(target.person.map { [$0] } ?? []) {
            add(Value(first: person, second: 0), to: column)
          }
        } else {
          for number in target.cases { add(number, to: column) }
        }
      }
    }
  }

  private mutating func noteAliases() {
    for alias in job.aliases {
      guard let held = reading.relations[alias.source] else { continue }
      let isWide = alias.type.wordCount == 2
      let (from, to) = (held.layout.word(of: alias.from), held.layout.word(of: alias.to))
      for row in 0..<held.store.rowCount {
        func value(_ word: Int) -> Value {
          Value(first: held.store.word(word, of: row), second: isWide ? held.store.word(word + 1, of: row) : 0)
        }
        let (old, new) = (value(from), value(to))
        guard Cell.isUsable(old.first), Cell.isUsable(new.first) else { continue }
        same[alias.type, default: [:]][old, default: []].insert(new)
        same[alias.type, default: [:]][new, default: []].insert(old)
      }
    }
  }

  /// The source to be read next: the smallest one, but none to which another that waits leads and from which nothing
  /// leads back, since it would be read again.
  private func next() -> Int? {
    let waiting = job.sources.indices.filter { source in
      !isRead[source] || fresh.contains { $0.key.source == source && !$0.value.isEmpty }
    }.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    return waiting.first { source in
      !waiting.contains { leading[source].contains($0) && !leading[$0].contains(source) }
    } ?? waiting.first
  }

  // MARK: - Reading

  private mutating func read(_ source: Int) throws(RunError) {
    let isFirst = !isRead[source]
    isRead[source] = true
    var wish = KinReader.Wish(source: source, keys: [])
    wish.isWhole = links.whole.contains(source) || sizes[source] <= wholeByteCount || reading.needsAllRows(source)
    wish.isHeld = wish.isWhole && !isFirst
    wish.known = Set(rows[source].map(\.place))
    let fields = job.sources[source].fields
    for (field, known) in fields.enumerated() {
      guard let slot = reading.slot(field, of: source) else { continue }
      let isWide = known.type.wordCount == 2
      if KinLinks.isTelling(known.type) || watched[source]?.contains(field) == true {
        wish.told.append((field, slot, isWide))
      }
      let column = Column(source: source, field: field)
      guard let values = fresh.removeValue(forKey: column), !values.isEmpty else { continue }
      wish.keys.append(KinReader.Key(field: field, slot: slot, isWide: isWide, values: values))
    }
    for column in fresh.keys where column.source == source { fresh[column] = nil }
    guard isFirst || !wish.keys.isEmpty else { return }
    let found = try reading.read(wish, isFirst: isFirst)
    rows[source] += found
    for row in found {
      for (field, value) in row.words {
        for target in links.targets[Column(source: source, field: field)] ?? [] { add(value, to: target) }
      }
    }
  }

  // MARK: - What was found

  /// The cases of the person, and who else is in them.
  private func findCases(_ target: inout ExplainTarget) {
    guard let membership = job.membership else { return }
    let roll = rows[membership.source]
    if let person = target.person {
      for row in roll where row.words[membership.personField]?.first == person {
        if let number = row.words[membership.caseField], Cell.isUsable(number.first) { target.cases.insert(number) }
      }
    }
    for row in roll {
      guard let number = row.words[membership.caseField], target.cases.contains(number),
        let member = row.words[membership.personField]?.first, Cell.isUsable(member), member != target.person
      else { continue }
      target.members.insert(member)
    }
  }

  /// The rows about the person, the cases and their members, in the order of sources, files and lines.
  private func facts(_ target: ExplainTarget) -> [FactRow] {
    reading.order.flatMap { source -> [FactRow] in
      let fields = job.sources[source].fields
      return rows[source].compactMap { row -> FactRow? in
        var fact = row.fact
        var isAbout = false
        for field in watched[source] ?? [] {
          guard let value = row.words[field] else { continue }
          if fields[field].type == .residentID {
            fact.isOwn = fact.isOwn || value.first == target.person
            isAbout = isAbout || value.first == target.person || target.members.contains(value.first)
          } else {
            isAbout = isAbout || target.cases.contains(value)
          }
        }
        return isAbout ? fact : nil
      }.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
    }
  }
}
