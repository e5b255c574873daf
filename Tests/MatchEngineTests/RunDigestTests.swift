import MatchEngine
import Testing

/// Expected values are those of the reference library, through its Python binding.
@Suite struct RunDigestTests {
  static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 251) } }

  @Test(
    arguments: [
      ("", 0, 0x2D06_8005_38D3_94C2), ("match-run", 0, 0x6E23_F8E6_5A53_0ED5), ("match-run", 42, 0x6AE8_506B_15E7_B232)
    ] as [(String, UInt64, UInt64)])
  func hashesAsTheReference(text: String, seed: UInt64, hash: UInt64) {
    let bytes = Array(text.utf8)
    #expect(XXH3.hash64(bytes.span, seed: seed) == hash)
  }

  @Test func longInputsHashAsTheReference() {
    let bytes = Self.pattern(1000)
    #expect(XXH3.hash64(bytes.span) == 0x1A86_FBA1_1010_18CF)
    let short = Array("match-run".utf8)
    #expect(XXH3.hash128(short.span).hexadecimal == "ac3a5d05cc6bfa23a8e0d7b215fd3aca")
  }

  static let files: [(Int, String)] = [
    (0, "99aa06d3014798d86001c324468d497f"),
    (1, "de68429b8afe28ce97cda390d38d6d2b"),
    (1 << 20, "060706d7093234edecd43ef17fcabed7"),
    ((1 << 20) + 1, "c064655f03cc14af46235af1275c9e57"),
    (2_500_000, "84eea8ff2ef174382ff29738ebadba6b")
  ]

  @Test(arguments: files)
  func fileDigestsAreThoseOfTheBlocks(count: Int, digest: String) {
    let bytes = Self.pattern(count)
    for step in [1_000_003, 65_536, 1 << 20, 3_000_000] {
      var whole = BlockDigest()
      var next = 0
      while next < count {
        let end = min(next + step, count)
        whole.append(bytes.span.extracting(next..<end))
        next = end
      }
      #expect(whole.finish().hexadecimal == digest)
    }
    var blocks: [Hash128] = []
    for start in stride(from: 0, to: count, by: BlockDigest.blockByteCount) {
      blocks.append(BlockDigest.block(bytes.span.extracting(start..<min(start + BlockDigest.blockByteCount, count))))
    }
    #expect(BlockDigest.combine(blocks).hexadecimal == digest)
  }

  @Test func aFileOnDiskHasTheDigestOfItsBytes() throws {
    let place = try RunTemporaryFolder()
    try place.write("a.csv", Self.pattern(2_500_000))
    let digest = try FileDigest(of: try Descriptor.reading(place("a.csv")), seal: false)
    #expect(digest.digest == "84eea8ff2ef174382ff29738ebadba6b")
    #expect(digest.byteCount == 2_500_000)
    #expect(digest.sha256 == nil)
  }
}
