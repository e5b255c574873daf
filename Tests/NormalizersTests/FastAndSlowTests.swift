import Normalizers
import Testing

/// Damages the vectors' fields at random and compares both readings; the seed is fixed.
struct FastAndSlowTests {
  @Test(arguments: [NormalizerKind.id, .date, .month, .amount, .account])
  func agreeOnDamagedFields(kind: NormalizerKind) {
    var random = SplitMix(state: 20_260_201)
    let fields = Vector.load(kind.rawValue).map(\.field)
    for _ in 0..<20_000 {
      var field = fields[Int(random.next() % UInt64(fields.count))]
      for _ in 0..<(1 + random.next() % 3) { damage(&field, &random) }
      let expected = slowly(kind, field)
      var output: [UInt8] = []
      let codes = kind.normalize(field.span, asOf: Vector.today, into: &output)
      #expect(Outcome(codes, output) == expected, "\(field)")
      #expect(codes.isInvalid || codes.isRepaired == (output != field), "\(field)")
    }
  }

  @Test(arguments: [(1950, 7, 1), (1984, 2, 29), (2000, 1, 1), (2026, 2, 1), (2100, 12, 31)])
  func agreeOnWellFormedNumbers(year: Int, month: Int, day: Int) throws {
    let asOf = try #require(CalendarDate(year: year, month: month, day: day))
    var random = SplitMix(state: UInt64(year))
    for _ in 0..<20_000 {
      let division = 110_000 + random.next() % 600_000
      let shaped = (division * 100_000_000 + birth(&random)) * 1000 + random.next() % 1000
      var field: [UInt8] = []
      IDNumber(key: shaped).write(into: &field)
      let fast = IDNumber.packed(field.span, asOf: asOf)
      let slow = IDNumber.packedSlowly(field.span, asOf: asOf)
      #expect(fast == slow, "\(field)")
      #expect(fast.key == 0 || fast.key == shaped)
    }
  }

  private func birth(_ random: inout SplitMix) -> UInt64 {
    (1870 + random.next() % 160) * 10_000 + random.next() % 14 * 100 + random.next() % 33
  }

  private func damage(_ field: inout [UInt8], _ random: inout SplitMix) {
    let pieces: [[UInt8]] = [
      [0x20], [0x09], [0x30], [0x39], [0x58], [0x78], [0x2D], [0x2E], [0x2F], [0x2C], [0x27], [0x22], [0x28], [0x80],
      [0xEF],
      Array("０".utf8), Array("Ｘ".utf8), Array("\u{A0}".utf8), Array("\u{3000}".utf8), Array("年".utf8), Array("元".utf8)
    ]
    let place = Int(random.next() % UInt64(field.count + 1))
    switch random.next() % 4 {
    case 0: field.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
    case 1 where place < field.count: field.remove(at: place)
    case 2 where place < field.count: field[place] = 0x30 + UInt8(random.next() % 10)
    default:
      guard place < field.count else { return }
      field.replaceSubrange(place...place, with: pieces[Int(random.next() % UInt64(pieces.count))])
    }
  }
}

/// A small generator with a seed (SplitMix64), so that a failure can be had again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
