import MatchEngine
import Testing

/// Job files that were made to break a reader end in a message, soon.
struct HostileJobTests {
  private static let nested = "brackets are nested more than 64 deep"
  private static let deepExpression = "the expression is nested more than 200 deep"

  private func rule(where condition: String) -> String {
    twoSources + "rules:\n  T:\n    kind: condition\n    subject: feed\n    where: |-\n      \(condition)\n"
  }

  @Test(arguments: [
    (String(repeating: "[", count: 20_000), "1:65: \(nested)"),
    ("a: " + String(repeating: "{a: ", count: 20_000), "1:260: \(nested)"),
    (String(repeating: "[{", count: 20_000), "1:65: \(nested)"),
    (String(repeating: "- ", count: 100) + "a", "1:129: lists and mappings are nested more than 64 deep"),
    (String(repeating: "- ", count: 900) + "a", "1:129: lists and mappings are nested more than 64 deep"),
    (String(repeating: "- ", count: 20_000) + "a", "1:1999: lists and mappings are nested more than 64 deep"),
    (String(repeating: "? ", count: 900) + "a", "1:1: keys behind '? ' are not supported; write key: value")
  ])
  func deepStructuresAreRefused(text: String, line: String) {
    #expect(mistakes(in: text) == ["job.yml:" + line])
  }

  @Test(arguments: [
    String(repeating: "(", count: 20_000) + "n = 1" + String(repeating: ")", count: 20_000),
    String(repeating: "not ", count: 20_000) + "n = 1",
    "died" + String(repeating: " + 1 day", count: 20_000) + " > as_of",
    "n = " + String(repeating: "month(", count: 20_000),
    "n = " + String(repeating: "sum(", count: 20_000) + "n"
  ])
  func deepExpressionsAreRefused(condition: String) {
    let lines = mistakes(in: rule(where: condition))
    #expect(lines == ["job.yml:13:12: \(Self.deepExpression)"])
  }

  @Test func deepExpressionsUpToTheLimitAreRead() {
    let condition = String(repeating: "(", count: 200) + "n = 1" + String(repeating: ")", count: 200)
    #expect(mistakes(in: rule(where: condition)) == [])
  }

  @Test(arguments: [
    "n = 1" + String(repeating: " and n = 1", count: 20_000),
    "n in (1" + String(repeating: ", 1", count: 50_000) + ")",
    "name = '" + String(repeating: "x", count: 200_000) + "'"
  ])
  func longExpressionsAreRead(condition: String) {
    #expect(mistakes(in: rule(where: condition)) == [])
  }

  @Test func oneExpressionHasAtMostTwentyMistakes() {
    let condition = "x = 1" + String(repeating: " and xyz > 'abc'", count: 5_000)
    let text = twoSources + "rules: {T: {kind: condition, subject: feed, where: \"\(condition)\"}}\n"
    let lines = mistakes(in: text)
    #expect(lines.count == 20)
    #expect(lines.first?.hasPrefix("job.yml:9:53: unknown field 'x'") == true)
    #expect(lines.last?.hasPrefix("job.yml:9:351: unknown field 'xyz'; fields of feed: ") == true)
  }

  @Test func aHundredMistakesArePrinted() {
    let keys = (0..<5_000).map { "a\($0): 1\n" }.joined()
    let lines = mistakes(in: keys)
    #expect(lines.count == 101)
    #expect(lines.last == "job.yml: and 400 more mistakes")
  }

  @Test func manySourcesAndRulesAreRead() {
    let fields = (0..<2_000).map { "f\($0): text" }.joined(separator: ", ")
    let rules = (0..<2_000).map { "  R\($0): {kind: condition, subject: a, where: f\($0) = ''}\n" }.joined()
    #expect(mistakes(in: "version: 1\nsources: {a: {path: a, fields: {\(fields)}}}\nrules:\n\(rules)") == [])
  }

  /// Each level stands for nine of the level before: without the check these few lines stand for 9^9 values.
  @Test func aBombOfAliasesIsRefused() {
    var text = "a0: &a0 [x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let lines = mistakes(in: text)
    #expect(lines.count == 91)
    #expect(
      lines.first
        == "job.yml:1:5: anchors (&name) are not supported; text that begins with '&' needs quotes around it")
  }

  /// Every prefix of a job ends somewhere unexpected.
  @Test func everyPrefixOfAJobEndsInAMessage() {
    let text =
      twoSources + """
        rules:
          R:
            kind: presence
            subject: roll
            where: >
              status in ('a', 'b')
            find: {in: feed, key: [id_no], where: "died <= as_of", as: 'x'}
            evidence: ["'it''s'", died]   # why
        """
    for length in 0..<text.count {
      let lines = mistakes(in: String(text.prefix(length)))
      #expect(!lines.isEmpty || length > 400, "a job of \(length) characters")
      #expect(lines.allSatisfy { $0.hasPrefix("job.yml:") && !$0.contains("\n") })
    }
  }
}
