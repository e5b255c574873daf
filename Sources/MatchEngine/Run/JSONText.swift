/// A JSON value that is written the same way each time: keys in the given order, two spaces a level, only the escapes
/// JSON asks for.
package indirect enum JSONText: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// `units` × 10^−`places`, written with exactly `places` digits behind the point.
  case fixed(units: Int, places: Int)
  case string(String)
  case array([JSONText])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: JSONText
  }

  /// An object from key and value pairs in this order.
  package static func members(_ pairs: KeyValuePairs<String, JSONText?>) -> JSONText {
    .object(pairs.compactMap { pair in pair.value.map { Member(key: pair.key, value: $0) } })
  }

  /// Counts by name, in the order of the names' bytes.
  package static func counts(_ counts: [String: Int]) -> JSONText {
    .object(
      counts.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
        .map { Member(key: $0.key, value: .integer($0.value)) })
  }

  package static func optional(_ text: String?) -> JSONText { text.map { .string($0) } ?? .null }

  /// Seconds with three digits behind the point.
  package static func seconds(_ seconds: Double) -> JSONText {
    .fixed(units: Int((min(max(seconds, 0), 1e12) * 1000).rounded()), places: 3)
  }

  /// The text with a line end behind it.
  package var document: String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .fixed(let units, let places): text += Self.decimal(units, places: places)
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      if values.isEmpty { text += "[]"; return }
      text += "["
      for (index, value) in values.enumerated() {
        text += index == 0 ? "\n" : ",\n"
        text += indent + "  "
        value.write(to: &text, indent: indent + "  ")
      }
      text += "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { text += "{}"; return }
      text += "{"
      for (index, member) in members.enumerated() {
        text += index == 0 ? "\n" : ",\n"
        text += indent + "  "
        Self.quote(member.key, to: &text)
        text += ": "
        member.value.write(to: &text, indent: indent + "  ")
      }
      text += "\n\(indent)}"
    }
  }

  private static func decimal(_ units: Int, places: Int) -> String {
    let digits = String(units.magnitude)
    let sign = units < 0 ? "-" : ""
    guard places > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
