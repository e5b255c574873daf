import Synchronization

/// One line on the terminal that says how far a run is; silent when standard error is no terminal.
///
/// Workers call `advance` once a chunk; whoever finds the line old enough writes it, so no thread waits for it.
package final class ProgressMeter: Sendable {
  private let isShown: Bool
  /// Bytes of all inputs; 0 when they are not known.
  private let totalByteCount: Int
  private let start = ProcessState.seconds
  private let byteCount = Atomic<Int>(0)
  private let rowCount = Atomic<Int>(0)
  /// Tenths of a second after the start when the line is written next.
  private let nextTenths = Atomic<Int>(5)

  package init(totalByteCount: Int, isQuiet: Bool) {
    self.totalByteCount = totalByteCount
    isShown = !isQuiet && StandardStream.error.isTerminal
  }

  /// Adds what was read since the last call.
  package func advance(bytes: Int, rows: Int) {
    guard isShown else { return }
    let allBytes = byteCount.add(bytes, ordering: .relaxed).newValue
    let allRows = rowCount.add(rows, ordering: .relaxed).newValue
    let seconds = ProcessState.seconds - start
    let tenths = Int(seconds * 10)
    let next = nextTenths.load(ordering: .relaxed)
    guard tenths >= next,
      nextTenths.compareExchange(expected: next, desired: tenths + 2, ordering: .relaxed).exchanged
    else { return }
    show(Self.line(bytes: allBytes, of: totalByteCount, rows: allRows, seconds: seconds))
  }

  /// Removes the line from the terminal.
  package func finish() {
    guard isShown, nextTenths.load(ordering: .relaxed) > 5 else { return }
    show("")
  }

  private func show(_ line: String) {
    // Progress is no result: a terminal that went away must not end the run.
    do { try StandardStream.error.write("\r\(line)\u{1B}[K") } catch { return }
  }

  /// `412 MB of 1.3 GB, 1,234,567 rows/s, 12 s left`
  static func line(bytes: Int, of total: Int, rows: Int, seconds: Double) -> String {
    var parts = [total > 0 ? "\(size(bytes)) of \(size(total))" : size(bytes)]
    if seconds > 0 { parts.append("\((Int(Double(rows) / seconds)).grouped) rows/s") }
    if total > 0 && bytes > 0 {
      let left = max(0, seconds * Double(total - min(bytes, total)) / Double(bytes))
      parts.append(left < 90 ? "\(Int(left.rounded(.up))) s left" : "\(Int((left / 60).rounded(.up))) min left")
    }
    return parts.joined(separator: ", ")
  }

  private static func size(_ bytes: Int) -> String {
    if bytes < 1_000_000 { return "\(bytes / 1000) kB" }
    if bytes < 1_000_000_000 { return "\(bytes / 1_000_000) MB" }
    return "\(bytes / 1_000_000_000).\(bytes / 100_000_000 % 10) GB"
  }
}

extension Int {
  /// Decimal digits in groups of three: `1,234,567`.
  package var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
