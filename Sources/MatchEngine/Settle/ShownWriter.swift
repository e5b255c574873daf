internal import Normalizers

/// Writes shown values for lanes of held rows; one worker's own.
final class ShownWriter {
  private let evaluator: CellEvaluator
  /// One for each depth of lookups inside each other.
  private var finders: [PairFinder] = []
  private var depth = 0

  init(_ evaluator: CellEvaluator) { self.evaluator = evaluator }

  /// The text of `term` for every lane.
  func texts(_ term: ShownTerm, _ lanes: CellEvaluator.Lanes) -> [[UInt8]] {
    var texts = Array(repeating: [UInt8](), count: lanes.count)
    switch term {
    case .literal(let bytes):
      for lane in 0..<lanes.count { texts[lane] = bytes }
    case .value(let value, let type):
      evaluator.begin()
      let words = evaluator.add(value, isWide: type.isWide, lanes)
      for lane in 0..<lanes.count {
        FlagWriter.write(words.first[lane], words.second?[lane] ?? 0, as: type, into: &texts[lane])
      }
    case .word(let value, let words):
      evaluator.begin()
      let cells = evaluator.add(value, isWide: false, lanes).first
      for lane in 0..<lanes.count { texts[lane] = words[cells[lane]] ?? [] }
    case .text(let text):
      let side = lanes.sides[text.side]
      for lane in 0..<lanes.count {
        side.store.appendText(
          text.text, of: Int(side.rows[lane]), to: &texts[lane], through: evaluator.textWindow)
        Self.mend(&texts[lane])
      }
    case .choose(let condition, let first, let second):
      let truth = evaluator.evaluate(condition, lanes)
      let holds = (0..<lanes.count).map { truth[$0] == 1 }
      let (yes, no) = (self.texts(first, lanes), self.texts(second, lanes))
      for lane in 0..<lanes.count { texts[lane] = holds[lane] ? yes[lane] : no[lane] }
    case .coalesce(let parts):
      var isOpen = Array(repeating: true, count: lanes.count)
      for part in parts {
        evaluator.begin()
        let cells = evaluator.add(part.value, isWide: false, lanes).first
        let isUsable = (0..<lanes.count).map { Cell.isUsable(cells[$0]) }
        guard (0..<lanes.count).contains(where: { isOpen[$0] && isUsable[$0] }) else { continue }
        let shown = self.texts(part.term, lanes)
        for lane in 0..<lanes.count where isOpen[lane] && isUsable[lane] {
          texts[lane] = shown[lane]
          isOpen[lane] = false
        }
      }
    case .looked(let query, let order, let isLatest, let inner):
      look(query, order, isLatest, inner, lanes, into: &texts)
    }
    return texts
  }

  private func look(
    _ query: PairFinder.Query, _ order: CellValue?, _ isLatest: Bool, _ term: ShownTerm,
    _ lanes: CellEvaluator.Lanes, into texts: inout [[UInt8]]
  ) {
    if finders.count == depth { finders.append(PairFinder(evaluator)) }
    let finder = finders[depth]
    depth += 1
    defer { depth -= 1 }
    var best: [Int64?] = Array(repeating: nil, count: lanes.count)
    var result = texts
    finder.forEach(query, lanes) { found in
      var orders: [Int64] = Array(repeating: 0, count: found.lanes.count)
      if let order {
        evaluator.begin()
        let cells = evaluator.add(order, isWide: false, found.lanes).first
        for pair in 0..<found.lanes.count { orders[pair] = cells[pair] }
      }
      let shown = self.texts(term, found.lanes)
      for pair in 0..<found.lanes.count where Cell.isUsable(orders[pair]) && !shown[pair].isEmpty {
        let lane = Int(found.laneOf[pair])
        if let known = best[lane] {
          let isBetter = isLatest ? orders[pair] > known : orders[pair] < known
          let isLess = orders[pair] == known && shown[pair].lexicographicallyPrecedes(result[lane])
          if !isBetter, !isLess { continue }
        }
        best[lane] = orders[pair]
        result[lane] = shown[pair]
      }
    }
    texts = result
  }

  /// Makes text from a file fit to be shown: well-formed, without control characters.
  static func mend(_ text: inout [UInt8]) {
    if !TextValue.isWellFormed(text.span) {
      let damaged = text
      text = []
      _ = TextValue.decode(damaged.span, into: &text)
    }
    for index in text.indices where text[index] < 0x20 { text[index] = 0x20 }
  }
}
