import Foundation
import Normalizers
import Testing

/// One row of a vector file: a field and what it has to come to.
struct Vector: CustomTestStringConvertible {
  let file: String
  let line: Int
  let field: [UInt8]
  let columns: [String]

  var testDescription: String { "\(file):\(line)" }

  static let today = CalendarDate(year: 2026, month: 2, day: 1)!

  /// The rows of `Vectors/<name>.tsv` without comments.
  static func load(_ name: String) -> [Vector] {
    let url = Bundle.module.url(forResource: name, withExtension: "tsv", subdirectory: "Vectors")!
    let text = try! String(contentsOf: url, encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      guard !line.isEmpty, !line.hasPrefix("# ") else { return nil }
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Vector(file: name, line: index + 1, field: unescaped(cells[0]), columns: Array(cells.dropFirst()))
    }
  }

  /// Bytes of a cell in which `\t \r \\ \xNN \uXXXX \UXXXXXX` stand for what cannot be seen.
  private static func unescaped(_ cell: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Substring(cell)
    while let first = rest.popFirst() {
      guard first == "\\" else {
        bytes += Array(String(first).utf8)
        continue
      }
      let kind = rest.removeFirst()
      switch kind {
      case "t": bytes.append(9)
      case "r": bytes.append(13)
      case "x": bytes.append(UInt8(hex(&rest, 2)))
      case "u": bytes += Array(String(Character(Unicode.Scalar(hex(&rest, 4))!)).utf8)
      case "U": bytes += Array(String(Character(Unicode.Scalar(hex(&rest, 6))!)).utf8)
      default: bytes += Array(String(kind).utf8)
      }
    }
    return bytes
  }

  private static func hex(_ rest: inout Substring, _ count: Int) -> UInt32 {
    let digits = rest.prefix(count)
    rest.removeFirst(count)
    return UInt32(digits, radix: 16)!
  }
}

/// The three columns that the command writes for one field.
struct Outcome: Equatable {
  let status: String
  let normalized: String
  let codes: String

  init(status: String, normalized: String, codes: String) {
    self.status = status
    self.normalized = normalized
    self.codes = codes
  }

  init(_ codes: Codes, _ normalized: [UInt8]) {
    status = codes.isInvalid ? "invalid" : codes.isRepaired ? "repaired" : "ok"
    self.normalized = String(decoding: normalized, as: UTF8.self)
    self.codes = codes.list.joined(separator: ",")
  }
}
