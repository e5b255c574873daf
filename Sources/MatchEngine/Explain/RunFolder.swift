internal import Normalizers

/// The folder that a run left behind, as far as an explanation needs it.
struct RunFolder {
  let path: String
  let asOf: CalendarDate
  /// By source name.
  private(set) var files: [String: [Manifest.File]] = [:]
  /// By rule: the state, and why it is not DONE.
  private(set) var rules: [String: (state: String, reason: String)] = [:]
  /// The files that the run wrote, by path.
  private var written: [String: Manifest.File] = [:]

  /// A line of `flags.csv`.
  struct Flag {
    var line: Int
    var cells: [FlagAttribute: String]

    func cell(_ attribute: FlagAttribute) -> String { cells[attribute] ?? "" }
  }

  init(path: String) throws(RunFailure) {
    self.path = path
    let file = "\(path)/\(Manifest.fileName)"
    let root: JobNode
    do {
      let bytes = try WholeFile.read(path: file, byteCountMax: Manifest.byteCountMax)
      root = try JobFile(text: String(decoding: bytes, as: UTF8.self), file: file).root
    } catch let error as WholeFile.Unreadable {
      throw .failed(.noRun(path: path, reason: "\(Manifest.fileName): \(error.reason)"))
    } catch {
      throw .failed(.noRun(path: path, reason: "\(Manifest.fileName) is not one that match-run wrote"))
    }
    let day = CalendarDate.packed(Array(root["as_of"].text.utf8).span, asOf: CalendarDate(days: .max / 2))
    guard root["engine"].text == "match-run", !day.codes.isInvalid else {
      throw .failed(.noRun(path: path, reason: "\(Manifest.fileName) is not one that match-run wrote"))
    }
    asOf = CalendarDate(days: day.days)
    for (name, source) in root["sources"].members {
      files[name] = source["files"].items.map(Self.file)
    }
    for file in root["files"].items.map(Self.file) { written[file.path] = file }
    for (id, rule) in root["rules"].members { rules[id] = (rule["state"].text, rule["reason"].text) }
  }

  private static func file(_ node: JobNode) -> Manifest.File {
    Manifest.File(path: node["path"].text, byteCount: Int(node["bytes"].text) ?? -1, digest: node["digest"].text)
  }

  var jobFile: String { "\(path)/job.yml" }

  /// The rows of a view that stand for groups, as the run kept them; none where it did not make the view.
  func kept(_ view: JobView) throws(RunError) -> KeptView {
    let name = KeptView.path(of: view.name)
    guard let file = written[name] else { return KeptView() }
    let bytes: [UInt8]
    do throws(WholeFile.Unreadable) {
      bytes = try WholeFile.read(path: "\(path)/\(name)", byteCountMax: max(0, file.byteCount))
    } catch {
      throw .noRun(path: path, reason: "\(name): \(error.reason)")
    }
    var found = FileDigest(seal: false)
    found.append(bytes.span)
    guard found.digest == file.digest, let kept = KeptView(bytes, view.fields) else {
      throw .noRun(path: path, reason: "\(name) is not as the run wrote it")
    }
    return kept
  }

  /// Calls `body` with every line of `flags.csv` until it returns false.
  func forEachFlag(_ columns: [Job.FlagColumn], _ body: (Flag) -> Bool) throws(RunError) {
    let file = "\(path)/flags.csv"
    do {
      var records = try RecordReader(FileBytes(path: file), encoding: .utf8, delimiter: .comma)
      var isHeader = true
      while let event = try records.next() {
        if case .rejected = event {
          throw RunError.noRun(path: path, reason: "flags.csv: line \(records.line) is damaged")
        }
        if isHeader {
          isHeader = false
          continue
        }
        var flag = Flag(line: records.line, cells: [:])
        for (column, field) in zip(columns, records.fields) {
          var bytes: [UInt8] = []
          records.append(field, to: &bytes)
          // Cells that a spreadsheet would take for a formula stand behind an apostrophe.
          if bytes.first == UInt8(ascii: "'") { bytes.removeFirst() }
          flag.cells[column.attribute] = String(decoding: bytes, as: UTF8.self)
        }
        if !body(flag) { return }
      }
    } catch let error as RunError {
      throw error
    } catch {
      throw .noRun(path: path, reason: "flags.csv cannot be read")
    }
  }
}
