import Testing

@Suite struct KeyCommandTests {
  @Test func makesAPrivateKeyOnce() throws {
    let place = try RunPlace()
    let made = try Program.run("key", "init", "\(place.path)/site.key")
    #expect(made.code == 0)
    #expect(made.errors == "")
    #expect(made.output.hasPrefix("site-"))
    let text = try place.text("site.key")
    #expect(text.hasPrefix("match-run-site-key: 1\nname: \(made.output.prefix(13))\nkey: "))
    #expect(try Program.shell("test $(stat -c %a \"$1/site.key\") = 600", place.path) == 0)
    let secret = try #require(text.split(separator: "\n").first { $0.hasPrefix("key: ") }).dropFirst(5)
    #expect(!made.output.contains(secret))

    let again = try Program.run("key", "init", "\(place.path)/site.key")
    #expect(again.code == 3)
    #expect(again.output == "")
    #expect(again.errors.hasPrefix("match-run: error: \(place.path)/site.key: not used as the key file: it is there"))
    #expect(try place.text("site.key") == text)
  }
}
