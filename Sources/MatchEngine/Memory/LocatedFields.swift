/// The texts of the fields that a batch located last, by lane.
@safe
struct LocatedFields {
  // SAFETY: valid until the batch locates another column or its chunk is refilled; every position lies inside the
  // chunk's text.
  private let starts: UnsafePointer<UInt32>
  private let ends: UnsafePointer<UInt32>
  private let text: FlatArray<UInt8>

  init(_ batch: RecordBatch) {
    unsafe starts = UnsafePointer(batch.starts.base)
    unsafe ends = UnsafePointer(batch.ends.base)
    text = batch.chunk.text
  }

  /// The bytes of a lane's field.
  @inline(__always)
  @_lifetime(borrow self)
  subscript(_ lane: Int) -> Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let start = unsafe Int(starts[lane])
      let span = unsafe Span(_unsafeStart: text.base + start, count: Int(ends[lane]) &- start)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }
}
