internal import CKernels

extension FlatArray where Element == UInt64 {
  /// Sets bits of a word that other threads set bits of, too; returns the word as it was.
  @discardableResult
  func setBits(_ bits: UInt64, of index: Int) -> UInt64 {
    precondition(index >= 0 && index < count)
    // SAFETY: the word is inside the array, as just checked.
    return unsafe mr_or(base + index, bits)
  }
}
