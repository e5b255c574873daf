/// Reads an XLSX file back and compares its cells with those that were to be written.
///
/// The writer puts parts of a file into temporary files and does not look whether that worked: a disk that is full, or
/// fails, leaves a file that is shorter than it should be, and no error. A part that does not end, a sheet that lacks a
/// cell, or has another text in one, is found here.
struct SpreadsheetCheck {
  /// The cells of a sheet, in any order: how many, and the sum of a hash of each.
  struct Cells: Hashable {
    private(set) var count = 0
    private var sum: UInt64 = 0

    /// `place` is as in `A1`; an empty text is that of a cell without a value.
    mutating func add(place: [UInt8], text: [UInt8]) { add(place + [0] + text) }

    /// Numbers are the same up to a millionth, since a file has fewer digits.
    mutating func add(place: [UInt8], number: Double) {
      let scaled = (number * 1_000_000).rounded()
      let word = abs(scaled) < 9e18 ? Int64(scaled) : scaled < 0 ? Int64.min : Int64.max
      add(place + [1] + Array(String(word).utf8))
    }

    private mutating func add(_ bytes: [UInt8]) {
      count += 1
      sum &+= XXH3.digest(bytes.span).low
    }

    static func place(row: Int, column: Int) -> [UInt8] {
      var letters: [UInt8] = []
      var rest = column + 1
      while rest > 0 {
        letters.insert(UInt8(65 + (rest - 1) % 26), at: 0)
        rest = (rest - 1) / 26
      }
      return letters + Array(String(row + 1).utf8)
    }
  }

  private let file: SpillFile
  private let path: String
  private let byteCount: Int

  private var damage: RunError {
    .damaged(path: path, format: "xlsx", reason: "what was written does not come back; the disk may be full, or fail")
  }

  /// Throws unless the file has these cells: `sheets` are in the order of the file; `path` is for errors.
  static func check(_ file: SpillFile, against sheets: [Cells], path: String) throws(RunError) {
    try SpreadsheetCheck(file: file, path: path, byteCount: file.byteCount()).check(sheets)
  }

  private func check(_ sheets: [Cells]) throws(RunError) {
    var found: [String: Cells] = [:]
    for part in try parts() { found[part.name] = try cells(of: part) }
    let needed = [
      "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
      "xl/theme/theme1.xml"
    ]
    guard needed.allSatisfy({ found[$0] != nil }) else { throw damage }
    for (index, cells) in sheets.enumerated() where found["xl/worksheets/sheet\(index + 1).xml"] != cells {
      throw damage
    }
  }

  // MARK: - The archive

  /// A part of the archive, deflated.
  private struct Part {
    var name: String
    var start: Int
    var byteCount: Int
    /// The CRC and the length of what comes out of it, as they stand behind a gzip member.
    var trailer: [UInt8]
  }

  private func read(_ count: Int, at offset: Int) throws(RunError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset + count <= byteCount else { throw damage }
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    guard try file.read(into: &span, at: offset) == count else { throw damage }
    return bytes
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
    bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The parts by the directory at the end (PKWARE APPNOTE 4.3.12 and 4.3.16).
  private func parts() throws(RunError) -> [Part] {
    let end = try read(22, at: byteCount - 22)
    guard Self.number(end, 0, 4) == 0x0605_4B50 else { throw damage }
    var at = Self.number(end, 16, 4)
    var parts: [Part] = []
    for _ in 0..<Self.number(end, 10, 2) {
      let entry = try read(46, at: at)
      guard Self.number(entry, 0, 4) == 0x0201_4B50, Self.number(entry, 10, 2) == 8 else { throw damage }
      let name = try read(Self.number(entry, 28, 2), at: at + 46)
      let local = Self.number(entry, 42, 4)
      let head = try read(30, at: local)
      parts.append(
        Part(
          name: String(decoding: name, as: UTF8.self),
          start: local + 30 + Self.number(head, 26, 2) + Self.number(head, 28, 2),
          byteCount: Self.number(entry, 20, 4), trailer: Array(entry[16..<20] + entry[24..<28])))
      at += 46 + name.count + Self.number(entry, 30, 2) + Self.number(entry, 32, 2)
    }
    return parts
  }

  /// The cells of a part, all of whose elements have to end.
  private func cells(of part: Part) throws(RunError) -> Cells {
    let decoder = try Gzip(path: path)
    var reader = CellReader()
    var room = [UInt8](repeating: 0, count: Self.blockByteCount)
    // The head of a gzip member, what is deflated, and its trailer.
    var (input, at, isAtEnd): ([UInt8], Int, Bool) = ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], 0, false)
    while true {
      var length = 0
      while length < input.count {
        var span = room.mutableSpan
        let step = try decoder.step(
          input.span.extracting(length..<input.count), into: &span, from: 0, path: path)
        length += step.consumed
        guard reader.take(room[..<step.produced]) else { throw damage }
        if step.isAtEnd { isAtEnd = true }
        if step.isAtEnd || step.consumed == 0 && step.produced == 0 { break }
      }
      guard !isAtEnd, length == input.count else { break }
      if at == part.byteCount + 1 { break }
      let count = min(Self.blockByteCount, part.byteCount - at)
      input = count > 0 ? try read(count, at: part.start + at) : part.trailer
      at += max(count, 1)
    }
    guard isAtEnd, let cells = reader.cells else { throw damage }
    return cells
  }

  private static let blockByteCount = 1 << 16
}

/// Takes the cells out of the XML of a sheet as it comes.
private struct CellReader {
  private var found = SpreadsheetCheck.Cells()
  /// Names of elements that have not ended, behind each other, and where each begins.
  private var names: [UInt8] = []
  private var starts: [Int] = []
  private var hasElement = false
  /// What is left of the stretch before.
  private var rest: [UInt8] = []
  private var place: [UInt8] = []
  private var text: [UInt8] = []
  private var isNumber = false

  /// The cells, when all elements have ended.
  var cells: SpreadsheetCheck.Cells? {
    hasElement && starts.isEmpty && !rest.contains(UInt8(ascii: "<")) ? found : nil
  }

  /// False where the elements do not stand inside each other.
  mutating func take(_ stretch: ArraySlice<UInt8>) -> Bool {
    let bytes = rest + stretch
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "<") {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: ">")) else { break }
        guard takeTag(bytes[at + 1..<end]) else { return false }
        at = end + 1
      } else {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "<")) else { break }
        if isOpen(UInt8(ascii: "t")) || isOpen(UInt8(ascii: "v")) { appendText(bytes[at..<end]) }
        at = end
      }
    }
    rest = Array(bytes[at...])
    return true
  }

  /// Whether the last element that has not ended is called `name`.
  private func isOpen(_ name: UInt8) -> Bool { names.last == name && starts.last == names.count - 1 }

  private mutating func takeTag(_ tag: ArraySlice<UInt8>) -> Bool {
    let slash = UInt8(ascii: "/")
    guard let first = tag.first, let last = tag.last else { return false }
    if first == UInt8(ascii: "?") { return true }
    if first == slash {
      guard let start = starts.popLast(), names[start...].elementsEqual(tag.dropFirst()) else { return false }
      names.removeLast(names.count - start)
      if tag.count == 2, last == Self.cell { endCell() }
      return true
    }
    hasElement = true
    let end = tag.firstIndex { $0 == UInt8(ascii: " ") || $0 == slash } ?? tag.endIndex
    let isCell = first == Self.cell && end == tag.startIndex + 1
    if isCell {
      place = Array(Self.attribute(UInt8(ascii: "r"), of: tag[end...]) ?? [])
      text.removeAll(keepingCapacity: true)
      // A cell without a value ends at once.
      isNumber = last != slash && Self.attribute(UInt8(ascii: "t"), of: tag[end...]) == nil
    }
    if last != slash {
      starts.append(names.count)
      names += tag[..<end]
    } else if isCell {
      endCell()
    }
    return true
  }

  private static let cell = UInt8(ascii: "c")

  private mutating func endCell() {
    if isNumber, let number = Double(String(decoding: text, as: UTF8.self)) {
      found.add(place: place, number: number)
    } else {
      found.add(place: place, text: text)
    }
  }

  /// The value of an attribute whose name is one letter.
  private static func attribute(_ name: UInt8, of tag: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let (quote, blank) = (UInt8(ascii: "\""), UInt8(ascii: " "))
    var at = tag.startIndex
    while at + 3 < tag.endIndex {
      if tag[at] == blank, tag[at + 1] == name, tag[at + 2] == UInt8(ascii: "="), tag[at + 3] == quote {
        return tag[(at + 4)...].prefix { $0 != quote }
      }
      at += 1
    }
    return nil
  }

  private static let entities: [(text: String, byte: UInt8)] = [
    ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
    ("&quot;", UInt8(ascii: "\""))
  ]

  private mutating func appendText(_ part: ArraySlice<UInt8>) {
    var at = part.startIndex
    while at < part.endIndex {
      let isEscaped = part[at] == UInt8(ascii: "&")
      if isEscaped, let entity = Self.entities.first(where: { part[at...].starts(with: $0.text.utf8) }) {
        text.append(entity.byte)
        at += entity.text.utf8.count
      } else {
        text.append(part[at])
        at += 1
      }
    }
  }
}
