extension CellLookup {
  /// The cells of rows around the lookup that its result is made of; nil where it is made of anything else but its own
  /// rows, or looks further.
  var outerCells: [CellSource]? {
    // Values of two words are not told apart by the first.
    if operandIsWide || keys.contains(where: \.isWide) { return nil }
    var cells = ReadCells()
    for key in keys { cells.read(key.value) }
    if let condition { cells.read(condition) }
    for value in [operand, order].compactMap(\.self) { cells.read(value) }
    if cells.readsOthers || cells.comparesPairs { return nil }
    var outer: [CellSource] = []
    for source in cells.sources {
      guard case .row(let side, _) = source else { return nil }
      if side != self.side { outer.append(source) }
    }
    return outer
  }
}
