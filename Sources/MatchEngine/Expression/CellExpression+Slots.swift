extension CellCondition {
  /// The slots of the batch that the condition reads; nil where it reads anything but the record's
  /// canonical values.
  package var batchSlots: Set<Int>? {
    var cells = ReadCells()
    cells.read(self)
    return cells.batchSlots
  }
}

extension CellValue {
  /// The slots of the batch that the value is made of; nil where it is made of anything but the
  /// record's canonical values.
  package var batchSlots: Set<Int>? {
    var cells = ReadCells()
    cells.read(self)
    return cells.batchSlots
  }
}

extension ReadCells {
  fileprivate var batchSlots: Set<Int>? {
    if readsOthers { return nil }
    var slots: Set<Int> = []
    for source in sources {
      guard case .batch(let slot) = source else { return nil }
      slots.insert(slot)
    }
    return slots
  }
}
