/// What a run read, counted and wrote: `manifest.json`, written last.
package struct Manifest: Hashable, Sendable {
  package static let fileName = "manifest.json"
  /// How every manifest begins; tells a folder of results from others.
  static let beginning = "{\n  \"engine\": \"match-run\",\n"
  /// More of a manifest is not looked at when a folder is checked.
  static let byteCountMax = 64 << 20

  package struct File: Hashable, Sendable {
    package var path: String
    package var byteCount: Int
    package var digest: String
    /// With `--seal`.
    package var sha256: String?

    package init(path: String, byteCount: Int, digest: String, sha256: String? = nil) {
      self.path = path
      self.byteCount = byteCount
      self.digest = digest
      self.sha256 = sha256
    }
  }

  package struct Skipped: Hashable, Sendable {
    package var head = 0
    package var tail = 0
    package var repeatedHeader = 0
    package var empty = 0

    package init() {}
  }

  /// `rowsRead` = `rowsAccepted` + all of `rowsRejected`; checked when the manifest is written.
  package struct Source: Hashable, Sendable {
    package var name: String
    package var files: [File] = []
    package var rowsRead = 0
    package var rowsAccepted = 0
    package var rowsRejected: [String: Int] = [:]
    package var skipped = Skipped()
    package var ragged = 0

    package init(name: String) { self.name = name }
  }

  package enum State: String, Hashable, Sendable {
    case done = "DONE"
    case unknown = "UNKNOWN"
    case notEvaluated = "NOT_EVALUATED"
  }

  package struct Rule: Hashable, Sendable {
    package var id: String
    package var title = ""
    package var flags = 0
    package var evaluated = 0
    package var notEvaluated: [String: Int] = [:]
    package var exemptions: [String: Int] = [:]
    package var state = State.done
    /// Why the state is not `done`.
    package var reason: String?

    package init(id: String) { self.id = id }
  }

  package var engineVersion: String
  package var jobName: String
  /// YYYY-MM-DD
  package var asOf: String
  /// Of `job.yml` as written by the run.
  package var jobDigest: String
  /// Name of the key that makes flag ids, never the key.
  package var siteKey: String?
  package var sources: [Source] = []
  package var rules: [Rule] = []
  /// What differs from the rule packs that the product ships, one sentence each.
  package var packDifferences: [String] = []
  /// What people should know, one sentence each.
  package var warnings: [String] = []
  /// The run's other files except `timing.json`.
  package var files: [File] = []

  package init(engineVersion: String, jobName: String, asOf: String, jobDigest: String) {
    self.engineVersion = engineVersion
    self.jobName = jobName
    self.asOf = asOf
    self.jobDigest = jobDigest
  }

  /// Takes the finished files of the run's folder; `timing.json` differs from run to run, so it is named without a
  /// digest.
  package mutating func setFiles(_ finished: [OutputFile.Finished]) {
    files = finished.filter { $0.path != Timing.fileName }
      .map { File(path: $0.path, byteCount: $0.byteCount, digest: $0.digest) }
      .sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
  }

  package var json: JSONText {
    .members([
      "engine": .string("match-run"),
      "engine_version": .string(engineVersion),
      "job": .string(jobName),
      "as_of": .string(asOf),
      "job_digest": .string(jobDigest),
      "site_key": .optional(siteKey),
      "sources": .object(sources.map { .init(key: $0.name, value: $0.json) }),
      "rules": .object(rules.map { .init(key: $0.id, value: $0.json) }),
      "pack_differences": .array(packDifferences.map { .string($0) }),
      "warnings": .array(warnings.map { .string($0) }),
      "files": .array(files.map(\.json))
    ])
  }

  /// The warnings in the text of a manifest, as they stand between their quotes.
  package static func warnings(in text: String) -> [String] {
    let lines = text.split(separator: "\n").drop { !$0.hasPrefix("  \"warnings\": [") }.dropFirst()
    return lines.prefix { $0.hasPrefix("    ") }.map { line in
      String(line.drop { $0 == " " || $0 == "\"" }.reversed().drop { $0 == "," || $0 == "\"" }.reversed())
    }
  }

  /// The first parts of the paths in a manifest's list of files, and the files that it never lists.
  static func paths(in text: String) -> Set<String> {
    var names: Set<String> = [fileName, Timing.fileName]
    for line in text.split(separator: "\n") {
      let line = line.drop { $0 == " " }
      guard line.hasPrefix("\"path\": \"") else { continue }
      names.insert(String(line.dropFirst(9).prefix { $0 != "\"" && $0 != "/" }))
    }
    return names
  }
}

extension Manifest.File {
  var json: JSONText {
    .members([
      "path": .string(path), "bytes": .integer(byteCount), "digest": .string(digest),
      "sha256": sha256.map { .string($0) }
    ])
  }
}

extension Manifest.Source {
  var json: JSONText {
    precondition(
      rowsRead == rowsAccepted + rowsRejected.values.reduce(0, +), "rows read = rows accepted + rows rejected")
    return .members([
      "files": .array(files.map(\.json)),
      "rows_read": .integer(rowsRead),
      "rows_accepted": .integer(rowsAccepted),
      "rows_rejected": .counts(rowsRejected),
      "skipped": .members([
        "head": .integer(skipped.head), "tail": .integer(skipped.tail),
        "repeated_header": .integer(skipped.repeatedHeader), "empty": .integer(skipped.empty)
      ]),
      "ragged": .integer(ragged)
    ])
  }
}

extension Manifest.Rule {
  var json: JSONText {
    .members([
      "state": .string(state.rawValue),
      "reason": .optional(reason),
      "flags": .integer(flags),
      "evaluated": .integer(evaluated),
      "not_evaluated": .counts(notEvaluated),
      "exemptions": .counts(exemptions)
    ])
  }
}
