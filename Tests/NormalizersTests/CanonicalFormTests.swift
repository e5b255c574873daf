import Normalizers
import Testing

/// The vector files, once through the fast way in and once through the reference reading.
struct CanonicalFormTests {
  static let vectors: [(NormalizerKind, Vector)] = [.id, .date, .month, .amount, .account].flatMap { kind in
    Vector.load(kind.rawValue).map { (kind, $0) }
  }

  @Test(arguments: vectors)
  func comesToWhatTheVectorSays(kind: NormalizerKind, vector: Vector) {
    let expected = Outcome(status: vector.columns[0], normalized: vector.columns[1], codes: vector.columns[2])
    var output: [UInt8] = []
    let codes = kind.normalize(vector.field.span, asOf: Vector.today, into: &output)
    #expect(Outcome(codes, output) == expected)
    #expect(slowly(kind, vector.field) == expected)
  }

  @Test(arguments: vectors)
  func keepsCanonicalFormsAsTheyAre(kind: NormalizerKind, vector: Vector) {
    guard vector.columns[0] != "invalid" else { return }
    let canonical = Array(vector.columns[1].utf8)
    var output: [UInt8] = []
    let codes = kind.normalize(canonical.span, asOf: Vector.today, into: &output)
    #expect(output == canonical)
    #expect(!codes.isInvalid && !codes.isRepaired)
  }

  @Test(arguments: vectors)
  func saysOKExactlyWhenNothingChanged(kind: NormalizerKind, vector: Vector) {
    var output: [UInt8] = []
    let codes = kind.normalize(vector.field.span, asOf: Vector.today, into: &output)
    guard !codes.isInvalid else {
      #expect(output.isEmpty)
      return
    }
    #expect(codes.isRepaired == (output != vector.field))
  }

  @Test(arguments: Vector.load("null-words"))
  func knowsNullWords(vector: Vector) {
    #expect(NullWord.isNull(vector.field.span) == (vector.columns[0] == "yes"))
    #expect(NullWord.isNullSlowly(vector.field.span) == (vector.columns[0] == "yes"))
  }
}

/// What the reference reading of a kind makes of a field.
func slowly(_ kind: NormalizerKind, _ field: [UInt8]) -> Outcome {
  var output: [UInt8] = []
  let codes: Codes
  switch kind {
  case .id:
    let packed = IDNumber.packedSlowly(field.span, asOf: Vector.today)
    codes = packed.codes
    if !codes.isInvalid { IDNumber(key: packed.key).write(into: &output) }
  case .date:
    let packed = CalendarDate.packedSlowly(field.span, asOf: Vector.today)
    codes = packed.codes
    if !codes.isInvalid { CalendarDate(days: packed.days).write(into: &output) }
  case .month:
    let packed = CalendarMonth.packedSlowly(field.span, asOf: Vector.today)
    codes = packed.codes
    if !codes.isInvalid { CalendarMonth(months: packed.months).write(into: &output) }
  case .amount:
    let packed = Amount.packedSlowly(field.span)
    codes = packed.codes
    if !codes.isInvalid { Amount(cents: packed.cents).write(into: &output) }
  case .account:
    let packed = AccountNumber.packedSlowly(field.span)
    codes = packed.codes
    if !codes.isInvalid { AccountNumber(low: packed.low, high: packed.high).write(into: &output) }
  case .name, .nameKey, .text: preconditionFailure("names and texts have no second reading")
  }
  return Outcome(codes, output)
}
