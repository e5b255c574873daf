internal import Normalizers

/// What a pass found out about its source.
struct SourceOutcome {
  var records = RecordCursor.Counts(fileCount: 0)
  /// By field of the source.
  var fields: [FieldCounts] = []
  /// One list a worker.
  var rejects: [RejectList] = []
  var digests: [Manifest.File] = []
  var files: [SourceFile] = []
  /// Of a delivery in whose place files of the state were read.
  var setAside: SetAside?
  var uses: [FieldUse] = []
  /// Keys of the tables made of the source that stand on several rows.
  var repeatedKeys: [Quality.RepeatedKeys] = []

  /// Nothing was read yet.
  init() {}

  /// Adds up what the workers of a pass counted.
  init(of source: Job.Source, pass: Plan.Pass, workers: [PassWorker]) {
    files = pass.files
    records = RecordCursor.Counts(fileCount: files.count)
    uses = pass.uses
    fields = Array(repeating: FieldCounts(), count: source.fields.count)
    for worker in workers {
      records.add(worker.recordCounts)
      for index in fields.indices { fields[index].add(worker.fieldCounts[index]) }
      rejects.append(worker.rejects)
    }
  }

  var byteCount: Int { digests.reduce(0) { $0 + $1.byteCount } }
  /// Records that were read, accepted or not.
  var rowCount: Int { records.accepted + rejectedCount }
  /// Records that could not be split.
  var rejectedCount: Int { rejected.values.reduce(0, +) }
  /// The same by code. What is set aside of changes is no part of the rows that were read: these are the state's.
  private var rejected: [String: Int] {
    guard let setAside, !setAside.isOfChanges else { return records.rejected }
    return records.rejected.merging(setAside.counts, uniquingKeysWith: +)
  }

  /// The header that a field is read from; nil where an optional column is absent.
  func header(of field: Int) -> String? {
    files.first.flatMap { file in file.columns[field].map { file.layout.columns[$0] } }
  }

  func manifest(of source: Job.Source) -> Manifest.Source {
    var entry = Manifest.Source(name: source.name)
    entry.files = digests
    entry.rowsAccepted = records.accepted
    entry.rowsRejected = rejected
    entry.rowsRead = rowCount
    entry.skipped.head = files.reduce(0) { $0 + $1.layout.skippedHead }
    entry.skipped.tail = records.tail
    entry.skipped.repeatedHeader = records.repeatedHeader
    entry.skipped.empty = records.empty
    entry.ragged = records.ragged
    return entry
  }

  /// Files that `listedRejects` names.
  var allFiles: [SourceFile] { files + (setAside?.files ?? []) }

  /// The rejected records and unusable values of all workers, and what was set aside.
  func listedRejects() -> Rejects {
    let aside = setAside?.lists.map { $0.moved(byFiles: files.count) } ?? []
    return Rejects(
      lists: rejects + aside, files: allFiles.map(\.input.name), columns: allFiles.map(\.layout.columns),
      chunkLines: allFiles.map { _ in [0] })
  }

  func quality(of source: Job.Source, rejectsNotListed: [String: Int]) -> Quality.Source {
    var entry = Quality.Source(name: source.name)
    entry.rows = records.accepted
    entry.rejectsNotListed = rejectsNotListed
    entry.fields = uses.map { quality(of: source, use: $0) }
    entry.repeatedKeys = repeatedKeys
    return entry
  }

  /// Notes what a table of `fields` counted; only identity numbers are shown, masked, since other keys are hashes.
  mutating func note(_ counted: RepeatedKeys, fields: [Int], of source: Job.Source) {
    let isID = fields.count == 1 && source.fields[fields[0]].type == .residentID
    let examples = counted.smallest.filter { _ in isID }.map { word in
      var text: [UInt8] = []
      IDNumber(key: UInt64(bitPattern: word)).write(into: &text)
      return Mask.masked(text.span)
    }
    repeatedKeys.append(
      Quality.RepeatedKeys(
        fields: fields.map { source.fields[$0].name }, keys: counted.keys, rows: counted.rows, examples: examples))
  }

  private func quality(of source: Job.Source, use: FieldUse) -> Quality.Field {
    let counts = fields[use.field]
    var field = Quality.Field(
      name: source.fields[use.field].name, type: use.type.rawValue, column: header(of: use.field))
    field.rows = records.accepted
    field.empty = counts.empty
    guard use.slot != nil else { return field }
    field.valid = field.rows - counts.empty - counts.invalid
    field.repairedValues = counts.repaired
    for (bit, count) in counts.codes.enumerated() where count > 0 {
      let code = Codes(rawValue: 1 << UInt64(bit))
      if code.isInvalid {
        field.invalid[Codes.names[bit]] = count
      } else if code.isRepaired {
        field.repaired[Codes.names[bit]] = count
      } else {
        field.warnings[Codes.names[bit]] = count
      }
    }
    return field
  }
}

/// What was not applied of a delivery: records and changes that are listed as rejected.
struct SetAside: Sendable {
  var lists: [RejectList]
  /// Of the delivery.
  var files: [SourceFile]
  /// A list of changes; else all rows of the source.
  var isOfChanges: Bool

  /// By code, listed or not.
  var counts: [String: Int] { RejectList.counts(lists) }
}
