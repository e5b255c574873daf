internal import Normalizers

/// One generation of the state: what a night left, made of the one before and the night's deliveries.
///
/// A folder of eight digits in the state folder:
///
///     manifest.json                          what the folder holds; written last
///     transitions.csv                        the batch of the night, as it stands in the results
///     flags.csv                              flags of settled rules, and every flag that is over
///     flags.records, .removed, .added        flags of rules that are judged in passing: some, and what changed since
///     rows/SOURCE.N.csv, .N.columns, .gone   rows of sources
///     rows/SOURCE.list, .once                of snapshots: the order of the rows, and digests of those that were once
struct Generation {
  static let format = 4

  /// What was counted of a rule that is judged in passing.
  struct RuleTotals: Hashable {
    var flags = 0
    var evaluated = 0
    var subjectKeys = 0
    var foundKeys = 0
  }

  var number: Int
  /// 0 for the first.
  var base: Int
  /// YYYY-MM-DD
  var asOf: String
  var jobDigest: String
  var siteKey: String
  /// Of all that the night was given; of what was delivered as changes alone.
  var nightDigest = ""
  var changesDigest = ""
  /// Bytes of the files of all snapshots.
  var snapshotBytes = 0
  /// Guards that were accepted.
  var accepted: [String] = []
  var sources: [String: SourceState] = [:]
  /// By source name.
  var rows: [String: RowState.Entry] = [:]
  var rules: [String: RuleTotals] = [:]
  /// Rules that say nothing, with the reason of each.
  var unknown: [String: String] = [:]
  /// Names by which the flags in `flags.records` are counted.
  var recordRules: [String] = []
  /// Digests of the other files.
  var files: [String: String] = [:]
  /// Where it lies.
  var path = ""

  /// The name of the segment of the rows that come tonight.
  func rowsName(_ source: Job.Source) -> String { "rows/\(source.name).\(number)" }

  static func folderName(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  init(number: Int, base: Int, asOf: String, jobDigest: String, siteKey: String) {
    self.number = number
    self.base = base
    self.asOf = asOf
    self.jobDigest = jobDigest
    self.siteKey = siteKey
  }

  /// Reads the generation at `path`.
  init(path: String, number: Int) throws(RunError) {
    let file = "\(path)/\(Manifest.fileName)"
    let root: JobNode
    do {
      let bytes = try WholeFile.read(path: file, byteCountMax: 1 << 20)
      root = try JobFile(text: String(decoding: bytes, as: UTF8.self), file: file).root
    } catch {
      throw .stateRefused(path: path, reason: "\(Manifest.fileName) cannot be read; restore the folder from a backup")
    }
    guard root["engine"].text == "match-run", root["state_format"].text == String(Self.format) else {
      throw .stateRefused(
        path: path, reason: "it is no state of format \(Self.format), the one that this program reads and writes")
    }
    self.init(
      number: number, base: Int(root["base"].text) ?? 0, asOf: root["as_of"].text, jobDigest: root["job_digest"].text,
      siteKey: root["site_key"].text)
    nightDigest = root["night_digest"].text
    changesDigest = root["changes_digest"].text
    snapshotBytes = Int(root["snapshot_bytes"].text) ?? 0
    accepted = root["accepted"].items.map(\.text)
    for (name, source) in root["sources"].members { sources[name] = SourceState(source) }
    for (name, entry) in root["rows"].members { rows[name] = RowState.Entry(entry) }
    for (rule, totals) in root["rules"].members { rules[rule] = RuleTotals(totals) }
    for (rule, reason) in root["unknown"].members { unknown[rule] = reason.text }
    recordRules = root["record_rules"].items.map(\.text)
    for entry in root["files"].items { files[entry["path"].text] = entry["digest"].text }
    self.path = path
  }

  func json(_ finished: [OutputFile.Finished]) -> JSONText {
    func object<Value>(_ values: [String: Value], _ json: (Value) -> JSONText) -> JSONText {
      .object(values.sorted { $0.key < $1.key }.map { .init(key: $0, value: json($1)) })
    }
    return .members([
      "engine": .string("match-run"),
      "engine_version": .string(JobRun.version),
      "state_format": .integer(Self.format),
      "generation": .integer(number),
      "base": .integer(base),
      "as_of": .string(asOf),
      "job_digest": .string(jobDigest),
      "site_key": .string(siteKey),
      "night_digest": .string(nightDigest),
      "changes_digest": .string(changesDigest),
      "snapshot_bytes": .integer(snapshotBytes),
      "accepted": .array(accepted.map { .string($0) }),
      "sources": object(sources, \.json),
      "rows": object(rows, \.json),
      "rules": object(rules, \.json),
      "unknown": object(unknown) { .string($0) },
      "record_rules": .array(recordRules.map { .string($0) }),
      "files": .array(
        finished.sorted { $0.path < $1.path }.map {
          Manifest.File(path: $0.path, byteCount: $0.byteCount, digest: $0.digest).json
        })
    ])
  }

  /// The bytes of a file of the generation; nil where it has none. Throws when they are not those that were written.
  func bytes(_ name: String) throws(RunError) -> [UInt8]? {
    guard let known = files[name] else { return nil }
    let path = "\(self.path)/\(name)"
    let descriptor = try Descriptor.reading(path)
    var bytes = [UInt8](repeating: 0, count: try descriptor.status().byteCount)
    var room = bytes.mutableSpan
    let count = try descriptor.read(into: &room, at: 0)
    var digest = BlockDigest()
    digest.append(bytes.span)
    guard count == bytes.count, digest.finish().hexadecimal == known else {
      throw .damaged(
        path: path, format: "state", reason: "its bytes are not those that were written; restore a backup")
    }
    return bytes
  }

  /// Gives a new generation a file of this one, which stays as it is.
  func link(_ name: String, in folder: OutputFolder) throws(RunError) {
    try folder.link("\(path)/\(name)", as: name, digest: files[name] ?? "")
  }

  /// Gives it the files of segments.
  func link(_ segments: [Segment.Entry], in folder: OutputFolder) throws(RunError) {
    for name in segments.flatMap(\.fileNames) { try link(name, in: folder) }
  }
}

extension Generation.RuleTotals {
  fileprivate init(_ node: JobNode) {
    flags = Int(node["flags"].text) ?? 0
    evaluated = Int(node["evaluated"].text) ?? 0
    subjectKeys = Int(node["subject_keys"].text) ?? 0
    foundKeys = Int(node["found_keys"].text) ?? 0
  }

  fileprivate var json: JSONText {
    .members([
      "flags": .integer(flags), "evaluated": .integer(evaluated), "subject_keys": .integer(subjectKeys),
      "found_keys": .integer(foundKeys)
    ])
  }
}

extension SourceState {
  fileprivate init(_ node: JobNode) {
    rows = Int(node["rows"].text) ?? 0
    columns = node["columns"].items.map(\.text)
    lacking = node["lacking"].items.map(\.text)
    withoutKey = Int(node["without_key"].text) ?? 0
    unusable = Int(node["unusable_per_mille"].text) ?? 0
  }

  fileprivate var json: JSONText {
    .members([
      "rows": .integer(rows), "unusable_per_mille": .integer(unusable),
      "without_key": .integer(withoutKey), "columns": .array(columns.map { .string($0) }),
      "lacking": .array(lacking.map { .string($0) })
    ])
  }
}

extension RowState.Entry {
  fileprivate init(_ node: JobNode) {
    segments = node["segments"].items.map { Segment.Entry($0) }
    rows = Int(node["rows"].text) ?? 0
    gone = Int(node["gone"].text) ?? 0
    columns = node["columns"].text
  }

  fileprivate var json: JSONText {
    .members([
      "rows": .integer(rows), "gone": .integer(gone), "columns": .string(columns),
      "segments": .array(segments.map(\.json))
    ])
  }
}

extension Segment.Entry {
  fileprivate init(_ node: JobNode) {
    func number(_ key: String) -> Int { Int(node[key].text) ?? 0 }
    self.init(
      name: node["name"].text, rows: number("rows"), blocks: number("blocks"), later: number("later"),
      tableStart: number("table_start"), tableDigest: node["table_digest"].text, columns: number("columns"),
      lacking: node["lacking"].items.map(\.text))
  }

  fileprivate var json: JSONText {
    .members([
      "name": .string(name), "rows": .integer(rows), "blocks": .integer(blocks), "later": .integer(later),
      "table_start": .integer(tableStart), "table_digest": .string(tableDigest), "columns": .integer(columns),
      "lacking": .array(lacking.map { .string($0) })
    ])
  }
}
