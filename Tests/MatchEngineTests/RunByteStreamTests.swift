import Foundation
import MatchEngine
import Testing

@Suite struct RunByteStreamTests {
  // gzip of "hello\n" with no name and no time, and the same as one zstd frame with its checksum.
  static let gzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02, 0x00, 0x20,
    0x30, 0x3A,
    0x36, 0x06, 0x00, 0x00, 0x00
  ]
  static let zstd: [UInt8] = [
    0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x31, 0x00, 0x00, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0A, 0x53, 0x88, 0xBD, 0x91
  ]

  private func read(_ bytes: [UInt8], named name: String, step: Int = 4) throws -> (text: String, stream: ByteStream) {
    let place = try RunTemporaryFolder()
    try place.write(name, bytes)
    let file = try #require(try InputFiles(folder: place.path).files(of: "roll", paths: [name]).first)
    let stream = try ByteStream(file)
    return (try all(stream, step: step), stream)
  }

  private func all(_ stream: ByteStream, step: Int) throws -> String {
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: step)
    while true {
      var span = bytes.mutableSpan
      let count = try stream.read(into: &span)
      if count == 0 { break }
      text += bytes.prefix(count)
    }
    var span = bytes.mutableSpan
    #expect(try stream.read(into: &span) == 0)
    return String(decoding: text, as: UTF8.self)
  }

  @Test(
    arguments: [
      ("a.csv", Array("hello\n".utf8), "hello\n", .none),
      ("a.csv", [], "", .none),
      ("a.csv", [0x1F], "\u{1F}", .none),
      ("a.csv.gz", gzip, "hello\n", .gzip),
      ("a.csv", gzip, "hello\n", .gzip),
      ("a.csv.gz", gzip + gzip + gzip, "hello\nhello\nhello\n", .gzip),
      ("a.csv.gz", gzip + [UInt8](repeating: 0, count: 600_000), "hello\n", .gzip),
      ("a.csv.zst", zstd, "hello\n", .zstd),
      ("a.csv", zstd + zstd, "hello\nhello\n", .zstd),
      ("a.csv.zst", [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9] + zstd, "hello\n", .zstd)
    ] as [(String, [UInt8], String, Compression)])
  func readsByTheFirstBytes(name: String, bytes: [UInt8], text: String, compression: Compression) throws {
    for step in [1, 3, 4096] {
      let result = try read(bytes, named: name, step: step)
      #expect(result.text == text)
      #expect(result.stream.compression == compression)
      #expect(result.stream.stored.byteCount == bytes.count)
    }
  }

  @Test func everyCutIsAnError() throws {
    for (name, bytes) in [
      ("a.gz", Self.gzip), ("a.zst", Self.zstd), ("a.gz", Self.gzip + Self.gzip), ("a.zst", Self.zstd + Self.zstd)
    ] {
      for length in 0..<bytes.count where length != Self.gzip.count && length != Self.zstd.count {
        #expect(throws: RunError.self, "\(name) cut to \(length)") {
          try read(Array(bytes.prefix(length)), named: name)
        }
      }
    }
  }

  @Test(
    arguments: [
      ("a.gz", gzip + [1], "other bytes behind the compressed data"),
      ("a.gz", gzip + [0, 0, 1], "other bytes behind the compressed data"),
      ("a.gz", gzip + [UInt8](repeating: 0, count: 300_000) + gzip, "other bytes behind the compressed data"),
      ("a.gz", gzip + [0x1F, 0x8C, 8], "damaged gzip data"),
      ("a.gz", Array(gzip.prefix(19)) + [0xFF] + gzip.dropFirst(20), "damaged gzip data"),
      ("a.gz", Array("plain text\n".utf8), "does not begin with the mark of gzip"),
      ("a.ZST", Array("plain text\n".utf8), "does not begin with the mark of zstd"),
      ("a.zst", zstd + [1, 2, 3, 4, 5], "damaged zstd data"),
      ("a.zst", gzip, "does not begin with the mark of zstd"),
      // A frame header that asks for a window of 2 GiB.
      ("a.zst", [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0, 0, 0, 0], "damaged zstd data")
    ] as [(String, [UInt8], String)])
  func damageIsAnErrorThatNamesTheFile(name: String, bytes: [UInt8], reason: String) throws {
    do {
      let text = try read(bytes, named: name).text
      Issue.record("read as \(text)")
    } catch let error as RunError {
      #expect(error.description.contains("a."))
      #expect(error.description.contains(reason))
    }
  }

  @Test func largeDataPassesAllBuffers() throws {
    let line = Array("0123456789abcdef\n".utf8)
    let bytes = Array((0..<100_000).map { _ in line }.joined())
    let place = try RunTemporaryFolder()
    try place.write("a.csv", bytes)
    let file = try #require(try InputFiles(folder: place.path).files(of: "roll", paths: ["a.csv"]).first)
    for step in [1000, 1 << 20] {
      #expect(try all(try ByteStream(file), step: step).utf8.count == 1_700_000)
    }
    let stream = try ByteStream(file)
    var buffer = [UInt8](repeating: 0, count: 1_000_000)
    var span = buffer.mutableSpan
    #expect(try stream.fill(&span) == 1_000_000)
    #expect(Array(buffer[999_999 - 999_999 % 17..<1_000_000]) == Array(line.prefix(999_999 % 17 + 1)))
    var rest = buffer.mutableSpan
    #expect(try stream.fill(&rest) == 700_000)
  }

  @Test func aFolderIsNoEmptyFile() throws {
    let folder = try Descriptor.reading("/tmp")
    #expect(throws: RunError.system(action: "read", path: "/tmp", number: EISDIR)) {
      try ByteStream(folder, name: "/tmp")
    }
  }
}
