import Foundation
import MatchEngine
import Testing

@Suite struct RunInputFilesTests {
  @Test(
    arguments: [
      ("*", "a.csv", true), ("*", ".hidden", false), (".*", ".hidden", true), ("*.csv", "a.csv", true),
      ("*.csv", ".csv", false),
      ("*.csv", "a.csv.gz", false), ("?.csv", "名.csv", true), ("?.csv", "ab.csv", false), ("[ab].csv", "b.csv", true),
      ("[!ab].csv", "b.csv", false), ("[!ab].csv", "c.csv", true), ("[0-9][0-9].csv", "07.csv", true),
      ("[]x].csv", "].csv", true),
      ("[a-].csv", "-.csv", true), ("[a.csv", "[a.csv", true), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXbXbX", false),
      ("**", "x", true),
      ("", "", true), ("a", "A", false)
    ] as [(String, String, Bool)])
  func matchesPatterns(pattern: String, name: String, isMatch: Bool) {
    #expect(Glob(pattern).matches(name) == isMatch)
  }

  private func sample() throws -> RunTemporaryFolder {
    let place = try RunTemporaryFolder()
    for name in ["roll.csv", "feeds/b.csv", "feeds/a.csv", "feeds/.c.csv", "more/a.csv", "more/x.txt", "data[1].csv"] {
      try place.write(name, name)
    }
    return place
  }

  @Test(
    arguments: [
      (["roll.csv"], ["roll.csv"]),
      (["roll.csv", "more/x.txt"], ["more/x.txt", "roll.csv"]),
      (["feeds/*.csv"], ["feeds/a.csv", "feeds/b.csv"]),
      (["*/a.csv"], ["feeds/a.csv", "more/a.csv"]),
      (["*/[ab].*"], ["feeds/a.csv", "feeds/b.csv", "more/a.csv"]),
      (["data[1].csv"], ["data[1].csv"]),
      (["./roll.csv"], ["./roll.csv"]),
      (["-"], ["standard input"])
    ] as [([String], [String])])
  func findsFiles(paths: [String], names: [String]) throws {
    let place = try sample()
    #expect(try InputFiles(folder: place.path).files(of: "roll", paths: paths).map(\.name) == names)
  }

  @Test func tellsSizeAndCompression() throws {
    let place = try sample()
    try place.write("a.csv", [0x1F, 0x8B, 8, 0])
    let files = try InputFiles(folder: place.path).files(of: "roll", paths: ["a.csv", "roll.csv", "/dev/null"])
    #expect(files.map(\.byteCount) == [0, 4, 8])
    #expect(files.map(\.compression) == [.none, .gzip, .none])
    #expect(files.map(\.hasPositions) == [false, false, true])
    #expect(files.map(\.path) == ["/dev/null", place("a.csv"), place("roll.csv")])
  }

  @Test func refusesWhatCannotBeRead() throws {
    let place = try sample()
    try FileManager.default.createSymbolicLink(atPath: place("link.csv"), withDestinationPath: place("roll.csv"))
    let files = InputFiles(folder: place.path)
    func error(_ paths: [String]) -> RunError? {
      do {
        _ = try files.files(of: "roll", paths: paths)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(["absent.csv"]) == .missing(path: place("absent.csv")))
    #expect(error(["roll.csv/x"]) == .missing(path: place("roll.csv/x")))
    #expect(error(["feeds"]) == .isFolder(path: place("feeds")))
    #expect(error(["*.dbf"]) == .noMatch(pattern: "*.dbf"))
    #expect(error(["absent/*.csv"]) == .noMatch(pattern: "absent/*.csv"))
    #expect(error(["roll.csv", "roll.csv"]) == .listedTwice(path: "roll.csv", again: "roll.csv", source: "roll"))
    #expect(error(["roll.csv", "link.csv"]) == .listedTwice(path: "link.csv", again: "roll.csv", source: "roll"))
    #expect(
      error(["feeds/a.csv", "feeds/*.csv"]) == .listedTwice(path: "feeds/a.csv", again: "feeds/a.csv", source: "roll"))
    #expect(error([""]) == .missing(path: ""))
  }

  @Test func noticesAChangedFile() throws {
    let place = try sample()
    let file = try #require(try InputFiles(folder: place.path).files(of: "roll", paths: ["roll.csv"]).first)
    let open = try Descriptor.reading(file.path)
    try file.verifyUnchanged(open)
    try place.write("more.csv", "longer than before")
    #expect(throws: RunError.changed(path: "roll.csv")) {
      try file.verifyUnchanged(try Descriptor.reading(place("more.csv")))
    }
  }

  @Test func unreadableFilesAreNamed() throws {
    let place = try sample()
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: place("roll.csv"))
    // The superuser may read whatever the mode says.
    guard geteuid() != 0 else { return }
    #expect(throws: RunError.system(action: "open", path: place("roll.csv"), number: EACCES)) {
      try InputFiles(folder: place.path).files(of: "roll", paths: ["roll.csv"])
    }
  }

  @Test(arguments: [("job.yml", "."), ("/job.yml", "/"), ("a/b/job.yml", "a/b")])
  func findsTheFolderOfTheJob(path: String, folder: String) {
    #expect(InputFiles.folder(of: path) == folder)
  }
}
