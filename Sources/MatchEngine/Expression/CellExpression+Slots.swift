extension CellCondition {
  /// The slots of the batch that the condition reads; nil where it reads anything but the record's
  /// canonical values.
  package var batchSlots: Set<Int>? {
    var reader = SlotReader()
    reader.read(self)
    return reader.readsOthers ? nil : reader.slots
  }
}

extension CellValue {
  /// The slots of the batch that the value is made of; nil where it is made of anything but the
  /// record's canonical values.
  package var batchSlots: Set<Int>? {
    var reader = SlotReader()
    reader.read(self)
    return reader.readsOthers ? nil : reader.slots
  }
}

/// Walks expressions and notes which slots of a record they read.
private struct SlotReader {
  var slots: Set<Int> = []
  /// Stored rows, kept texts, lookups or the reasons for a repair are read as well.
  var readsOthers = false

  mutating func read(_ source: CellSource) {
    if case .batch(let slot) = source { slots.insert(slot) } else { readsOthers = true }
  }

  mutating func read(_ value: CellValue) {
    switch value {
    case .cell(let source): read(source)
    case .constant: break
    case .month(let operand), .yearOfDate(let operand), .yearOfMonth(let operand): read(operand)
    case .shift(let operand, amount: _, unit: _): read(operand)
    case .age(let left, on: let right): read([left, right])
    case .truth(let condition): read(condition)
    case .arithmetic(_, let left, let right): read([left, right])
    case .add(let operand, _): read(operand)
    case .function(_, let operands): read(operands)
    case .choose(let condition, let left, let right):
      read(condition)
      read([left, right])
    case .sex(let operand, male: _, female: _): read(operand)
    case .defect, .noted, .lookup, .nameVerdict, .isSameName: readsOthers = true
    }
  }

  private mutating func read(_ values: [CellValue]) { for value in values { read(value) } }

  mutating func read(_ condition: CellCondition) {
    switch condition {
    case .compare(_, let left, let right), .equalPairs(let left, let right, negated: _): read([left, right])
    case .isOneOf(let value, _), .test(let value, _, negated: _): read(value)
    case .never(let value), .always(let value), .truth(let value): read(value)
    case .and(let terms), .or(let terms): for term in terms { read(term) }
    case .staged(let stages): for term in stages.cheap + stages.costly { read(term) }
    case .not(let term): read(term)
    }
  }
}
