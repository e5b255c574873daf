import Foundation
import Testing

@Suite("Sources")
struct SourceTests {
  /// The places where `unsafe` may stand; everyone else uses spans and arrays.
  private static let unsafeFolders = [
    "Sources/Normalizers/Memory/", "Sources/MatchEngine/Memory/", "Sources/MatchEngine/Index/"
  ]

  @Test func unsafeStandsInFewPlaces() throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.files(in: "Sources", ending: ".swift")
    where !Self.unsafeFolders.contains(where: file.hasPrefix) {
      for line in try repository.lines(of: file) where Self.code(line.text).lowercased().contains("unsafe") {
        wrong.append(line.place)
      }
    }
    #expect(wrong == [])
  }

  @Test func unsafeAndUncheckedHaveTheirReason() throws {
    let repository = try Repository()
    let wrong = try repository.files(in: "Sources", ending: ".swift").filter { file in
      let lines = try repository.lines(of: file)
      let needsReason = lines.contains { line in
        let code = Self.code(line.text)
        return code.contains("unsafe ") || code.contains("(unsafe)") || code.contains("@unchecked")
      }
      return needsReason && !lines.contains { $0.text.contains("// SAFETY: ") }
    }
    #expect(wrong == [])
  }

  @Test(arguments: [
    ("Sources/Normalizers", ""),  // no import at all
    ("Sources/MatchEngine", "Foundation"),
    ("Sources/MatchEngine", "FoundationEssentials"),
    ("Sources/SampleCity", "Foundation"),
    ("Sources/SampleCity", "FoundationEssentials")
  ])
  func importsStayInTheirLayer(folder: String, forbidden: String) throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.files(in: folder, ending: ".swift") {
      for line in try repository.lines(of: file) {
        let words = Self.code(line.text).split { " .".contains($0) }.map(String.init)
        guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(Self.mayPrecedeImport) else {
          continue
        }
        if forbidden.isEmpty || words[place...].contains(forbidden) { wrong.append(line.place) }
      }
    }
    #expect(wrong == [])
  }

  private static func mayPrecedeImport(_ word: String) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }

  @Test func filesAreNotLong() throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.files(in: "Sources") where !Self.isTable(file) {
      let count = try repository.lines(of: file).count - 1
      if count > 700 { wrong.append("\(file): \(count) lines") }
    }
    #expect(wrong == [])
  }

  @Test func linesAreNotLong() throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.files(in: "Sources") + repository.files(in: "Tests", ending: ".swift")
    where !Self.isTable(file) {
      for line in try repository.lines(of: file) where line.text.utf8.count > 120 && line.text.count > 120 {
        wrong.append("\(line.place): \(line.text.count) columns")
      }
    }
    #expect(wrong == [])
  }

  /// Written by a script from somebody else's data.
  private static func isTable(_ file: String) -> Bool { file.contains("/Tables/") }

  @Test func everySwiftTargetHasTheSettings() throws {
    let manifest = try Repository().text(of: "Package.swift")
    for setting in [
      ".swiftLanguageMode(.v6)", ".strictMemorySafety()", ".treatAllWarnings(as: .error)",
      ".enableUpcomingFeature(\"InternalImportsByDefault\")", ".enableUpcomingFeature(\"MemberImportVisibility\")"
    ] {
      #expect(manifest.contains(setting))
    }
    // Behind each beginning of a target up to the next one: a folder with Swift in it names the settings.
    let repository = try Repository()
    let targets = manifest.components(separatedBy: "arget(").dropFirst().compactMap { text -> String? in
      guard let name = text.components(separatedBy: "\"").dropFirst().first else { return nil }
      let hasSwift = ["Sources", "Tests"].contains { !repository.files(in: "\($0)/\(name)", ending: ".swift").isEmpty }
      return hasSwift && !text.contains("swiftSettings: settings") ? name : nil
    }
    #expect(targets == [])
  }

  /// A line without its string literals and its comment.
  private static func code(_ line: Substring) -> String {
    var code = ""
    var isInString = false
    var previous: Character = " "
    for character in line {
      if isInString {
        if character == "\"", previous != "\\" { isInString = false }
      } else if character == "\"" {
        isInString = true
      } else if character == "/", previous == "/" {
        code.removeLast()
        break
      } else {
        code.append(character)
      }
      previous = character
    }
    return code
  }
}
