internal import CKernels

/// The separators of one stretch of delimited text: delimiters and record ends outside quotes.
///
/// `separators[0]` is the position before the first record. With m = `recordEnds[r]`, field j of record r lies between
/// `separators[m + j]` and `separators[m + j + 1]`, both outside it, and the record ends at `separators[recordEnds[r
/// + 1]]`.
package final class SeparatorIndex {
  package private(set) var separators: FlatArray<UInt32>
  package private(set) var recordEnds: FlatArray<UInt32>
  package var separatorCount = 0
  package var recordCount = 0
  /// Separators behind those of the records, which belong to none.
  private var looseCount = 0
  package var quotedLineEnds = 0
  package var hasQuotes = false
  package var hasReturns = false

  /// Bytes that must be readable behind the text that is scanned.
  package static let padding = 128

  package init(capacity: Int) {
    separators = FlatArray(uninitialized: capacity + 2)
    recordEnds = FlatArray(uninitialized: capacity + 2)
    begin(at: 0)
  }

  deinit {
    separators.deallocate()
    recordEnds.deallocate()
  }

  /// Room for at least `capacity` separators; what is indexed stays.
  package func reserve(_ capacity: Int) {
    guard capacity + 2 > separators.count else { return }
    separators = Self.enlarged(separators, to: capacity + capacity / 2, keeping: separatorCount + looseCount + 1)
    recordEnds = Self.enlarged(recordEnds, to: capacity + capacity / 2, keeping: recordCount + 1)
  }

  private static func enlarged(_ array: FlatArray<UInt32>, to count: Int, keeping kept: Int) -> FlatArray<UInt32> {
    let more = FlatArray<UInt32>(uninitialized: count + 2)
    more.copy(from: array, at: 0, to: 0, count: kept)
    array.deallocate()
    return more
  }

  /// Empties the index; the first record will begin at `start`, which is not 0.
  package func begin(at start: Int) {
    separatorCount = 0
    recordCount = 0
    looseCount = 0
    quotedLineEnds = 0
    hasQuotes = false
    hasReturns = false
    separators[0] = UInt32(max(start, 1) - 1)
    recordEnds[0] = 0
  }

  package func append(separator: Int) {
    reserve(separatorCount + 1)
    separatorCount += 1
    separators[separatorCount] = UInt32(separator)
  }

  /// Puts a separator behind those of the records and returns its number; no record may be added after that.
  package func appendLoose(_ position: Int) -> Int {
    reserve(separatorCount + looseCount + 1)
    looseCount += 1
    separators[separatorCount + looseCount] = UInt32(position)
    return separatorCount + looseCount
  }

  /// Forgets the separators that `appendLoose` put.
  package func removeLoose() { looseCount = 0 }
  var hasLoose: Bool { looseCount > 0 }

  package func endRecord() {
    reserve(recordCount + 1)
    recordCount += 1
    recordEnds[recordCount] = UInt32(separatorCount)
  }

  /// Forgets the records behind the first `count`.
  package func keepRecords(_ count: Int) {
    precondition(count <= recordCount)
    recordCount = count
    separatorCount = Int(recordEnds[count])
  }

  /// Where the last separator of record `record` stands.
  @inline(__always)
  package func recordEndPosition(_ record: Int) -> Int {
    record < 0 ? Int(separators[0]) : Int(separators[Int(recordEnds[record + 1])])
  }

  @inline(__always)
  package func recordStart(_ record: Int) -> Int { Int(separators[Int(recordEnds[record])]) + 1 }

  /// How many records begin before `stop`; the first begins at `start`.
  package func recordCount(beginningBefore stop: Int, from start: Int) -> Int {
    if start >= stop { return 0 }
    if recordCount == 0 || recordStart(recordCount - 1) < stop { return recordCount }
    var (low, high) = (0, recordCount - 1)  // record `high` begins at or behind the stop
    while low < high {
      let middle = (low + high) / 2
      if recordStart(middle) >= stop { high = middle } else { low = middle + 1 }
    }
    return high
  }

  package func recordsAreShorter(than byteCount: Int) -> Bool {
    for record in 0..<recordCount where recordEndPosition(record) - recordStart(record) > byteCount { return false }
    return true
  }

  /// Indexes `text[start ..< end]`, a stretch that begins at a record start; positions are counted from the array's
  /// start.
  ///
  /// Returns false when a quote stands where RFC 4180 has none: the index is void then and a slower scan has to decide.
  /// `variant` names a scan kernel, for tests; nil takes the fastest that this processor has.
  package func scan(
    _ text: FlatArray<UInt8>, from start: Int, to end: Int, delimiter: UInt8, variant: String? = nil
  ) -> Bool {
    precondition(start >= 1 && start <= end && end + Self.padding <= text.count && end < Int(UInt32.max))
    begin(at: start)
    reserve(end - start + Self.padding)
    let result: mr_scan
    // SAFETY: the kernel reads at most 65 bytes behind `end` (checked above) and writes at most one entry a byte plus
    // 64, for which `reserve` made room.
    if let variant {
      var supported: Int32 = 0
      result = unsafe mr_scan_separators_with(
        variant, &supported, text.base + start, end - start, UInt32(start), delimiter, separators.base + 1,
        recordEnds.base + 1)
      precondition(supported == 1, "scan variant not supported by this processor")
    } else {
      result = unsafe mr_scan_separators(
        text.base + start, end - start, UInt32(start), delimiter, separators.base + 1, recordEnds.base + 1)
    }
    guard result.is_irregular == 0 else { return false }
    separatorCount = Int(result.separator_count)
    recordCount = Int(result.record_count)
    quotedLineEnds = Int(result.quoted_line_ends)
    hasQuotes = result.has_quotes != 0
    hasReturns = result.has_returns != 0
    return true
  }

  /// The scan kernels this processor can run, slowest first.
  package static var variants: [String] {
    ["portable", "sse2", "avx2", "avx512"].filter { name in
      var supported: Int32 = 0
      let text = FlatArray<UInt8>(repeating: 0, count: padding)
      let room = FlatArray<UInt32>(repeating: 0, count: padding)
      defer {
        text.deallocate()
        room.deallocate()
      }
      // SAFETY: a text of no bytes, with the padding and room that the kernel asks for.
      _ = unsafe mr_scan_separators_with(name, &supported, text.base, 0, 0, 44, room.base, room.base)
      return supported == 1
    }
  }
}
