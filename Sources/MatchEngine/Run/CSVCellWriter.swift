/// Writes CSV records into bytes: RFC 4180 with LF line ends, quotes only where they are needed.
///
/// A text cell that a spreadsheet would take for a formula gets an apostrophe in front; numbers that the engine
/// writes itself do not.
package struct CSVCellWriter: Sendable {
  /// The records written since the last `removeAll`.
  package private(set) var bytes: [UInt8] = []
  private var isInRecord = false

  package init(byteCapacity: Int = 0) { bytes.reserveCapacity(byteCapacity) }

  /// Empties `bytes` and keeps their room.
  package mutating func removeAll() {
    precondition(!isInRecord, "a record is open")
    bytes.removeAll(keepingCapacity: true)
  }

  /// A cell of text from data, guarded against formulas.
  package mutating func text(_ cell: Span<UInt8>) {
    separate()
    let isGuarded = Self.looksLikeFormula(cell)
    let isQuoted = Self.needsQuotes(cell)
    if isQuoted { bytes.append(UInt8(ascii: "\"")) }
    if isGuarded { bytes.append(UInt8(ascii: "'")) }
    if isQuoted {
      for index in cell.indices {
        if cell[index] == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(cell[index])
      }
      bytes.append(UInt8(ascii: "\""))
    } else {
      bytes.append(span: cell)
    }
  }

  /// A cell of text from data, guarded against formulas.
  package mutating func text(_ cell: [UInt8]) { text(cell.span) }

  /// A cell of text from data, guarded against formulas.
  package mutating func text(_ cell: String) { text(Array(cell.utf8).span) }

  /// A number, date or other value that the engine formatted itself; its characters never need quotes.
  package mutating func number(_ cell: String) {
    separate()
    bytes.append(contentsOf: cell.utf8)
  }

  /// A cell that the engine alone reads again: quoted where it must be, not guarded.
  mutating func raw(_ cell: String) {
    separate()
    let text = Array(cell.utf8)
    guard Self.needsQuotes(text.span) else {
      bytes += text
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func number(_ value: Int) { number(String(value)) }

  package mutating func endRecord() {
    bytes.append(UInt8(ascii: "\n"))
    isInRecord = false
  }

  private mutating func separate() {
    if isInRecord { bytes.append(UInt8(ascii: ",")) }
    isInRecord = true
  }

  private static func needsQuotes(_ cell: Span<UInt8>) -> Bool {
    for index in cell.indices {
      switch cell[index] {
      case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0D, 0x0A: return true
      default: continue
      }
    }
    return false
  }

  /// True for a cell that starts with = + - @ TAB CR or a full-width ＝ ＋ － ＠.
  static func looksLikeFormula(_ cell: Span<UInt8>) -> Bool {
    guard !cell.isEmpty else { return false }
    switch cell[0] {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: return true
    case 0xEF:
      guard cell.count >= 3, cell[1] == 0xBC else { return false }
      return [0x9D, 0x8B, 0x8D, 0xA0].contains(cell[2])
    default: return false
    }
  }
}
