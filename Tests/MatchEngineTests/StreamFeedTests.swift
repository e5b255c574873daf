import MatchEngine
import Testing

/// Chunks of inputs that are read in order.
@Suite struct StreamFeedTests {
  @Test func aLineWithoutAnEndTakesNoMoreRoomThanTheLongestRecord() throws {
    let place = try RunTemporaryFolder()
    let head = "case_id,note\n"
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 40_000_000)
    try place.write("roll.csv", Array((head + "C1,one\n").utf8) + line)
    let input = try InputFiles(folder: place.path).files(of: "roll", paths: ["roll.csv"])[0]
    let stream = try TextStream(input, encoding: .utf8, seal: false)
    let text = stream.head.text
    let layout = SourceLayout(head: text.span, isFinal: false, delimiter: .comma)
    stream.skip(layout.dataOffset)
    let file = SourceFile(input: input, encoding: .utf8, layout: layout, columns: [0, 1], dataOffset: 0)
    let feed = StreamFeed([file], streams: [stream], chunkByteCount: 1 << 20, seal: false, progress: nil)

    let chunk = Chunk(byteCount: 1 << 20)
    var records = 0
    var rejected: [RejectCode] = []
    while try feed.next(chunk) {
      records += chunk.index.recordCount
      rejected += chunk.rejected.values
    }
    #expect(records == 2)
    #expect(rejected == [.recordLength])
    // A record of 1 MiB, a chunk behind it, and as much room again for unescaped fields.
    #expect(chunk.text.count < 8 << 20)
  }
}
