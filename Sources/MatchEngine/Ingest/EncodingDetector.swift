/// Tells the encoding of a file that nobody labelled.
///
/// A byte order mark decides; else the first non-ASCII bytes do, wherever they are: when the stretch of 64 KiB from
/// the first of them (or to the end of the file) is well-formed UTF-8 the file is UTF-8, else GB18030. A file of ASCII
/// only is UTF-8. UTF-16 without a mark is not recognised.
package struct EncodingDetector: Sendable {
  package static let stretchByteCount = 64 << 10
  /// The longest byte order mark that is looked for.
  package static let markByteCount = 4

  package init() {}

  /// The encoding that a byte order mark at the start of `bytes` names.
  package func mark(in bytes: borrowing Span<UInt8>) -> TextEncoding? {
    TextEncoding.allCases.first { starts(bytes, with: $0.byteOrderMark) }
  }

  package func starts(_ bytes: borrowing Span<UInt8>, with mark: [UInt8]) -> Bool {
    guard bytes.count >= mark.count else { return false }
    for index in mark.indices where bytes[index] != mark[index] { return false }
    return true
  }

  /// The offset of the first byte above 7F from `start` on, or `bytes.count`.
  package func firstNonASCII(in bytes: borrowing Span<UInt8>, from start: Int = 0) -> Int {
    var index = start
    while index < bytes.count, bytes[index] < 0x80 { index += 1 }
    return index
  }

  /// The encoding told by a stretch that begins with the first non-ASCII byte.
  ///
  /// `isWholeRest` says that the file ends with the stretch; otherwise its last character may be cut.
  package func encoding(ofStretch stretch: borrowing Span<UInt8>, isWholeRest: Bool) -> TextEncoding {
    var offset = 0
    let end = min(stretch.count, Self.stretchByteCount)
    let mayBeCut = !isWholeRest || end < stretch.count
    while offset < end {
      let piece = UTF8Piece(in: stretch, at: offset, end: end)
      if !piece.isWellFormed {
        return mayBeCut && piece.isCut ? .utf8 : .gb18030
      }
      offset += piece.byteCount
    }
    return .utf8
  }
}
