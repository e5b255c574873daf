import Testing

@Suite("Folders")
struct FolderTests {
  private static let topFolders: Set<String> = [
    ".ci", "Benchmarks", "Fuzz", "Sources", "Tests", "docs", "rules", "sample-data", "scripts"
  ]
  private static let topFiles: Set<String> = [
    ".gitattributes", ".gitignore", ".swift-format", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "Makefile",
    "Package.swift", "README.md", "README.zh-CN.md"
  ]
  /// Folders of a folder; one that is not a key here may hold what it likes.
  private static let folders: [String: Set<String>] = [
    "Benchmarks": ["EngineBenchmarks", "results", "sql"],
    "Sources": [
      "CKernels", "CPlatform", "CXXHash", "CXlsxWriter", "CZlib", "CZstd", "EngineWorkloads", "MatchEngine",
      "Normalizers", "SampleCity", "match-run", "normalizer-benchmark"
    ],
    "Sources/MatchEngine": [
      "Draft", "Explain", "Expression", "Flags", "Index", "Ingest", "Job", "Leads", "Memory", "Nightly", "Records",
      "Rules", "Run", "Settle"
    ],
    "Sources/Normalizers": ["Memory", "Tables", "Text"],
    "Sources/SampleCity": ["Feeds", "Notice", "People", "Tables"],
    "Sources/SampleCity/Notice": ["Feeds", "Rows", "Traps"],
    "Sources/match-run": ["Commands"],
    "Tests": ["JobTests", "MatchEngineTests", "NormalizersTests", "RepositoryTests"]
  ]
  /// Files that stand in a folder itself, beside its folders.
  private static let looseFiles: [String: Set<String>] = [
    "Sources": [], "Sources/MatchEngine": [], "Sources/match-run": ["MatchRun.swift"], "Tests": []
  ]

  @Test func filesStandInKnownFolders() throws {
    var unknown: Set<String> = []
    for file in try Repository().files {
      let parts = file.split(separator: "/").map(String.init)
      if !(parts.count == 1 ? Self.topFiles : Self.topFolders).contains(parts[0]) { unknown.insert(parts[0]) }
      for depth in 1..<max(parts.count, 1) {
        let folder = parts[..<depth].joined(separator: "/")
        let isFile = depth == parts.count - 1
        guard let known = isFile ? Self.looseFiles[folder] : Self.folders[folder] else { continue }
        if !known.contains(parts[depth]) { unknown.insert("\(folder)/\(parts[depth])") }
      }
    }
    #expect(unknown.sorted() == [])
  }

  @Test func nothingLargeIsCommitted() throws {
    let repository = try Repository()
    let large = try repository.files.filter { try repository.byteCount(of: $0) > 3_000_000 }
    #expect(large == [])
  }

  @Test func nothingBuiltIsCommitted() throws {
    let built = try Repository().tracked.filter { path in
      path.hasSuffix("Package.resolved") || path.split(separator: "/").contains { $0.hasPrefix(".build") }
    }
    #expect(built == [])
  }
}
