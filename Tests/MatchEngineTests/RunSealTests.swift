import MatchEngine
import Testing

@Suite struct RunSealTests {
  // SHA-256 of "abc" is the first example of FIPS 180-4.
  @Test func sealsWithSHA256() {
    var digest = FileDigest(seal: true)
    digest.append(Array("a".utf8).span)
    digest.append(Array("bc".utf8).span)
    #expect(digest.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
