/// A fixed-size array in flat memory: a pointer and a count, copied freely, freed by its owner.
@safe
package struct FlatArray<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let base: UnsafeMutablePointer<Element>
  package let count: Int

  package init(count: Int, zeroed: Element) {
    unsafe base = .allocate(capacity: Swift.max(count, 1))
    unsafe base.initialize(repeating: zeroed, count: count)
    self.count = count
  }

  @inlinable @inline(__always)
  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  @inlinable @inline(__always)
  @_lifetime(borrow self)
  package func span(from start: Int, count length: Int) -> Span<Element> {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    let span = unsafe Span(_unsafeStart: base + start, count: length)
    return unsafe _overrideLifetime(span, borrowing: self)
  }
}
