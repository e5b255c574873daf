import Foundation
import MatchEngine
import Testing

/// The parts of a zip file, by their names; each checked against its CRC by the gzip decoder.
struct ZipReader {
  private(set) var parts: [String: String] = [:]
  private(set) var times: Set<Int> = []

  init(_ bytes: [UInt8]) throws {
    func number(_ offset: Int, _ width: Int) -> Int {
      (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    let end = try #require(
      (0...bytes.count - 22).last { number($0, 4) == 0x0605_4B50 }, "no end of a central directory: not a zip file")
    var entry = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      try #require(number(entry, 4) == 0x0201_4B50)
      let name = String(decoding: bytes[entry + 46..<entry + 46 + number(entry + 28, 2)], as: UTF8.self)
      let local = number(entry + 42, 4)
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      let data = bytes[start..<start + number(entry + 20, 4)]
      times.insert(number(entry + 12, 4))
      // A deflated part behind a gzip head, with the CRC and length that the directory names.
      let gzip =
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + data + bytes[entry + 16..<entry + 20] + bytes[entry + 24..<entry + 28]
      parts[name] = number(entry + 10, 2) == 8 ? try Self.text(gzip) : String(decoding: data, as: UTF8.self)
      entry += 46 + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2)
    }
  }

  private static func text(_ gzip: [UInt8]) throws -> String {
    let place = try RunTemporaryFolder()
    try place.write("part.gz", gzip)
    let file = try #require(try InputFiles(folder: place.path).files(of: "part", paths: ["part.gz"]).first)
    let stream = try ByteStream(file)
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      var span = buffer.mutableSpan
      let count = try stream.read(into: &span)
      if count == 0 { return String(decoding: text, as: UTF8.self) }
      text += buffer.prefix(count)
    }
  }
}
