import Foundation
import Testing

@Suite("Documents")
struct DocumentTests {
  private let repository: Repository
  private let pages: [(path: String, page: MarkdownPage)]

  init() throws {
    let repository = try Repository()
    self.repository = repository
    pages = try repository.files.filter {
      $0.hasSuffix(".md") && (!$0.contains("/") || $0.hasPrefix("docs/") || $0.hasPrefix("sample-data/"))
    }
    .map { ($0, MarkdownPage(try repository.lines(of: $0))) }
  }

  @Test func everyDocumentIsThere() {
    let expected = [
      "README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
      "docs/glossary.md", "docs/job-file.md", "docs/performance.md"
    ]
    let missing = expected.filter { !repository.exists($0) }
    #expect(missing == [])
  }

  /// The words after `program` in the code of all pages, where they look like a command.
  private func words(after program: String) -> [MarkdownPage.Code] {
    pages.flatMap { page in
      page.page.code.flatMap { code in
        let words = code.text.split(separator: " ").map(String.init)
        return zip(words, words.dropFirst()).compactMap { word, next -> MarkdownPage.Code? in
          guard word == program || word.hasSuffix("/" + program),
            next.allSatisfy({ $0.isASCII && $0.isLowercase || $0 == "-" }),
            !next.hasPrefix("-")
          else { return nil }
          return MarkdownPage.Code(place: code.place, text: next)
        }
      }
    }
  }

  @Test func namedCommandsExist() throws {
    let program = try repository.text(of: "Sources/match-run/MatchRun.swift")
    let list = try #require(program.split(separator: "subcommands: [").dropFirst().first?.split(separator: "]").first)
    let commands = Set(list.split { $0 == "," || $0.isWhitespace }.map { $0.split(separator: ".")[0].lowercased() })
    let unknown = words(after: "match-run").filter { !commands.contains($0.text) }
    #expect(unknown.map { "\($0.place): match-run \($0.text)" } == [])
  }

  @Test func namedTargetsExist() throws {
    let targets = Set(
      try repository.lines(of: "Makefile").compactMap { line -> String? in
        guard let colon = line.text.firstIndex(of: ":"), line.text.first?.isLetter == true else { return nil }
        let name = line.text[..<colon]
        return name.contains(" ") ? nil : String(name)
      })
    #expect(targets.isSuperset(of: ["run", "test"]))
    let unknown = words(after: "make").filter { !targets.contains($0.text) }
    #expect(unknown.map { "\($0.place): make \($0.text)" } == [])
  }

  /// Paths in code that begin with a folder of the root; those with a blank, a placeholder or a wildcard are patterns.
  @Test func namedFilesExist() {
    let roots = ["Sources/", "Tests/", "docs/", "rules/", "sample-data/", "scripts/", "Benchmarks/", ".ci/"]
    var missing: [String] = []
    for (_, page) in pages {
      for code in page.code {
        for word in code.text.split(separator: " ") {
          let path = String(word.hasPrefix("./") ? word.dropFirst(2) : word[...])
          guard roots.contains(where: path.hasPrefix), !path.contains(where: { "<>*…{}".contains($0) }) else {
            continue
          }
          if !repository.exists(path) { missing.append("\(code.place): \(path)") }
        }
      }
    }
    #expect(missing == [])
  }

  @Test func linksLeadSomewhere() {
    var broken: [String] = []
    for (path, page) in pages {
      let folder = path.split(separator: "/").dropLast()
      for link in page.links where !link.text.isEmpty && !link.text.contains("://") {
        var parts = folder
        for part in link.text.split(separator: "/") where part != "." {
          if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }
        if !repository.exists(parts.joined(separator: "/")) { broken.append("\(link.place): \(link.text)") }
      }
    }
    #expect(broken == [])
  }

  @Test func bothReadmesShowTheSameCode() throws {
    let blocks = try ["README.md", "README.zh-CN.md"].map { path in
      try repository.text(of: path).components(separatedBy: "\n```").enumerated().filter { $0.offset % 2 == 1 }.map(
        \.element)
    }
    #expect(!blocks[0].isEmpty)
    #expect(blocks[0] == blocks[1])
  }

  @Test func theReadmeNamesTheTestCommandOfTheChecks() throws {
    let command = try #require(try repository.lines(of: ".ci/run").last { !$0.text.isEmpty }).text
    #expect(command == "make test")
    let isNamed = pages.contains { $0.path == "README.md" && $0.page.code.contains { $0.text == command } }
    #expect(isNamed, "README.md does not name \(command)")
  }

  @Test func theChangelogHasOneUnreleasedSectionOnTop() throws {
    let sections = try repository.lines(of: "CHANGELOG.md").map(\.text).filter { $0.hasPrefix("## ") }
    #expect(sections.first == "## [Unreleased]")
    #expect(sections.filter { $0.contains("Unreleased") }.count == 1)
  }
}
