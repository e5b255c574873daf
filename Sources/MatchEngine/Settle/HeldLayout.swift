/// Where the held rows of one relation keep what settled rules want of them.
package struct HeldLayout: Sendable {
  package let rows: RowLayout
  /// Fields in the order of their cells, with the word at which each begins.
  let cells: [(field: Int, type: FieldType, word: Int)]
  /// Fields whose reason codes are kept, with their words.
  let notes: [(field: Int, word: Int)]
  /// Fields whose texts are kept, in order.
  let texts: [Int]
  /// The key fields of every table.
  let tables: [[Int]]

  /// `isSource`: rows are written once, by batches, and rare values may take half a word. Values of the types
  /// `replaced` may be exchanged afterwards, so that cells of theirs do not say what stood in the file.
  init(_ needs: SettledNeeds.Relation, fields: [Job.Field], isSource: Bool, replaced: Set<FieldType>) {
    let held = needs.cells.sorted()
    let noted = needs.notes.sorted()
    texts = needs.texts.sorted()
    tables = needs.tables
    let keys = Set(tables.flatMap(\.self))
    let narrow = isSource ? held.filter { !keys.contains($0) && fields[$0].isNarrow } : []
    var rows = RowLayout(
      tableCount: tables.count,
      cellWordCount: held.reduce(0) { $0 + (narrow.contains($1) ? 0 : fields[$1].type.wordCount) } + noted.count,
      textCount: texts.count, narrowCount: narrow.count)
    var word = rows.firstCellWord
    var cells: [(field: Int, type: FieldType, word: Int)] = []
    for field in held {
      if let number = narrow.firstIndex(of: field) {
        cells.append((field, fields[field].type, RowLayout.narrowWord(number)))
        continue
      }
      cells.append((field, fields[field].type, word))
      word += fields[field].type.wordCount
    }
    self.cells = cells
    if isSource {
      rows.findTextCells { [texts] text in
        cells.first { $0.field == texts[text] && !replaced.contains($0.type) }.map { ($0.word, $0.type) }
      }
    }
    self.rows = rows
    var notes: [(field: Int, word: Int)] = []
    for field in noted {
      notes.append((field, word))
      word += 1
    }
    self.notes = notes
  }

  func word(of field: Int) -> Int {
    guard let cell = cells.first(where: { $0.field == field }) else { preconditionFailure("the field is held") }
    return cell.word
  }

  func noteWord(of field: Int) -> Int? { notes.first { $0.field == field }?.word }

  func text(of field: Int) -> Int {
    guard let text = texts.firstIndex(of: field) else { preconditionFailure("the text is kept") }
    return text
  }

  func table(_ fields: [Int]) -> Int {
    guard let table = tables.firstIndex(of: fields) else { preconditionFailure("the key has a table") }
    return table
  }

  func keyWords(ofTable table: Int) -> [KeyTable.KeyWord] {
    tables[table].flatMap { field -> [KeyTable.KeyWord] in
      guard let cell = cells.first(where: { $0.field == field }) else { preconditionFailure("keys are held") }
      return (0..<cell.type.wordCount).map { KeyTable.KeyWord(word: cell.word + $0, isFirst: $0 == 0) }
    }
  }
}

extension Job.Field {
  /// Its values are small numbers, or few of them are different: codes, and texts that most records lack.
  fileprivate var isNarrow: Bool {
    switch type {
    case .date, .month, .money, .number, .code: true
    case .text: !isRequired
    case .residentID, .personName, .account: false
    }
  }
}
