/// Values one a line in, `status TAB normalized TAB codes` one a line out.
///
/// A line ends at a line feed alone; a carriage return before it belongs to the value. The input comes in pieces of any
/// length; what stands behind the last line feed waits for the next piece or for `finish`.
package struct LineNormalizer {
  package enum Encoding: String, CaseIterable, Sendable {
    case utf8 = "utf-8"
    case gb18030
  }

  /// The lines whose value was invalid, so far.
  package private(set) var invalidCount = 0

  private let kind: NormalizerKind
  private let asOf: CalendarDate
  private let decoder: GB18030Decoder?
  private var started: [UInt8] = []
  private var decoded: [UInt8] = []

  package init(kind: NormalizerKind, encoding: Encoding, asOf: CalendarDate) {
    self.kind = kind
    self.asOf = asOf
    decoder = encoding == .gb18030 ? GB18030Decoder() : nil
  }

  /// Takes the next piece of the input; appends a line for each line that it completes.
  package mutating func append(_ bytes: borrowing Span<UInt8>, to output: inout [UInt8]) {
    var start = 0
    while let end = Self.lineFeed(in: bytes, from: start) {
      if started.isEmpty {
        line(bytes.extracting(start..<end), to: &output)
      } else {
        started.append(copying: bytes.extracting(start..<end))
        finishStarted(to: &output)
      }
      start = end + 1
    }
    started.append(copying: bytes.extracting(start..<bytes.count))
  }

  /// Ends the input; a last line without its line feed counts.
  package mutating func finish(to output: inout [UInt8]) {
    if !started.isEmpty { finishStarted(to: &output) }
  }

  private mutating func finishStarted(to output: inout [UInt8]) {
    let value = started
    started.removeAll(keepingCapacity: true)
    line(value.span, to: &output)
  }

  private mutating func line(_ value: borrowing Span<UInt8>, to output: inout [UInt8]) {
    guard let decoder else {
      normalize(value, isMalformed: false, to: &output)
      return
    }
    var text = decoded
    decoded = []
    text.removeAll(keepingCapacity: true)
    let malformedCount = decoder.decode(value, into: &text)
    normalize(text.span, isMalformed: malformedCount > 0, to: &output)
    decoded = text
  }

  private mutating func normalize(_ value: borrowing Span<UInt8>, isMalformed: Bool, to output: inout [UInt8]) {
    let start = output.count
    output.append(copying: Self.ok.span)
    var codes = kind.normalize(value, asOf: asOf, into: &output)
    if isMalformed {
      if kind != .text { output.removeLast(output.count - start - Self.ok.count) }
      codes = .decode
    }
    if !codes.isEmpty {
      if codes.isInvalid {
        invalidCount += 1
        output.replaceSubrange(start..<start + Self.ok.count, with: Self.invalid)
      } else if codes.isRepaired {
        output.replaceSubrange(start..<start + Self.ok.count, with: Self.repaired)
      }
    }
    output.append(UInt8(ascii: "\t"))
    codes.write(into: &output)
    output.append(UInt8(ascii: "\n"))
  }

  private static let ok = Array("ok\t".utf8)
  private static let repaired = Array("repaired\t".utf8)
  private static let invalid = Array("invalid\t".utf8)

  /// Where the next line feed stands, eight bytes at a time.
  private static func lineFeed(in bytes: borrowing Span<UInt8>, from start: Int) -> Int? {
    var index = start
    while index + 8 <= bytes.count {
      let difference = bytes.eightBytes(at: index) ^ 0x0A0A_0A0A_0A0A_0A0A
      // The lowest set top bit marks the first zero byte; borrows only disturb what stands behind it.
      let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
      if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count {
      if bytes[index] == 0x0A { return index }
      index += 1
    }
    return nil
  }
}
