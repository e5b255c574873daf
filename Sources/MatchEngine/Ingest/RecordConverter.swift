/// Writes records as JSON, one value a line.
///
/// A record that cannot be split gives no value, except a line with an open quote, which is given as it stands, the
/// quote being a character.
package struct RecordConverter {
  /// The key of the array of cells beyond the header.
  package static let surplusKey = "_extra"

  private var scratch: [UInt8] = []

  package init() {}

  /// Writes every record as an array of strings; returns the reader, with its problems.
  package mutating func writeArrays(
    _ reader: consuming RecordReader, to output: inout StandardOutput
  ) throws -> RecordReader {
    var reader = reader
    while !output.isClosed, try reader.next() != nil {
      if reader.fields.isEmpty { continue }
      append(reader.fields[...], of: reader.text.span, to: &output.buffer)
      output.buffer.append(Self.lineFeed)
      try output.flushIfFull()
    }
    try output.flush()
    return reader
  }

  /// Writes every data record as an object whose keys are the column names; returns the reader, with its problems.
  package mutating func writeObjects(
    _ reader: consuming RecordReader, to output: inout StandardOutput
  ) throws -> RecordReader {
    var table = TableReader(reader)
    let keys = table.layout.columns.map { column in
      var key: [UInt8] = []
      key.appendJSON(column)
      return key + [UInt8(ascii: ":")]
    }
    while !output.isClosed, try table.next() != nil {
      guard table.hasCells else { continue }
      appendObject(table.records.fields, of: table.records.text.span, keys: keys, to: &output.buffer)
      output.buffer.append(Self.lineFeed)
      try output.flushIfFull()
    }
    try output.flush()
    return table.records
  }

  private mutating func appendObject(
    _ fields: [RecordSplitter.Field], of text: borrowing Span<UInt8>, keys: [[UInt8]], to json: inout [UInt8]
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
