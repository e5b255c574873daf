/// Shows enough of a value to find it in its file, and never a whole identity number, account or name.
///
///     characters   1   2–3   4–7   8–11   12–14   15 and more
///     first        1    1     1     2      4       6
///     last         0    0     1     2      2       4
///
/// Everything between is `*`; at most 64 characters are shown. Control characters, line breaks and bytes that are not
/// UTF-8
/// become U+FFFD, one a character or maximal broken piece.
package struct Mask: Sendable {
  package static let shownMax = 64

  package static func masked(_ value: Span<UInt8>) -> String {
    // Only both ends are shown, so the middle of a very long value is not decoded.
    let decodedMax = 4096
    guard value.count > decodedMax else { return masked(decoded(value)) }
    let start = Array(decoded(value.extracting(0..<16)).unicodeScalars.prefix(6))
    let end = Array(decoded(value.extracting(value.count - 16..<value.count)).unicodeScalars.suffix(4))
    return shown(start: start, hidden: shownMax, end: end)
  }

  /// Appends what is shown of `value`; the short way for printable ASCII, which most values are.
  package static func append(_ value: Span<UInt8>, to output: inout [UInt8]) {
    let (first, last) = shownCounts(value.count)
    var isPlain = value.count > first + last
    for index in value.indices where value[index] < 0x20 || value[index] >= 0x7F { isPlain = false }
    guard isPlain else {
      output.append(contentsOf: masked(value).utf8)
      return
    }
    for index in 0..<first { output.append(value[index]) }
    for _ in 0..<min(value.count - first - last, shownMax - first - last) { output.append(UInt8(ascii: "*")) }
    for index in value.count - last..<value.count { output.append(value[index]) }
  }

  /// Characters shown at both ends of a value of `count` characters.
  private static func shownCounts(_ count: Int) -> (first: Int, last: Int) {
    switch count {
    case ...3: (1, 0)
    case ...7: (1, 1)
    case ...11: (2, 2)
    case ...14: (4, 2)
    default: (6, 4)
    }
  }

  package static func masked(_ value: String) -> String {
    let scalars = Array(value.unicodeScalars)
    let (first, last) = shownCounts(scalars.count)
    guard scalars.count > first + last else { return shown(start: scalars, hidden: 0, end: []) }
    return shown(
      start: Array(scalars.prefix(first)), hidden: scalars.count - first - last, end: Array(scalars.suffix(last)))
  }

  private static func decoded(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    copy.append(span: bytes)
    return String(decoding: copy, as: UTF8.self)
  }

  private static func shown(start: [Unicode.Scalar], hidden: Int, end: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: start)
    text.append(contentsOf: repeatElement("*", count: min(hidden, shownMax - start.count - end.count)))
    text.append(contentsOf: end)
    return String(text).oneLine
  }
}
