/// The held rows of one source or view, and the tables over them.
final class HeldRelation {
  let layout: HeldLayout
  let store: RowStore
  let tables: [KeyTable]

  init(_ layout: HeldLayout, hash: KeyHash, budget: MemoryBudget, memory: TableMemory, scratch: TextScratch?) {
    self.layout = layout
    let store = RowStore(layout: layout.rows, budget: budget, memory: memory, scratch: scratch)
    self.store = store
    tables = layout.tables.indices.map { number in
      KeyTable(
        store: store, number: number, keyWords: layout.keyWords(ofTable: number), ruleBits: 1, hash: hash,
        budget: budget, memory: memory)
    }
  }

  /// Puts every row into the tables.
  func index<Worker: AnyObject>(_ team: Team<Worker>) {
    for (number, table) in tables.enumerated() {
      // Keys of several fields are those by which rows of one relation look for each other.
      table.prepare(expectsMostProbesToMiss: true, notesCompanions: layout.tables[number].count > 1)
      team.divide(store.rowCount) { _, rows in table.insert(rows) }
    }
  }
}
