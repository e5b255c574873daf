/// How a run uses one field of a source.
package struct FieldUse: Sendable, Hashable {
  /// Index into the source's fields.
  package var field: Int
  package var type: FieldType
  /// Where its cells begin in a batch; nil when no cell of it is wanted for every record.
  package var slot: Int?

  package init(field: Int, type: FieldType, slot: Int?) {
    self.field = field
    self.type = type
    self.slot = slot
  }
}

/// What was counted about one field of a source.
package struct FieldCounts: Sendable {
  package var empty = 0
  package var repaired = 0
  package var invalid = 0
  /// Identity numbers whose last character is the letter X.
  package var endingInX = 0
  /// By bit of `Codes`.
  package var codes: [Int] = Array(repeating: 0, count: 64)

  /// The latest day of a date field that is not after the day of the run; nil where none was looked for or found.
  package var newestDay: Int64?

  package init() {}

  package mutating func add(_ other: FieldCounts) {
    empty += other.empty
    repaired += other.repaired
    invalid += other.invalid
    endingInX += other.endingInX
    newestDay = [newestDay, other.newestDay].compactMap(\.self).max()
    for index in codes.indices { codes[index] += other.codes[index] }
  }
}
