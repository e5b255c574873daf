/// How a value is shown to people: texts as they stand in the file, other values in their canonical form.
indirect enum ShownTerm {
  case literal([UInt8])
  /// Written from its words by type.
  case value(CellValue, ValueType)
  /// One of few words that the engine itself makes, by its cell.
  case word(CellValue, [Int64: [UInt8]])
  /// The kept text of a row.
  case text(CellText)
  case choose(CellCondition, ShownTerm, ShownTerm)
  /// The first whose value is there.
  case coalesce([(value: CellValue, term: ShownTerm)])
  /// Of the rows found, the one that stands first or last by `order`; without an order the least text.
  case looked(PairFinder.Query, order: CellValue?, isLatest: Bool, ShownTerm)
}
