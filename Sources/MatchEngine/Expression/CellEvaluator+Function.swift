internal import Normalizers

extension CellEvaluator {
  func call(
    _ function: CellFunction, _ operands: [CellValue], _ lanes: Lanes, _ first: FlatArray<Int64>,
    _ second: FlatArray<Int64>?
  ) {
    switch function {
    case .coalesce: coalesce(operands, lanes, first, second)
    case .greatest: fold(operands, lanes, first) { $0 < $1 }
    case .least: fold(operands, lanes, first) { $0 > $1 }
    case .overlapDays: overlapDays(operands, lanes, first)
    case .firstDay:
      map(operands[0], lanes, into: first) { Int64(CalendarMonth(months: Int32(clamping: $0)).firstDay.days) }
    case .lastDay:
      map(operands[0], lanes, into: first) { Int64(CalendarMonth(months: Int32(clamping: $0 + 1)).firstDay.days) - 1 }
    case .birth:
      map(operands[0], lanes, into: first) { key in
        IDNumber(key: UInt64(bitPattern: key)).birthDate.map { Int64($0.days) } ?? Cell.empty
      }
    case .numberOfMoney:
      map(operands[0], lanes, into: first) { cents in
        let (millionths, isTooLarge) = cents.multipliedReportingOverflow(by: 10_000)
        return isTooLarge ? Cell.empty : millionths
      }
    case .moneyOfNumber:
      map(operands[0], lanes, into: first) { CellArithmetic.quotient(Int128($0), 10_000) }
    }
  }

  /// Without a value at all: invalid where one operand is, else empty.
  private func coalesce(
    _ operands: [CellValue], _ lanes: Lanes, _ first: FlatArray<Int64>, _ second: FlatArray<Int64>?
  ) {
    let open = makeRows()
    first.fill(Cell.empty, from: 0, count: lanes.count)
    second?.fill(0, from: 0, count: lanes.count)
    for operand in operands {
      var count = 0
      for lane in 0..<lanes.count where !Cell.isUsable(first[lane]) {
        open[count] = UInt32(lane)
        count += 1
      }
      guard count > 0 else { return }
      put(operand, lanes, open, count, first, second)
    }
  }

  /// Takes the words of an operand for the lanes `open`, where they are more than is there: a value is more than none.
  private func put(
    _ operand: CellValue, _ lanes: Lanes, _ open: FlatArray<UInt32>, _ count: Int, _ first: FlatArray<Int64>,
    _ second: FlatArray<Int64>?
  ) {
    let mark = used
    defer { used = mark }
    let some = count < lanes.count ? select(lanes, open, count: count) : lanes
    let (word, secondWord) = words(operand, isWide: second != nil, some)
    for index in 0..<count {
      let lane = Int(open[index])
      first[lane] = max(first[lane], word[index])
      if let second, let secondWord { second[lane] = secondWord[index] }
    }
  }

  func choose(
    _ condition: CellCondition, _ yes: CellValue, _ no: CellValue, _ lanes: Lanes, _ first: FlatArray<Int64>,
    _ second: FlatArray<Int64>?
  ) {
    let truth = truth(condition, lanes)
    let open = makeRows()
    first.fill(Cell.empty, from: 0, count: lanes.count)
    for (value, holds) in [(yes, true), (no, false)] {
      var count = 0
      for lane in 0..<lanes.count where (truth[lane] == 1) == holds {
        open[count] = UInt32(lane)
        count += 1
      }
      if count > 0 { put(value, lanes, open, count, first, second) }
    }
  }

  /// The operand that is `better` than all others; those without a value are passed over.
  private func fold(
    _ operands: [CellValue], _ lanes: Lanes, _ result: FlatArray<Int64>, _ isBetter: (Int64, Int64) -> Bool
  ) {
    result.fill(Cell.empty, from: 0, count: lanes.count)
    for operand in operands {
      let mark = used
      let words = word(operand, lanes)
      for lane in 0..<lanes.count {
        let (known, word) = (result[lane], words[lane])
        if Cell.isUsable(known), Cell.isUsable(word) {
          if isBetter(known, word) { result[lane] = word }
        } else {
          result[lane] = max(known, word)
        }
      }
      used = mark
    }
  }

  /// Days, in millionths, that two intervals share with both ends included.
  ///
  /// An empty end is open, up to the calendar's last day; an empty start or an invalid day makes no value.
  private func overlapDays(_ operands: [CellValue], _ lanes: Lanes, _ result: FlatArray<Int64>) {
    let last = Int64(CalendarDate.days(year: 9999, month: 12, day: 31))
    let days = operands.map { word($0, lanes) }
    for lane in 0..<lanes.count {
      let (start, otherStart) = (days[0][lane], days[2][lane])
      let (end, otherEnd) = (days[1][lane], days[3][lane])
      if days.contains(where: { $0[lane] == Cell.invalid }) {
        result[lane] = Cell.invalid
      } else if start == Cell.empty || otherStart == Cell.empty {
        result[lane] = Cell.empty
      } else {
        let to = min(end == Cell.empty ? last : end, otherEnd == Cell.empty ? last : otherEnd)
        result[lane] = max(0, to - max(start, otherStart) + 1) * 1_000_000
      }
    }
  }
}

extension CellArithmetic {
  /// The result of two values that are there; empty beyond the range of a cell and for a division by zero.
  func result(_ left: Int64, _ right: Int64) -> Int64 {
    switch self {
    case .add: Self.cell(Int128(left) + Int128(right))
    case .subtract: Self.cell(Int128(left) - Int128(right))
    case .multiply:
      Self.quotient(left.multipliedReportingOverflow(by: right), 1_000_000)
        ?? Self.quotient(Int128(left) * Int128(right), 1_000_000)
    case .divide:
      Self.quotient(left.multipliedReportingOverflow(by: 1_000_000), right)
        ?? Self.quotient(Int128(left) * 1_000_000, Int128(right))
    case .distance: Self.cell((Int128(right) - Int128(left)) * 1_000_000)
    }
  }

  /// The same in words of 64 bits, which most products fit into; nil where one does not.
  @inline(__always)
  private static func quotient(
    _ product: (partialValue: Int64, overflow: Bool), _ divisor: Int64
  ) -> Int64? {
    let dividend = product.partialValue
    let isSmall = divisor > 0 && divisor < 1 << 61 && dividend > -(1 << 61) && dividend < 1 << 61
    guard !product.overflow, isSmall else { return nil }
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    if abs(remainder) * 2 < divisor { return quotient }
    return dividend < 0 ? quotient - 1 : quotient + 1
  }

  /// Rounded half away from zero.
  static func quotient(_ dividend: Int128, _ divisor: Int128) -> Int64 {
    guard divisor != 0 else { return Cell.empty }
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard remainder.magnitude * 2 >= divisor.magnitude else { return cell(quotient) }
    return cell(quotient + ((dividend < 0) == (divisor < 0) ? 1 : -1))
  }

  private static func cell(_ value: Int128) -> Int64 {
    guard let word = Int64(exactly: value), Cell.isUsable(word) else { return Cell.empty }
    return word
  }
}
