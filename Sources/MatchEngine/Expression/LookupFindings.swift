/// What the rows found so far come to, for each lane.
struct LookupFindings {
  /// The result's words; for sums only whether there is a value.
  var first: FlatArray<Int64>
  var second: FlatArray<Int64>?
  /// Sums in 128 bits.
  var low: FlatArray<Int64>?
  var high: FlatArray<Int64>?
  /// The order's best word.
  var order: FlatArray<Int64>?
  /// 1 where rows of the same order have values that differ and cannot be put in order.
  var isTorn: FlatArray<UInt8>?

  /// One row more, for functions that need no value of it.
  func note(_ lane: Int, _ function: LookupFunction) {
    first[lane] = function == .exists ? 1 : first[lane] + 1_000_000
  }

  func add(_ value: Int64, _ lane: Int) {
    guard let low, let high else { return }
    first[lane] = 0
    let (sum, carries) = UInt64(bitPattern: low[lane]).addingReportingOverflow(UInt64(bitPattern: value))
    low[lane] = Int64(bitPattern: sum)
    high[lane] += value &>> 63 + (carries ? 1 : 0)
  }

  /// The least or greatest value.
  func choose(_ value: Int64, _ secondWord: Int64, _ lane: Int, greatest: Bool) {
    let known = (first[lane], second?[lane] ?? 0)
    let isBetter = greatest ? known < (value, secondWord) : (value, secondWord) < known
    if isBetter || !Cell.isUsable(known.0) { set(value, secondWord, lane) }
  }

  /// The value of the row that comes last or first; among rows of the same order the greatest.
  ///
  /// Hashes have no order that two runs share, so different ones of the same order make no value.
  func choose(_ value: Int64, _ secondWord: Int64, _ lane: Int, order place: Int64, latest: Bool) {
    guard let order else { return }
    let best = order[lane]
    if !Cell.isUsable(best) || (latest ? place > best : place < best) {
      order[lane] = place
      isTorn?[lane] = 0
      set(value, secondWord, lane)
    } else if place == best {
      let known = (first[lane], second?[lane] ?? 0)
      if let isTorn, Cell.isUsable(value), Cell.isUsable(known.0) {
        if known != (value, secondWord) { isTorn[lane] = 1 }
      } else if known < (value, secondWord) {
        // A value is greater than none in any case.
        set(value, secondWord, lane)
      }
    }
  }

  private func set(_ value: Int64, _ secondWord: Int64, _ lane: Int) {
    first[lane] = value
    second?[lane] = secondWord
  }
}
