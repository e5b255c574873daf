extension RowStore {
  /// Appends a row as bytes: its words with these rule bits, then its texts, each behind its length in four bytes.
  package func appendBytes(of row: Int, ruleBits: UInt32, to output: inout [UInt8]) {
    output.appendLittleEndian(UInt64(ruleBits), byteCount: 8)
    for index in 1..<layout.wordCount {
      output.appendLittleEndian(UInt64(bitPattern: word(index, of: row)), byteCount: 8)
    }
    for text in 0..<layout.textCount {
      let start = output.count
      output.appendLittleEndian(0, byteCount: 4)
      appendText(text, of: row, to: &output)
      let length = output.count - start - 4
      for byte in 0..<4 { output[start + byte] = UInt8(truncatingIfNeeded: length >> (byte * 8)) }
    }
  }

  /// Adds the rows that `appendBytes` wrote to `bytes[start ..< end]`.
  package func add(from bytes: FlatArray<UInt8>, _ start: Int, _ end: Int, texts writer: TextStore.Writer) {
    var at = start
    while at < end {
      let row = reserve(1)
      for index in 0..<layout.wordCount {
        setWord(index, of: row, to: Int64(bitPattern: bytes.littleEndian(at: at, byteCount: 8)))
        at += 8
      }
      // Chains belong to the table the row was in, or to none.
      begin(row, ruleBits: ruleBits(of: row))
      guard layout.textCount > 0 else { continue }
      var ends: [(start: Int, count: Int)] = []
      for _ in 0..<layout.textCount {
        let length = Int(bytes.littleEndian(at: at, byteCount: 4))
        ends.append((at + 4, length))
        at += 4 + length
      }
      let byteCount = ends.reduce(0) { $0 + $1.count + 5 }
      setTexts(of: row, to: writer.begin(byteCount: byteCount))
      for text in ends { writer.put(bytes, from: text.start, count: text.count) }
    }
  }
}

extension [UInt8] {
  mutating func appendLittleEndian(_ value: UInt64, byteCount: Int) {
    for byte in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> UInt64(byte * 8))) }
  }
}

extension FlatArray<UInt8> {
  func littleEndian(at offset: Int, byteCount: Int) -> UInt64 {
    var value: UInt64 = 0
    for byte in 0..<byteCount { value |= UInt64(self[offset + byte]) << UInt64(byte * 8) }
    return value
  }
}
