/// `rejects/<source>.csv`: what a source's rejected records and unusable values are, by file, line and column.
package struct Rejects: Sendable {
  package static let header = ["file", "line", "column", "code", "value"]

  /// The lists of all workers of one source.
  package var lists: [RejectList]
  /// Names of the source's files.
  package var files: [String]
  /// Headers of each file's columns.
  package var columns: [[String]]
  /// The line, counted from one, at which each chunk of each file begins.
  package var chunkLines: [[Int]]

  package init(lists: [RejectList], files: [String], columns: [[String]], chunkLines: [[Int]]) {
    self.lists = lists
    self.files = files
    self.columns = columns
    self.chunkLines = chunkLines
  }

  /// All that were met, listed or not, by code.
  package var counts: [String: Int] { RejectList.counts(lists) }

  /// Entries that are met but not listed, by code.
  package var notListed: [String: Int] {
    let max = lists.map(\.shownMax).min() ?? RejectList.shownMax
    return counts.filter { $0.value > max }.mapValues { $0 - max }
  }

  /// Writes header and entries, sorted by file, line, column and code, at most `shownMax` of a code.
  package func write(to file: OutputFile) throws(RunError) {
    var cells = CSVCellWriter()
    for name in Self.header { cells.text(name) }
    cells.endRecord()
    let max = lists.map(\.shownMax).min() ?? RejectList.shownMax
    let all = Set(lists.flatMap(\.codes)).sorted()
    let codes = all.map { Array($0.utf8) }
    /// By list and code of the list: the code's place among all.
    let places = lists.map { list in list.codes.map { code in all.firstIndex(of: code) ?? 0 } }
    let fileNames = files.map { Array($0.utf8) }
    let columnNames = columns.map { $0.map { Array($0.utf8) } }
    var shown = Array(repeating: 0, count: all.count)
    for reference in sorted() {
      let entry = lists[reference.list].entries[reference.entry]
      let code = places[reference.list][Int(entry.code)]
      shown[code] += 1
      if shown[code] > max { continue }
      let (place, column) = (Int(entry.place.file), Int(entry.place.column))
      cells.text(fileNames[place])
      cells.number(reference.line)
      cells.text(column >= 0 && column < columnNames[place].count ? columnNames[place][column] : [])
      cells.text(codes[code])
      cells.text(lists[reference.list].value(of: reference.entry).span)
      cells.endRecord()
      if cells.bytes.count > 64 << 10 {
        try file.append(cells.bytes)
        cells.removeAll()
      }
    }
    try file.append(cells.bytes)
  }

  /// Where something was found.
  package struct Found: Hashable, Sendable {
    /// Index into `files`.
    package var file: Int
    package var line: Int
  }

  /// What was found: a code in a column, or of the record as a whole.
  package struct Finding: Hashable, Sendable {
    package var column: String
    package var code: String
  }

  /// The first `max` places of every finding, in the order of the files.
  package func firstPlaces(_ max: Int) -> [Finding: [Found]] {
    var places: [Finding: [Found]] = [:]
    for reference in sorted() {
      let entry = lists[reference.list].entries[reference.entry]
      let finding = Finding(column: columnName(entry.place), code: lists[reference.list].codes[Int(entry.code)])
      if places[finding, default: []].count >= max { continue }
      places[finding, default: []].append(Found(file: Int(entry.place.file), line: reference.line))
    }
    return places
  }

  private struct Reference {
    var file: Int32
    var column: Int32
    var line: Int
    var list: Int
    var entry: Int
  }

  private func columnName(_ place: RejectList.Place) -> String {
    let names = columns[Int(place.file)]
    return place.column >= 0 && Int(place.column) < names.count ? names[Int(place.column)] : ""
  }

  private func sorted() -> [Reference] {
    var references: [Reference] = []
    references.reserveCapacity(lists.reduce(0) { $0 + $1.entries.count })
    for (index, list) in lists.enumerated() {
      for (number, entry) in list.entries.enumerated() {
        let line = chunkLines[Int(entry.place.file)][Int(entry.place.chunk)] + Int(entry.place.line)
        references.append(
          Reference(file: entry.place.file, column: entry.place.column, line: line, list: index, entry: number))
      }
    }
    references.sort { first, second in
      if first.file != second.file { return first.file < second.file }
      if first.line != second.line { return first.line < second.line }
      if first.column != second.column { return first.column < second.column }
      return isBefore(first, second)
    }
    return references
  }

  /// The order of entries of one cell: by code, then by value.
  private func isBefore(_ first: Reference, _ second: Reference) -> Bool {
    let codes = [first, second].map { lists[$0.list].codes[Int(lists[$0.list].entries[$0.entry].code)] }
    if codes[0] != codes[1] { return codes[0] < codes[1] }
    return lists[first.list].value(of: first.entry).lexicographicallyPrecedes(
      lists[second.list].value(of: second.entry))
  }
}
