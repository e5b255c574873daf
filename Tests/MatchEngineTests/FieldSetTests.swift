import Testing

@testable import MatchEngine

/// In which fields two lines of the state differ.
@Suite struct FieldSetTests {
  private struct Case: CustomTestStringConvertible {
    var one: String
    var other: String
    /// The fields of the lines, and those of them that differ; nil: all there are.
    var fields: [Int] = [4, 2, 7]
    var differing: [Int]?

    var testDescription: String { "\(one) | \(other)" }
  }

  private static let cases: [Case] = [
    Case(one: "1,a,b,c\n", other: "1,a,b,c\n", differing: []),
    Case(one: "1,a,b,c\n", other: "1,x,b,c\n", differing: [4]),
    Case(one: "1,a,b,c\n", other: "1,a,bb,c\n", differing: [2]),
    Case(one: "1,a,b,c\n", other: "1,a,b,\n", differing: [7]),
    Case(one: "1,,,\n", other: "1,a,,c\n", differing: [4, 7]),
    Case(one: "1,long,b,c\n", other: "1,l,b,c\n", differing: [4]),
    Case(one: "1,张,b\n", other: "1,王,b\n", fields: [0, 1], differing: [0]),
    Case(one: "1,a\n", other: "1,b\n", fields: [3], differing: [3]),
    // Not plain: a comma may stand in a cell.
    Case(one: "1,\"a,\",b,c\n", other: "1,a,b,c\n", differing: nil),
    Case(one: "1,a,b,c\n", other: "1,a,b,\"c\"\n", differing: nil),
    // Not the cells that they should have.
    Case(one: "1,a,b\n", other: "1,a,b\n", differing: nil),
    Case(one: "1,a,b,c,d\n", other: "1,a,b,c,d\n", differing: nil),
    // From the 64th on fields are one.
    Case(one: "1,a,b\n", other: "1,a,c\n", fields: [63, 64], differing: [80])
  ]

  @Test(arguments: cases.indices) func differingFields(number: Int) {
    let row = Self.cases[number]
    let (one, other) = (Array(row.one.utf8), Array(row.other.utf8))
    for (left, right) in [(one, other), (other, one)] {
      let found = FieldSet(differing: left.span, right.span, fields: row.fields)
      for field in 0..<90 {
        let isIn = row.differing.map { $0.contains { min($0, 63) == min(field, 63) } } ?? true
        #expect(found.intersects([field]) == isIn, "\(row.testDescription), field \(field)")
      }
    }
  }
}
