internal import Normalizers

/// How far a change of a row reaches: which other rows decide, together with it, what the rules of a job say.
///
/// A rule that is judged in passing looks at rows that share a key, or a group. So when rows change, what it says can
/// only change for the keys of these rows; and when the day changes, for rows with a date that it passes.
struct RuleReach {
  /// A column of `StateColumns.keys` of a source.
  struct Place: Hashable {
    var source: Int
    var column: Int
  }

  enum Link: Hashable {
    /// A rule that looks for records with the subject's key.
    case join(subject: Place, found: Place)
    /// A rule that counts the rows of a group, or of several groups at a time.
    case group(Place)
  }

  /// A date that rules compare with the day of the run, moved by a number of days between two bounds.
  struct Clock: Hashable {
    var source: Int
    /// A column of `StateColumns.days`.
    var column: Int
    var least: Int
    var most: Int

    /// The dates of which the comparison may turn when the day changes from `old` to `new`; some more do no harm.
    func days(from old: CalendarDate, to new: CalendarDate) -> ClosedRange<Int32> {
      Int32(Int(old.days) - most - 1)...Int32(max(Int(old.days) - most - 1, Int(new.days) - least + 1))
    }
  }

  /// With the fields that the rules of a link look at, by source.
  private(set) var links: [Link: [Int: FieldSet]] = [:]
  private(set) var clocks: Set<Clock> = []
  /// By source of the job.
  private(set) var columns: [StateColumns]
  /// False where only judging everything is known to be right.
  private(set) var isLocal: Bool
  /// False where that is so on every day but the one of the night before.
  private(set) var isLocalInTime = true

  init(_ job: Job) {
    columns = job.sources.map(StateColumns.init)
    isLocal = job.settled.isEmpty
    for rule in job.rules { note(rule, job) }
  }

  private mutating func note(_ rule: Job.Rule, _ job: Job) {
    for expression in [rule.condition, rule.find?.condition, rule.having].compactMap(\.self) + rule.by + rule.evidence {
      noteClocks(of: expression, rule, job)
    }
    switch rule.kind {
    case .condition: break
    case .presence, .absence, .mismatch:
      guard let find = rule.find else {
        isLocal = false
        return
      }
      let link = Link.join(
        subject: place(rule.subject, find.key.map(\.subjectField)),
        found: place(find.source, find.key.map(\.foundField)))
      links[link, default: [:]].merge(reads(rule, job)) { $0.union($1) }
    case .aggregate:
      // Groups that share these fields are judged together, which is more than has to be.
      let fields = rule.by.compactMap { term in
        if case .field(let reference, _) = term, reference.side == .subject { reference.field } else { nil }
      }
      guard !fields.isEmpty else {
        isLocal = false
        return
      }
      links[.group(place(rule.subject, fields)), default: [:]].merge(reads(rule, job)) { $0.union($1) }
    case .duplicate: isLocal = false
    }
  }

  /// By source: the fields that a rule looks at.
  private func reads(_ rule: Job.Rule, _ job: Job) -> [Int: FieldSet] {
    var fields: [Int: FieldSet] = [:]
    for field in job.readFields(of: rule) {
      let source = job.source(of: field.reference.side, in: rule)
      fields[source, default: []].insert(field.reference.field)
      // Whether a number is usable hangs on the field that repeats it.
      for (index, other) in job.sources[source].fields.enumerated() where other.number == field.reference.field {
        fields[source, default: []].insert(index)
      }
    }
    return fields
  }

  private mutating func place(_ source: Int, _ fields: [Int]) -> Place {
    Place(source: source, column: columns[source].column(of: fields))
  }

  // MARK: - The day of the run

  private mutating func noteClocks(of expression: Expression, _ rule: Job.Rule, _ job: Job) {
    guard expression.usesDay else { return }
    switch expression {
    case .compare(_, let left, let right):
      if let (day, moved) = Self.day(left), let (reference, shift) = Self.date(right) {
        return note(reference, shift, day: moved, isDay: day, rule)
      }
      if let (day, moved) = Self.day(right), let (reference, shift) = Self.date(left) {
        return note(reference, shift, day: moved, isDay: day, rule)
      }
      isLocalInTime = false
    case .and(let terms), .or(let terms): for term in terms { noteClocks(of: term, rule, job) }
    case .not(let term): noteClocks(of: term, rule, job)
    default: isLocalInTime = false
    }
  }

  private mutating func note(
    _ reference: FieldReference, _ shift: (least: Int, most: Int), day: (least: Int, most: Int), isDay: Bool,
    _ rule: Job.Rule
  ) {
    let source: Int
    switch reference.side {
    case .subject: source = rule.subject
    case .found: source = rule.find?.source ?? rule.subject
    case .lookup:
      isLocal = false
      return
    }
    clocks.insert(
      Clock(
        source: source, column: columns[source].dayColumn(of: reference.field), least: shift.least - day.most,
        most: shift.most - day.least))
  }

  /// The day of the run, moved by a number of days.
  private static func day(_ expression: Expression) -> (Bool, (least: Int, most: Int))? {
    switch expression {
    case .asOf: return (true, (0, 0))
    case .shift(let inner, let amount, let unit):
      guard let (isDay, moved) = day(inner) else { return nil }
      let more = days(amount, unit)
      return (isDay, (moved.least + more.least, moved.most + more.most))
    default: return nil
    }
  }

  /// A date field, moved by a number of days.
  private static func date(_ expression: Expression) -> (FieldReference, (least: Int, most: Int))? {
    switch expression {
    case .field(let reference, .date): return (reference, (0, 0))
    case .shift(let inner, let amount, let unit):
      guard let (reference, moved) = date(inner) else { return nil }
      let more = days(amount, unit)
      return (reference, (moved.least + more.least, moved.most + more.most))
    default: return nil
    }
  }

  private static func days(_ amount: Int, _ unit: CalendarUnit) -> (least: Int, most: Int) {
    let (short, long) =
      switch unit {
      case .days: (1, 1)
      case .months: (27, 32)
      case .years: (364, 367)
      }
    return amount >= 0 ? (amount * short, amount * long) : (amount * long, amount * short)
  }
}

extension Expression {
  /// True when the day of the run stands in the expression.
  fileprivate var usesDay: Bool {
    if case .asOf = self { return true }
    return children.contains(where: \.usesDay)
  }
}

/// What the state keeps beside the rows of a source: digests of the values by which rules find rows, dates that they
/// compare with the day of the run, and marks of the texts of a snapshot.
struct StateColumns: Hashable {
  /// Lists of fields whose values are a key together. The first is that of the row itself, the second the person.
  private(set) var keys: [[Int]]
  /// Date fields.
  private(set) var days: [Int] = []
  /// True for a snapshot, whose rows are known again by marks of their text.
  let hasMarks: Bool

  init(_ source: Job.Source) {
    keys = [source.key]
    hasMarks = source.operation == nil
    if let person = source.fields.firstIndex(where: { $0.type == .residentID }) { keys.append([person]) }
  }

  var personColumn: Int? { keys.count > 1 ? 1 : nil }

  /// Column numbers of `Rows`: two are where a row stands and its check, two its identity.
  static let checkColumn = 1
  static let identityColumn = 2
  static let identityColumns = [identityColumn, identityColumn + 1]
  var count: Int { 4 + keys.count - 1 + days.count + (hasMarks ? 2 : 0) }
  /// Where the digests of key `number` (not 0) stand.
  func keyColumn(_ number: Int) -> Int { 3 + number }
  func dayColumn(_ number: Int) -> Int { 3 + keys.count + number }
  var keyColumns: [Int] { keys.indices.dropFirst().map(keyColumn) }
  /// The columns that tell what a change of a row reaches: keys and dates.
  var reachColumns: [Int] { keyColumns + days.indices.map(dayColumn) }
  /// The first of the two words of a mark; they are the last of all.
  var markColumn: Int { Self.markColumn(of: count) }
  static func markColumn(of count: Int) -> Int { count - 2 }

  mutating func column(of fields: [Int]) -> Int {
    // The row's own key is kept in another form.
    if let known = keys.dropFirst().firstIndex(of: fields) { return known }
    keys.append(fields)
    return keys.count - 1
  }

  mutating func dayColumn(of field: Int) -> Int {
    if let known = days.firstIndex(of: field) { return known }
    days.append(field)
    return days.count - 1
  }

  /// Tells states apart whose columns mean something else.
  func text(_ source: Job.Source) -> String {
    func name(_ field: Int) -> String { "\(source.fields[field].name):\(source.fields[field].type.rawValue)" }
    let words = source.fields.map { field in field.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
    // Marks say of a row whether it is taken back.
    let withdrawn = source.withdrawn.map { "\(source.fields[$0.field].name) \($0.words)" } ?? ""
    return (keys + days.map { [$0] }).map { $0.map(name).joined(separator: "+") }.joined(separator: " ") + " / "
      + source.fields.indices.map(name).joined(separator: " ") + " \(words) \(withdrawn) \(JobRun.version)"
  }
}
