internal import Normalizers

/// Rows of a view that stand for groups of a part's rows.
extension ViewMaker {
  /// What makes a group of a part's rows, and what is taken of it, by position in the view's layout.
  struct Grouping {
    var by: [Key]
    var percentiles: [(cell: Int, share: Int64)]

    struct Key {
      var cell: Int
      var field: Int
      /// Where the field's text is; nil where its cell gives the text back.
      var text: Int?
      /// What delivered words mean in the sources from which the value comes.
      var meanings: [[String: String]]
    }
  }

  /// Sorts the part's rows `range` into groups; a row without one of the values that make a group is in none.
  func collect(_ part: Part, _ grouping: Grouping, _ range: Range<Int>, into groups: inout RowGroups) {
    forEachBatch(part, range) { lanes in
      var isKept = Array(repeating: true, count: lanes.count)
      var key: [[Int64]] = []
      for place in grouping.by {
        let type = target.layout.cells[place.cell].type
        var (first, second) = ([Int64](repeating: 0, count: lanes.count), [Int64](repeating: 0, count: lanes.count))
        forEachValue(part.cells[place.cell], type, lanes) { lane, one, two in
          (first[lane], second[lane]) = (one, two)
          if !Cell.isUsable(one) { isKept[lane] = false }
        }
        key.append(first)
        if type.wordCount == 2 { key.append(second) }
      }
      let values = grouping.percentiles.map { percentile in
        var words = [Int64](repeating: 0, count: lanes.count)
        forEachValue(part.cells[percentile.cell], target.layout.cells[percentile.cell].type, lanes) { lane, one, _ in
          words[lane] = one
        }
        return words
      }
      for lane in 0..<lanes.count where isKept[lane] {
        groups.add(row: lanes.sides[0].rows[lane], keyCount: key.count) {
          key[$0][lane]
        } value: {
          values[$0][lane]
        }
      }
    }
  }

  /// The rows of the view for some groups, as texts by field.
  func rows(of groups: ArraySlice<RowGroups.Group>, _ part: Part, _ grouping: Grouping) -> [[[UInt8]]] {
    var rows: [[[UInt8]]] = []
    var start = groups.startIndex
    while start < groups.endIndex {
      let end = min(start + RecordBatch.capacity, groups.endIndex)
      let some = groups[start..<end]
      let texts = grouping.by.map { place in
        place.text.map { self.texts(part.texts[$0], of: some.map(\.row), part) }
      }
      for (lane, group) in some.enumerated() {
        var row = Array(repeating: [UInt8](), count: target.layout.cells.count)
        var word = 0
        for (place, texts) in zip(grouping.by, texts) {
          let type = target.layout.cells[place.cell].type
          let words = CellMaker.Words(
            first: group.key[word], second: type.wordCount == 2 ? group.key[word + 1] : 0)
          word += type.wordCount
          if let texts {
            row[place.field] = written(texts[lane], as: type, words, place.meanings)
          } else {
            FlagWriter.write(words.first, words.second, as: type.valueType, into: &row[place.field])
          }
        }
        for (percentile, values) in zip(grouping.percentiles, group.values) {
          let cell = target.layout.cells[percentile.cell]
          guard let value = RowGroups.percentile(of: values, percentile.share) else { continue }
          FlagWriter.write(value, 0, as: cell.type.valueType, into: &row[cell.field])
        }
        rows.append(row)
      }
      start = end
    }
    return rows
  }

  private func texts(_ term: ShownTerm?, of numbers: [UInt32], _ part: Part) -> [[UInt8]] {
    guard let term else { return numbers.map { _ in [] } }
    // As delivered: what is shown of it is mended, and might mean something else.
    if case .text(let text) = term {
      let window = TextWindow()
      return numbers.map { row in
        var bytes: [UInt8] = []
        part.relation.store.appendText(text.text, of: Int(row), to: &bytes, through: window)
        return bytes
      }
    }
    for (lane, row) in numbers.enumerated() { rows[lane] = row }
    var lanes = CellEvaluator.Lanes(count: numbers.count)
    let side = CellEvaluator.LaneSide(store: part.relation.store, rows: rows)
    lanes.sides = [side, side]
    return shown.texts(term, lanes)
  }

  /// The text that stands for a value, whichever of its rows is asked.
  private func written(
    _ text: [UInt8], as type: FieldType, _ words: CellMaker.Words, _ meanings: [[String: String]]
  ) -> [UInt8] {
    let delivered = String(decoding: text[CellMaker.trimmed(text.span)], as: UTF8.self)
    let forms = [text] + meanings.compactMap { $0[delivered].map { Array($0.utf8) } }
    let form = forms.first { form in
      let read = maker.words(form.span, as: type)
      return read.first == words.first && read.second == words.second
    }
    guard let form else { return text }
    if type == .code { return Array(form[CellMaker.trimmed(form.span)]) }
    guard type == .personName else { return form }
    var canonical: [UInt8] = []
    _ = PersonName.canonical(form.span, into: &canonical)
    return canonical
  }

  /// Adds rows of the view that are given as texts by field.
  func add(_ rows: ArraySlice<[[UInt8]]>) {
    let (store, layout) = (target.store, target.layout)
    for row in rows {
      let number = store.reserve(1)
      store.begin(number, count: 1, lanes: all, ruleBits: bits)
      for cell in layout.cells {
        let text = row[cell.field]
        let words = text.isEmpty ? CellMaker.Words(missing: .empty) : maker.words(text.span, as: cell.type)
        store.setWord(cell.word, of: number, to: words.first)
        if cell.type.wordCount == 2 { store.setWord(cell.word + 1, of: number, to: words.second) }
      }
      for note in layout.notes { store.setWord(note.word, of: number, to: 0) }
      if !layout.texts.isEmpty { put(layout.texts.map { row[$0] }, of: number) }
    }
  }
}
