import MatchEngine

/// Bytes that come in pieces of the given sizes, the last size for the rest.
struct PieceSource: ByteSource {
  let bytes: [UInt8]
  let sizes: [Int]
  private var offset = 0
  private var count = 0

  init(_ bytes: [UInt8], sizes: [Int] = [1 << 20]) {
    self.bytes = bytes
    self.sizes = sizes
  }

  mutating func read(into buffer: inout [UInt8]) -> Int {
    let size = min(sizes[min(count, sizes.count - 1)], bytes.count - offset)
    buffer.append(contentsOf: bytes[offset..<offset + size])
    offset += size
    count += 1
    return size
  }
}

/// What a splitter says about a text, without offsets into pieces.
struct SplitText: Equatable {
  enum Entry: Equatable {
    case record([String])
    case rejected(RejectCode)
    case empty
  }

  var entries: [Entry] = []
  /// The line on which each entry begins, or that of the open quote.
  var lines: [Int] = []
  var ends: [Int] = []
  var textsAfterQuote = 0
  var lineEndings: [LineEnding?] = []

  /// Splits `bytes`, of which `firstPiece` come first and then `piece` a time.
  init(
    _ bytes: [UInt8], _ delimiter: Delimiter = .comma, limits: RecordSplitter.Limits = .init(),
    firstPiece: Int? = nil, piece: Int? = nil
  ) {
    var splitter = RecordSplitter(delimiter: delimiter, limits: limits)
    var known = firstPiece ?? bytes.count
    var base = 0  // bytes before the window
    var offset = 0
    var line = 1
    while true {
      let window = Array(bytes[base..<known])
      let step = splitter.next(in: window.span, from: offset, isFinal: known == bytes.count)
      let entry: Entry
      let end: Int
      switch step {
      case .record(let next):
        let cells = splitter.fields.map { field in
          var cell: [UInt8] = []
          RecordSplitter.append(field, in: window.span, to: &cell)
          return String(decoding: cell, as: UTF8.self)
        }
        (entry, end) = (.record(cells), next)
      case .rejected(let code, let next): (entry, end) = (.rejected(code), next)
      case .emptyLine(let next): (entry, end) = (.empty, next)
      case .needsMoreText(let keepFrom):
        base += keepFrom
        offset = 0
        known = min(known + (piece ?? bytes.count), bytes.count)
        continue
      case .endOfText: return
      }
      entries.append(entry)
      lines.append(line + splitter.lineEndCountBeforeProblem)
      ends.append(base + end)
      lineEndings.append(splitter.lineEnding)
      textsAfterQuote += splitter.hasTextAfterQuote ? 1 : 0
      line += splitter.lineEndCount
      offset = end
    }
  }

  /// The cells of all records.
  var records: [[String]] {
    entries.compactMap { if case .record(let cells) = $0 { cells } else { nil } }
  }
}

/// A small generator of equal numbers on every machine (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
