/// The rejected records and unusable values that one worker met in one source, in the order in which it met them.
///
/// Each worker sees rising positions, so its first `shownMax` of a code hold all of its share in the first `shownMax`
/// of the source.
package struct RejectList: Sendable {
  /// Lines of a code that `rejects/<source>.csv` lists; further ones are counted.
  package static let shownMax = 100_000
  /// Bytes of a whole record that are shown.
  static let shownByteCount = 256

  /// A place in a source; the order of places is the order in the file.
  package struct Place: Hashable, Sendable {
    /// Index into the source's files.
    package var file: Int32
    /// Number of the chunk in its file.
    package var chunk: Int32
    /// Line within the chunk, 0 for its first.
    package var line: Int32
    /// Index of the column in the file's header; −1 for the record as a whole.
    package var column: Int32

    package init(file: Int, chunk: Int, line: Int, column: Int?) {
      self.file = Int32(file)
      self.chunk = Int32(chunk)
      self.line = Int32(line)
      self.column = Int32(column ?? -1)
    }
  }

  struct Entry: Sendable {
    var place: Place
    var code: Int32
    /// Where the masked value ends in `values`; it begins where the one before ends.
    var valueEnd: Int
  }

  let shownMax: Int
  private(set) var entries: [Entry] = []
  private(set) var values: [UInt8] = []
  private(set) var codes: [String] = []
  private(set) var counts: [Int] = []

  /// `shownMax` is smaller only where a test wants it so.
  package init(shownMax: Int = Self.shownMax) { self.shownMax = shownMax }

  /// Notes one value or record; `value` is masked here and is not kept.
  package mutating func add(_ place: Place, code: String, value: Span<UInt8>) {
    guard let index = count(code) else { return }
    Mask.append(value, to: &values)
    entries.append(Entry(place: place, code: index, valueEnd: values.count))
  }

  /// Notes one value that was decoded already.
  package mutating func add(_ place: Place, code: String, value: String) {
    guard let index = count(code) else { return }
    values.append(contentsOf: Mask.masked(value).utf8)
    entries.append(Entry(place: place, code: index, valueEnd: values.count))
  }

  /// Notes a record of a chunk that was rejected.
  mutating func add(_ record: Int, _ code: RejectCode, of chunk: Chunk) {
    let start = chunk.index.recordStart(record)
    let end = max(start, chunk.index.recordEndPosition(record))
    add(
      Place(file: chunk.file, chunk: 0, line: chunk.line(of: record), column: nil), code: code.rawValue,
      value: RecordShape.bytes(chunk.text.span(from: start, count: min(end - start, Self.shownByteCount))).span)
  }

  /// Counts `code`; nil when enough of it are listed.
  private mutating func count(_ code: String) -> Int32? {
    let index: Int
    if let known = codes.firstIndex(of: code) {
      index = known
    } else {
      index = codes.count
      codes.append(code)
      counts.append(0)
    }
    counts[index] += 1
    return counts[index] <= shownMax ? Int32(index) : nil
  }

  /// The same places in a source that has `count` files before.
  func moved(byFiles count: Int) -> RejectList {
    var result = self
    for index in result.entries.indices { result.entries[index].place.file += Int32(count) }
    return result
  }

  /// All that were met, listed or not, by code.
  static func counts(_ lists: [RejectList]) -> [String: Int] {
    lists.reduce(into: [:]) { counts, list in
      for (code, count) in zip(list.codes, list.counts) { counts[code, default: 0] += count }
    }
  }

  func value(of entry: Int) -> ArraySlice<UInt8> {
    values[(entry == 0 ? 0 : entries[entry - 1].valueEnd)..<entries[entry].valueEnd]
  }
}
