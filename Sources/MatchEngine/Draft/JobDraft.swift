/// A job file for files that nobody has described yet: what `init` prints.
package struct JobDraft {
  private let sources: [SourceDraft]
  /// Files without a header.
  private let withoutColumns: [FileSample]

  /// True when no file has a column; there is no job to write then.
  package var isEmpty: Bool { sources.isEmpty }

  /// Files with the same headers become one source.
  package init(files: [FileSample]) {
    var groups: [[FileSample]] = []
    for file in files {
      if let known = groups.firstIndex(where: { $0[0].columns == file.columns }) {
        groups[known].append(file)
      } else {
        groups.append([file])
      }
    }
    var taken: Set<String> = []
    var drafts: [SourceDraft] = []
    for (index, group) in groups.enumerated() {
      let name = SourceDraft.unique(Self.name(of: group) ?? "source_\(index + 1)", taken)
      taken.insert(name)
      drafts.append(SourceDraft(name: name, files: group))
    }
    sources = drafts.filter { !$0.fields.isEmpty }
    withoutColumns = drafts.filter(\.fields.isEmpty).flatMap(\.files)
  }

  /// The file's name without folder and endings; of several files what their names begin with.
  private static func name(of files: [FileSample]) -> String? {
    var stems = files.map { file in
      let last = file.path.split(separator: "/").last.map(String.init) ?? ""
      return String(last.prefix { $0 != "." })
    }
    if stems.count > 1 {
      var common = stems[0]
      for stem in stems { while !stem.hasPrefix(common) { common.removeLast() } }
      while let last = common.last, last.isNumber || last == "-" || last == "_" { common.removeLast() }
      stems = [common]
    }
    return SourceDraft.identifier(stems[0].lowercased())
  }

  /// The job file.
  package var text: String {
    var text = """
      # A draft: every guess stands beside its reason; look at them, then at the rules.
      # Paths are relative to this file; keep it where 'init' was called, or name the folder by --input.
      version: 1
      name: draft
      sources:

      """
    for file in withoutColumns { text += "  # \(file.path.oneLine): left out, no header was found\n" }
    for source in sources { append(source, to: &text) }
    text += "\nrules:\n"
    for rule in RuleDraft.proposals(for: sources) {
      text += "  \(rule.name):  # \(rule.comment.oneLine)\n"
      for line in rule.lines where !line.isEmpty { text += "    \(line)\n" }
    }
    return text
  }

  private func append(_ source: SourceDraft, to text: inout String) {
    for file in source.files {
      var notes = ["\(file.encoding.rawValue)", "separated by \(file.delimiter.rawValue)"]
      if file.skippedHead > 0 { notes.append("\(file.skippedHead) title lines above the header") }
      notes.append("\(file.sampledCount.grouped) records looked at")
      text += "  # \(file.path.oneLine): \(notes.joined(separator: ", "))\n"
      if file.headerLooksLikeData {
        text += "  # ATTENTION: the first line of this file looks like data; put a line of headers above it\n"
      }
    }
    let paths = source.files.map { Self.quoted(Self.pattern($0.path)) }
    text += "  \(source.name):\n"
    text += paths.count == 1 ? "    path: \(paths[0])\n" : "    path: [\(paths.joined(separator: ", "))]\n"
    for note in source.leftOut { text += "    # \(note.oneLine)\n" }
    text += "    fields:\n"
    for field in source.fields {
      let column = field.column.map { "{type: \(field.type.rawValue), column: \(Self.quoted($0))}" }
      text += "      \(field.name): \(column ?? field.type.rawValue)  # \(field.reason.oneLine)\n"
    }
  }

  /// The path as a job names it: signs of patterns stand for themselves.
  private static func pattern(_ path: String) -> String {
    guard Glob.isPattern(path) else { return path }
    return path.map { "*?[".contains($0) ? "[\($0)]" : String($0) }.joined()
  }

  /// A double-quoted scalar of YAML.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        if scalar.isControl || scalar.value == 0x85 {
          let digits = String(scalar.value, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }
}
