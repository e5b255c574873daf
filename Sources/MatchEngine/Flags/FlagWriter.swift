internal import Normalizers

/// Writes the columns of flags from lanes; one worker's own.
package final class FlagWriter {
  private let maker: CellMaker
  private let evaluator = CellEvaluator()
  private var buffer = FlagBuffer(byteCapacity: FlagWriter.pieceByteCount)
  private var full: [FlagBuffer] = []

  /// A buffer that has so many bytes is left as it is: one that grew and grew would be copied again and again, each
  /// time to memory that the system has to clear.
  private static let pieceByteCount = 256 << 10

  /// All flags that were added.
  package var buffers: [FlagBuffer] { full + [buffer] }

  package init(maker: CellMaker) { self.maker = maker }

  /// What texts of lanes are read from.
  package struct Sources {
    package var batch: RecordBatch?
    package var groupTexts: ((_ lane: Int, _ key: Int, _ output: inout [UInt8]) -> Void)?
    package init(batch: RecordBatch? = nil) { self.batch = batch }
  }

  /// Adds a flag of `rule` for every lane.
  package func add(rule: Int, _ terms: FlagTerms, _ lanes: CellEvaluator.Lanes, _ sources: Sources) {
    guard lanes.count > 0 else { return }
    evaluator.begin()
    let caseID = terms.caseID.map { prepare($0, lanes) }
    let idNumber = terms.idNumber.map { prepare($0, lanes) }
    let name = terms.name.map { prepare($0, lanes) }
    let district = terms.district.map { prepare($0, lanes) }
    let evidence = terms.evidence.map { prepare($0, lanes) }
    if let rows = lanes.firstRows { lanes.firstStore?.prefetchTexts(of: rows, count: lanes.count) }
    if let rows = lanes.secondRows { lanes.secondStore?.prefetchTexts(of: rows, count: lanes.count) }
    for lane in 0..<lanes.count {
      if buffer.bytes.count > Self.pieceByteCount - 1024 {
        full.append(buffer)
        buffer = FlagBuffer(byteCapacity: Self.pieceByteCount)
      }
      buffer.add(rule: rule) { output in
        if let caseID { write(caseID, lane, lanes, sources, isReported: true, into: &output) }
        output.append(0)
        if let idNumber { write(idNumber, lane, lanes, sources, isReported: true, into: &output) }
        output.append(0)
        for index in evidence.indices {
          if index > 0 { output.append(UInt8(ascii: "|")) }
          let start = output.count
          write(evidence[index], lane, lanes, sources, isReported: false, into: &output)
          replaceBars(from: start, in: &output)
        }
        output.append(0)
        if let name { write(name, lane, lanes, sources, isReported: false, into: &output) }
        output.append(0)
        if let district { write(district, lane, lanes, sources, isReported: false, into: &output) }
        output.append(0)
      }
    }
  }

  private enum Prepared {
    case literal([UInt8])
    case words(FlatArray<Int64>, FlatArray<Int64>?, ValueType)
    case text(FlagTerms.TextSource, ValueType)
  }

  private func prepare(_ term: FlagTerms.Term, _ lanes: CellEvaluator.Lanes) -> Prepared {
    switch term {
    case .literal(let bytes): return .literal(bytes)
    case .text(let source, let type): return .text(source, type)
    case .value(let value, let type):
      let words = evaluator.add(value, isWide: type.isWide, lanes)
      return .words(words.first, words.second, type)
    }
  }

  private func write(
    _ prepared: Prepared, _ lane: Int, _ lanes: CellEvaluator.Lanes, _ sources: Sources, isReported: Bool,
    into output: inout [UInt8]
  ) {
    switch prepared {
    case .literal(let bytes):
      output.append(contentsOf: bytes)
    case .words(let first, let second, let type):
      Self.write(first[lane], second?[lane] ?? 0, as: type, into: &output)
    case .text(let source, _):
      let start = output.count
      switch source {
      case .batch(let field):
        guard let batch = sources.batch, let records = lanes.records else {
          preconditionFailure("texts of a batch need the batch")
        }
        batch.appendText(field: field, lane: Int(records[lane]), to: &output)
      case .first(let text):
        guard let store = lanes.firstStore, let rows = lanes.firstRows else {
          preconditionFailure("texts of stored rows need the store")
        }
        store.appendText(text, of: Int(rows[lane]), to: &output)
      case .second(let text):
        guard let store = lanes.secondStore, let rows = lanes.secondRows else {
          preconditionFailure("texts of stored rows need the store")
        }
        store.appendText(text, of: Int(rows[lane]), to: &output)
      case .group(let key):
        sources.groupTexts?(lane, key, &output)
      }
      Self.mend(from: start, isReported: isReported, in: &output)
    }
  }

  /// Writes a value from its words; nothing where there is none.
  package static func write(_ first: Int64, _ second: Int64, as type: ValueType, into output: inout [UInt8]) {
    guard Cell.isUsable(first) else { return }
    switch type {
    case .id: IDNumber(key: UInt64(bitPattern: first)).write(into: &output)
    case .account:
      AccountNumber(low: UInt64(bitPattern: second), high: UInt64(bitPattern: first)).write(into: &output)
    case .date: CalendarDate(days: Int32(truncatingIfNeeded: first)).write(into: &output)
    case .month: CalendarMonth(months: Int32(truncatingIfNeeded: first)).write(into: &output)
    case .money: Amount(cents: first).write(into: &output)
    case .number: DecimalNumber.write(millionths: first, into: &output)
    case .name, .text, .code, .boolean: preconditionFailure("texts are written as they stand")
    }
  }

  /// Makes text from a file fit to stand in a column: well-formed, without NUL; a reported text that is not is left
  /// out.
  private static func mend(from start: Int, isReported: Bool, in output: inout [UInt8]) {
    let isSound = TextValue.isWellFormed(output.span.extracting(start..<output.count))
    if isSound { return }
    let damaged = Array(output[start...])
    output.removeSubrange(start...)
    if isReported { return }
    _ = TextValue.decode(damaged.span, into: &output)
    for index in start..<output.count where output[index] == 0 { output[index] = UInt8(ascii: " ") }
  }

  private func replaceBars(from start: Int, in output: inout [UInt8]) {
    var index = start
    while index < output.count {
      if output[index] == UInt8(ascii: "|") {
        output.replaceSubrange(index...index, with: [0xC2, 0xA6])  // ¦
        index += 1
      }
      index += 1
    }
  }
}
