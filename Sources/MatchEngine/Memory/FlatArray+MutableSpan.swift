extension FlatArray {
  /// Lends `self[start ..< start + length]` to be written; nothing else may touch this range during the call.
  package func withMutableSpan<Result, Failure>(
    from start: Int, count length: Int, _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    // SAFETY: the range was checked, its elements are initialised, and its owner keeps it alive during the call.
    var span = unsafe MutableSpan(_unsafeStart: base + start, count: length)
    return try body(&span)
  }
}
