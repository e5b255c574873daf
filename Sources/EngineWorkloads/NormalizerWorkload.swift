import Normalizers

/// Normalising values of one kind, one after the other.
public struct NormalizerWorkload {
  /// The kinds by their names.
  public static let kinds = SampleKind.allCases.map(\.rawValue)

  private let kind: SampleKind
  private let values: SampleValues
  private let asOf = CalendarDate(days: 20_757)  // 2026-10-31

  /// nil when `kinds` has no such kind.
  public init?(kind name: String, count: Int) {
    guard let kind = SampleKind(rawValue: name) else { return nil }
    self.kind = kind
    values = SampleValues(kind, count: count)
  }

  public var summary: String { kind.summary }
  public var count: Int { values.count }

  /// Returns a sum of all results.
  public func run() -> UInt64 {
    switch kind {
    case .cleanIDs, .damagedIDs: return sum { IDNumber.packed($0, asOf: asOf).key }
    case .names:
      var canonical: [UInt8] = []
      return sum { name in
        if PersonName.isPlain(name) { return 1 }
        canonical.removeAll(keepingCapacity: true)
        return PersonName.canonical(name, into: &canonical).rawValue
      }
    case .dates, .mixedDates:
      return sum { UInt64(truncatingIfNeeded: CalendarDate.packed($0, asOf: asOf).days) }
    case .amounts, .mixedAmounts: return sum { UInt64(truncatingIfNeeded: Amount.packed($0).cents) }
    case .accounts: return sum { AccountNumber.packed($0).low }
    }
  }

  /// The floor: the walk over the values, with the first and the last byte of each looked at.
  public func runFloor() -> UInt64 { sum { $0.isEmpty ? 0 : UInt64($0[0]) &+ UInt64($0[$0.count - 1]) } }

  @inline(__always)
  private func sum(_ word: (borrowing Span<UInt8>) -> UInt64) -> UInt64 {
    let bytes = values.bytes.span
    let starts = values.starts.span
    var sum: UInt64 = 0
    var start = 0
    for index in 1..<starts.count {
      let next = Int(starts[index])
      sum &+= word(bytes.extracting(start..<next - 1))
      start = next
    }
    return sum
  }
}
