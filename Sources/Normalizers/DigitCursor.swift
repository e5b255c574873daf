/// A place in a field of digits and separators; the field itself goes along with each call.
struct DigitCursor {
  enum Separator {
    case hyphen, slash, point, year, month, day

    /// What stands behind the next number when this stood behind the last one.
    var successor: Separator {
      switch self {
      case .year: .month
      case .month: .day
      case .hyphen, .slash, .point, .day: self
      }
    }
  }

  private var index = 0

  /// Takes what stands between a year and a month: 年 or a sign, not 月 or 日.
  mutating func takeSeparatorAfterYear(_ field: borrowing Span<UInt8>) -> Separator? {
    let start = index
    switch takeSeparator(field) {
    case .month, .day, nil:
      index = start
      return nil
    case .hyphen: return .hyphen
    case .slash: return .slash
    case .point: return .point
    case .year: return .year
    }
  }

  /// Takes a number of so many digits; nil, with nothing taken, when there are fewer.
  mutating func take(_ field: borrowing Span<UInt8>, atLeast least: Int, atMost most: Int) -> Int? {
    var value = 0
    var end = index
    while end < field.count, end - index < most, field[end] &- 0x30 <= 9 {
      value = value * 10 + Int(field[end] - 0x30)
      end += 1
    }
    guard end - index >= least else { return nil }
    index = end
    return value
  }

  mutating func takeSeparator(_ field: borrowing Span<UInt8>) -> Separator? {
    guard index < field.count else { return nil }
    switch field[index] {
    case UInt8(ascii: "-"): return advance(1, .hyphen)
    case UInt8(ascii: "/"): return advance(1, .slash)
    case UInt8(ascii: "."): return advance(1, .point)
    default: break
    }
    guard index + 3 <= field.count else { return nil }
    switch (field[index], field[index + 1], field[index + 2]) {
    case (0xE5, 0xB9, 0xB4): return advance(3, .year)
    case (0xE6, 0x9C, 0x88): return advance(3, .month)
    case (0xE6, 0x97, 0xA5): return advance(3, .day)
    default: return nil
    }
  }

  func isAtEnd(_ field: borrowing Span<UInt8>) -> Bool { index == field.count }

  private mutating func advance(_ count: Int, _ separator: Separator) -> Separator {
    index += count
    return separator
  }
}
