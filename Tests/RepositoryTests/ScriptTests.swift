import Foundation
import Testing

@Suite("Scripts")
struct ScriptTests {
  private static let packageList = "scripts/debian-packages"

  @Test func scriptsCanBeCalled() throws {
    let repository = try Repository()
    var wrong: [String] = []
    for file in repository.files(in: "scripts") + repository.files(in: ".ci") where file != Self.packageList {
      let isExecutable = FileManager.default.isExecutableFile(atPath: Repository.root + "/" + file)
      let text = try repository.text(of: file)
      if !isExecutable || !text.hasPrefix("#!/usr/bin/env ") { wrong.append(file) }
    }
    #expect(wrong == [])
  }

  @Test func shellScriptsStopAtTheFirstFailure() throws {
    let repository = try Repository()
    let wrong = try (repository.files(in: "scripts") + repository.files(in: ".ci")).filter { file in
      let text = try repository.text(of: file)
      return text.hasPrefix("#!/usr/bin/env bash") && !text.contains("\nset -euo pipefail\n")
    }
    #expect(wrong == [])
  }

  /// The manifest names packages as a hint for people; what is installed stands in one list.
  @Test func packagesOfTheManifestAreInstalled() throws {
    let repository = try Repository()
    let installed = try repository.lines(of: Self.packageList).map { String($0.text) }.filter { !$0.isEmpty }
    #expect(installed == installed.sorted())
    let named = try repository.text(of: "Package.swift").components(separatedBy: ".apt([\"").dropFirst()
      .map { String($0.prefix { $0 != "\"" }) }
    #expect(Set(named).subtracting(installed).sorted() == [])
  }
}
