/// Where one column's fields lie in the text of a batch's chunk: the innermost step of every field that is read.
///
/// The general way (`RecordBatch.range`) also resolves quotes and carriage returns; this one is for chunks that have
/// neither, which is nearly all of them.
@safe
struct FieldRanges {
  // SAFETY: valid while the batch's chunk is not refilled; the separators of a lane and its column exist because the
  // cursor took only records with as many separators as the file has columns.
  private let firstSeparators: UnsafePointer<UInt32>
  private let separators: UnsafePointer<UInt32>
  private let text: FlatArray<UInt8>

  /// The fields of `column`, or nil when a quote or a carriage return in the chunk asks for the general way.
  init?(_ batch: RecordBatch, column: Int) {
    let index = batch.chunk.index
    if index.hasQuotes || index.hasReturns { return nil }
    unsafe firstSeparators = UnsafePointer(batch.firstSeparators.base)
    unsafe separators = UnsafePointer(index.separators.base + column)
    text = batch.chunk.text
  }

  /// Start and end of the field in lane `lane`.
  @inline(__always)
  func range(_ lane: Int) -> (start: Int, end: Int) {
    let separator = unsafe separators + Int(firstSeparators[lane])
    return unsafe (Int(separator[0]) &+ 1, Int(separator[1]))
  }

  /// The bytes of a range that `range` gave.
  @inline(__always)
  @_lifetime(borrow self)
  func span(_ start: Int, _ end: Int) -> Span<UInt8> {
    let span = unsafe Span(_unsafeStart: text.base + start, count: end &- start)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The first byte of a field; some byte behind it when it is empty.
  @inline(__always)
  func firstByte(_ start: Int) -> UInt8 { unsafe text.base[start] }
}
