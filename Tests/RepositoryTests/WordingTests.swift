import Testing

@Suite("Wording")
struct WordingTests {
  /// Put together from halves, so that this file does not hold them.
  private static let markers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not " + "implemented"]

  @Test func noMarkersAreLeft() throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.writtenFiles {
      let text = try repository.text(of: file)
      for marker in Self.markers where text.contains(marker) {
        for line in try repository.lines(of: file) where Self.holdsWord(marker, line.text) { wrong.append(line.place) }
      }
    }
    #expect(wrong == [])
  }

  private static func holdsWord(_ word: String, _ line: Substring) -> Bool {
    line.ranges(of: word).contains { range in
      let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
      let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
      return !(before.isLetter || before == "_") && !(after.isLetter || after == "_")
    }
  }

  /// Folders that one machine has and another has not.
  private static let machineFolders = ["/work/", "/home/", "/tmp/", "/Users/", "/farm/"]

  @Test func noPathsOfOneMachine() throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.writtenFiles where file != "Tests/RepositoryTests/WordingTests.swift" {
      let text = try repository.text(of: file)
      for folder in Self.machineFolders where text.contains(folder) {
        for line in try repository.lines(of: file) where Self.holdsPath(folder, line.text) { wrong.append(line.place) }
      }
    }
    #expect(wrong == [])
  }

  private static func holdsPath(_ folder: String, _ line: Substring) -> Bool {
    if line.contains("mktemp") || line.contains("TMPDIR") { return false }
    return line.ranges(of: folder).contains { range in
      let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
      return !before.isLetter && !before.isNumber && before != "}" && before != "."
    }
  }
}
