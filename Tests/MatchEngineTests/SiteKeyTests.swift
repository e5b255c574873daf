import Foundation
import MatchEngine
import Testing

@Suite struct SiteKeyTests {
  /// Made with Python from the bytes 0 to 31.
  private static let text = """
    match-run-site-key: 1
    name: site-v5l424dt
    key: AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ
    check: D4W2P3LU

    """

  @Test func theTextHoldsKeyNameAndCheck() throws {
    #expect(LeadSamples.key.text == Self.text)
    #expect(LeadSamples.key.name == "site-v5l424dt")
    #expect(try SiteKey.parse(Self.text, path: "k").text == Self.text)
    #expect(try SiteKey.parse(Self.text.replacing("\n", with: " \r\n"), path: "k").text == Self.text)
  }

  @Test(
    arguments: [
      ("", "another kind of file"), ("secret\n", "another kind of file"),
      (text.replacing("key: 1", with: "key: 2"), "newer version"),
      (text.replacing("AAAQ", with: "AAAR"), "its check does not fit"),
      (text.replacing("AAAQ", with: "aaaq"), "its check does not fit"),
      (text.replacing("v5l4", with: "v5l5"), "its check does not fit"),
      (text.replacing("check: D4W2P3LU\n", with: ""), "cut"), (text + "more\n", "cut")
    ])
  func aDamagedKeyIsRefusedWithoutShowingIt(text: String, reason: String) {
    do {
      _ = try SiteKey.parse(text, path: "k")
      Issue.record("taken: \(reason)")
    } catch {
      #expect(error.description.hasPrefix("k: not used as a site key: "))
      #expect(error.description.contains(reason))
      #expect(!error.description.contains("AAQ"))
    }
  }

  @Test func randomKeysDiffer() { #expect(SiteKey.random().text != SiteKey.random().text) }

  @Test func aNewFileIsPrivateAndIsReadAgain() throws {
    let place = try RunTemporaryFolder()
    let key = SiteKey.random()
    try key.write(to: place("site.key"))
    #expect(try place.mode("site.key") == 0o600)
    #expect(try SiteKey.read(path: place("site.key")).text == key.text)
  }

  @Test func aFileThatIsThereIsNeverOverwritten() throws {
    let place = try RunTemporaryFolder()
    try place.write("site.key", "precious")
    #expect(throws: RunError.self) { try SiteKey.random().write(to: place("site.key")) }
    #expect(try place.text("site.key") == "precious")
    try FileManager.default.createSymbolicLink(atPath: place("link"), withDestinationPath: place("absent"))
    #expect(throws: RunError.self) { try SiteKey.random().write(to: place("link")) }
    #expect(!place.exists("absent"))
    #expect(throws: RunError.isNoFolder(path: place("none"))) { try SiteKey.random().write(to: place("none/site.key")) }
  }

  @Test func aFileThatOthersMayReadIsRefused() throws {
    let place = try RunTemporaryFolder()
    try SiteKey.random().write(to: place("site.key"))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: place("site.key"))
    let refusals: [(String, String)] = [("site.key", "chmod 600"), ("none", "no such file"), ("", "is not a file")]
    for (name, words) in refusals {
      do {
        _ = try SiteKey.read(path: place(name))
        Issue.record("taken: \(name)")
      } catch {
        #expect(error.description.contains(words))
      }
    }
  }
}
