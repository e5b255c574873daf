/// Writes records as JSON, one value a line.
///
/// A record that cannot be split gives no value, except a line with an open quote, which is given as it stands, the
/// quote being a character.
package struct RecordConverter {
  /// The key of the array of cells beyond the header.
  package static let surplusKey = "_extra"

  private var scratch: [UInt8] = []
  private var keys: [[UInt8]] = []

  package init() {}

  /// Appends the next record as an array of strings and a line end; false at the end.
  package mutating func appendArray(from reader: inout RecordReader, to json: inout [UInt8]) throws -> Bool {
    while try reader.next() != nil {
      let (fields, text) = (reader.fields, reader.text)
      if fields.isEmpty { continue }
      append(fields[...], of: text.span, to: &json)
      json.append(Self.lineFeed)
      return true
    }
    return false
  }

  /// Appends the next data record as an object whose keys are the column names, and a line end; false at the end.
  package mutating func appendObject(from table: inout TableReader, to json: inout [UInt8]) throws -> Bool {
    if keys.isEmpty { keys = table.layout.columns.map(Self.key) }
    while try table.next() != nil {
      let (fields, text) = (table.records.fields, table.records.text)
      if fields.isEmpty { continue }
      appendObject(fields, of: text.span, to: &json)
      json.append(Self.lineFeed)
      return true
    }
    return false
  }

  private static func key(_ column: String) -> [UInt8] {
    var key: [UInt8] = []
    key.appendJSON(column)
    return key + [UInt8(ascii: ":")]
  }

  private mutating func appendObject(
    _ fields: [RecordSplitter.Field], of text: borrowing Span<UInt8>, to json: inout [UInt8]
  ) {
    json.append(UInt8(ascii: "{"))
    for (index, key) in keys.enumerated() {
      if index > 0 { json.append(Self.comma) }
      json.append(contentsOf: key)
      if index < fields.count {
        append(fields[index], of: text, to: &json)
      } else {
        json.append(contentsOf: "\"\"".utf8)
      }
    }
    if fields.count > keys.count {
      if !keys.isEmpty { json.append(Self.comma) }
      json.appendJSON(Self.surplusKey)
      json.append(UInt8(ascii: ":"))
      append(fields[keys.count...], of: text, to: &json)
    }
    json.append(UInt8(ascii: "}"))
  }

  private mutating func append(
    _ fields: ArraySlice<RecordSplitter.Field>, of text: borrowing Span<UInt8>, to json: inout [UInt8]
  ) {
    json.append(UInt8(ascii: "["))
    for index in fields.indices {
      if index > fields.startIndex { json.append(Self.comma) }
      append(fields[index], of: text, to: &json)
    }
    json.append(UInt8(ascii: "]"))
  }

  private mutating func append(
    _ field: RecordSplitter.Field, of text: borrowing Span<UInt8>, to json: inout [UInt8]
  ) {
    if field.needsUnescaping {
      scratch.removeAll(keepingCapacity: true)
      RecordSplitter.unescape(field, in: text, into: &scratch)
      json.appendJSON(scratch.span, range: scratch.indices)
    } else {
      json.appendJSON(text, range: field.range)
    }
  }

  private static let lineFeed: UInt8 = 0x0A
  private static let comma = UInt8(ascii: ",")
}
