/// A set of fields of a source; those from the 64th on are one, so that it may hold more than was put in.
struct FieldSet: Hashable, ExpressibleByArrayLiteral {
  private var bits: UInt64 = 0

  init(arrayLiteral fields: Int...) { for field in fields { insert(field) } }

  private init(bits: UInt64) { self.bits = bits }

  static let all = FieldSet(bits: .max)

  mutating func insert(_ field: Int) { bits |= 1 << UInt64(min(field, 63)) }
  mutating func formUnion(_ other: FieldSet) { bits |= other.bits }
  func union(_ other: FieldSet) -> FieldSet { FieldSet(bits: bits | other.bits) }
  func intersects(_ other: FieldSet) -> Bool { bits & other.bits != 0 }

  /// The fields in which two lines of the state differ, whose cells are those of `fields`; all where that is not plain.
  init(differing one: Span<UInt8>, _ other: Span<UInt8>, fields: [Int]) {
    // Both begin with the character 1 and a comma.
    var (a, b) = (2, 2)
    for field in fields {
      var isSame = true
      while true {
        guard a < one.count, b < other.count, one[a] != Self.quote, other[b] != Self.quote else {
          self = .all
          return
        }
        let (endsOne, endsOther) = (Self.ends(one[a]), Self.ends(other[b]))
        if endsOne, endsOther { break }
        if one[a] != other[b] { isSame = false }
        if !endsOne { a += 1 }
        if !endsOther { b += 1 }
      }
      if !isSame { insert(field) }
      a += 1
      b += 1
    }
    if a != one.count || b != other.count { self = .all }
  }

  private static let quote = UInt8(ascii: "\"")

  @inline(__always)
  private static func ends(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") }
}
