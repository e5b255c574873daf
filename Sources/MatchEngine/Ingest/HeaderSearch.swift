/// The first records of a text as one delimiter splits them, and which of them is the header.
struct HeaderSearch {
  /// The header is looked for in as many records.
  static let recordCount = 20
  /// A record with as many recognised words is a header.
  static let wordCount = 2

  struct Record {
    var cells: [String]
    /// Nil for a record that could be split.
    var code: RejectCode?
    var line: Int
    /// Where the next record begins.
    var end: Int
    var endLine: Int
  }

  let delimiter: Delimiter
  private(set) var records: [Record] = []
  /// The first record with enough recognised words.
  private(set) var recognised: Int?
  /// Recognised words of that record; 0 when there is none.
  private(set) var recognisedWordCount = 0

  init(in text: borrowing Span<UInt8>, isFinal: Bool, delimiter: Delimiter, words: Set<HeaderWord>) {
    self.delimiter = delimiter
    var splitter = RecordSplitter(delimiter: delimiter)
    var offset = 0
    var line = 1
    scan: while records.count < Self.recordCount {
      let step = splitter.next(in: text, from: offset, isFinal: isFinal)
      var record = Record(cells: [], code: nil, line: line, end: 0, endLine: line + splitter.lineEndCount)
      switch step {
      case .record(let end):
        record.end = end
        record.cells = splitter.fields.map { Self.text(of: $0, in: text) }
        records.append(record)
      case .rejected(let code, let end):
        record.end = end
        record.code = code
        record.line += splitter.lineEndCountBeforeProblem
        records.append(record)
      case .emptyLine(let end):
        record.end = end
      case .needsMoreText, .endOfText:
        break scan
      }
      offset = record.end
      line = record.endLine
    }
    for (index, record) in records.enumerated() {
      let count = record.cells.count { Self.isRecognised($0, words: words) }
      if count >= Self.wordCount {
        recognised = index
        recognisedWordCount = count
        break
      }
    }
  }

  /// How many of the records have the most frequent number of fields, and that number; (0, 1) without two fields.
  var agreement: (recordCount: Int, fieldCount: Int) {
    var frequency: [Int: Int] = [:]
    for record in records where record.cells.count >= 2 { frequency[record.cells.count, default: 0] += 1 }
    let best = frequency.max { ($0.value, $0.key) < ($1.value, $1.key) }
    return best.map { ($0.value, $0.key) } ?? (0, 1)
  }

  private static func isRecognised(_ cell: String, words: Set<HeaderWord>) -> Bool {
    let word = HeaderWord(cell)
    guard !word.isEmpty else { return false }
    return HeaderRole.meaning(of: word) != nil || words.contains(word)
  }

  static func text(of field: RecordSplitter.Field, in text: borrowing Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    RecordSplitter.append(field, in: text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Delimiter {
  /// The delimiter of a text that nobody described, from its first records, outside quotes.
  ///
  /// The one under which a record has the most recognised header words; without such a record the one under which the
  /// most records have the same number of fields, two at least; then the one with more fields; else the comma.
  package init(detectedIn text: borrowing Span<UInt8>, isFinal: Bool, headerWords: [String] = []) {
    let words = Set(headerWords.map { HeaderWord($0) })
    var best: (delimiter: Delimiter, score: (Int, Int, Int)) = (.comma, (0, 0, 0))
    for delimiter in Delimiter.allCases {
      let search = HeaderSearch(in: text, isFinal: isFinal, delimiter: delimiter, words: words)
      let agreement = search.agreement
      let score = (search.recognisedWordCount, agreement.recordCount, agreement.fieldCount)
      if score > best.score { best = (delimiter, score) }
    }
    self = best.delimiter
  }
}
