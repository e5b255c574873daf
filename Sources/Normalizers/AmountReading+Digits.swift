extension AmountReading {
  /// The bare number of an amount: whole part, places and exponent as they were written.
  struct Digits {
    /// The digits of the whole part and the places in one row, without the zeros in front.
    private var digits: [Int] = []
    private var placeCount = 0
    private(set) var exponent: Int?
    private(set) var isGrouped = false

    /// 1/100 yuan, and whether a rest below 10^-6 yuan was dropped or filled up.
    struct Cents {
      var value: Int64
      var isRounded: Bool
    }

    /// Nil for anything but digits, groups of three, one point and an exponent.
    init?(_ scalars: ArraySlice<Unicode.Scalar>) {
      var mantissa = scalars
      if let mark = scalars.firstIndex(where: { $0.capitalized == "E" }) {
        mantissa = scalars[..<mark]
        guard let value = Self.exponent(scalars[(mark + 1)...]) else { return nil }
        exponent = value
      }
      let point = mantissa.firstIndex(of: ".") ?? mantissa.endIndex
      let whole = mantissa[..<point]
      let places = mantissa[point...].dropFirst()
      let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
      isGrouped = groups.count > 1
      if isGrouped {
        guard exponent == nil, 1...3 ~= groups[0].count, groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
          return nil
        }
      }
      let row = groups.joined() + places
      let values = row.compactMap(\.digit)
      guard !values.isEmpty, values.count == row.count else { return nil }
      if exponent != nil, whole.isEmpty { return nil }
      digits = Array(values.drop { $0 == 0 })
      placeCount = places.count
    }

    private static func exponent(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
      var rest = scalars
      var sign = 1
      if let first = rest.first, first == "+" || first.isHyphen {
        sign = first == "+" ? 1 : -1
        rest.removeFirst()
      }
      let values = rest.compactMap(\.digit)
      guard 1...4 ~= values.count, values.count == rest.count else { return nil }
      return sign * values.reduce(0) { $0 * 10 + $1 }
    }

    /// The number in cents; fails when it is not whole in cents or too large.
    func cents(unitExponent: Int) -> Result<Cents, Defect> {
      guard !digits.isEmpty else { return .success(Cents(value: 0, isRounded: false)) }
      // The value is the row of digits times 10^-places yuan.
      let places = placeCount - (exponent ?? 0) - unitExponent
      let wholeCount = digits.count - places
      guard wholeCount <= 13 else { return .failure(Defect(codes: .range)) }
      let kept = digits.count - (places - 2)
      let row = kept >= digits.count ? digits + Array(repeating: 0, count: kept - digits.count) : digits
      var value = row.prefix(max(kept, 0)).reduce(0 as Int64) { $0 * 10 + Int64($1) }
      // Digits of the places from the third on; in front of them zeros when the row is shorter than the places.
      let rest = Array(repeating: 0, count: min(max(-kept, 0), 64)) + row.dropFirst(max(kept, 0))
      if rest.allSatisfy({ $0 == 0 }) { return .success(Cents(value: value, isRounded: false)) }
      guard exponent == nil, places >= 7 else { return .failure(Defect(codes: .precision)) }
      // Within 10^-6 yuan of a cent: places three to six are all 0 or all 9 (or an exact ten-thousandth of a cent).
      let near = Array(rest.prefix(4))
      let tail = rest.dropFirst(4)
      let isBelow = near == [0, 0, 0, 0] || near == [0, 0, 0, 1] && tail.allSatisfy { $0 == 0 }
      guard isBelow || near == [9, 9, 9, 9] else { return .failure(Defect(codes: .precision)) }
      if !isBelow { value += 1 }
      guard value < 1_000_000_000_000_000 else { return .failure(Defect(codes: .range)) }
      return .success(Cents(value: value, isRounded: true))
    }
  }
}
