/// What `inspect` tells about a file.
package struct FileInspection {
  package private(set) var encoding = TextEncoding.utf8
  package private(set) var hasByteOrderMark = false
  package private(set) var delimiter = Delimiter.comma
  package private(set) var lineEndings: Set<LineEnding> = []
  package private(set) var columns: [String] = []
  /// Roles and the names of their columns, in the order of the columns.
  package private(set) var roles: [(role: HeaderRole, column: String)] = []
  /// Data records as `convert` gives them.
  package private(set) var recordCount = 0
  package private(set) var skipped = TableReader.Skipped()
  package private(set) var emptyLineCount = 0
  package private(set) var raggedCount = 0
  package private(set) var decodeErrorCount = 0
  package private(set) var problems: [TextProblem] = []
  package private(set) var problemCount = 0

  /// Reads the whole file.
  package init(_ reader: consuming RecordReader) throws {
    var table = TableReader(reader)
    while try table.next() != nil {
      if table.hasCells { recordCount += 1 }
    }
    columns = table.layout.columns
    roles = table.layout.roles.sorted { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }
      .map { ($0.key, table.layout.columns[$0.value]) }
    skipped = table.skipped
    raggedCount = table.raggedCount
    encoding = table.records.encoding
    hasByteOrderMark = table.records.hasByteOrderMark
    delimiter = table.records.delimiter
    lineEndings = table.records.lineEndings
    emptyLineCount = table.records.emptyLineCount
    decodeErrorCount = table.records.decodeErrorCount
    problems = table.records.problems
    problemCount = table.records.problemCount
  }

  /// `lf`, `crlf`, `cr` or `mixed`; `lf` for a file without line ends.
  package var newline: String {
    lineEndings.count > 1 ? "mixed" : (lineEndings.first ?? .lf).rawValue
  }

  package var hasProblems: Bool { problemCount > 0 || decodeErrorCount > 0 }

  /// One JSON object, without a line end.
  package var json: [UInt8] {
    var json: [UInt8] = []
    func key(_ name: String) {
      json.append(json.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
      json.appendJSON(name)
      json.append(UInt8(ascii: ":"))
    }
    func add(_ name: String, _ text: String) {
      key(name)
      json.appendJSON(text)
    }
    func add(_ name: String, _ number: Int) {
      key(name)
      json.append(contentsOf: "\(number)".utf8)
    }
    func list<Element>(_ elements: [Element], _ open: String, _ close: String, _ append: (Element) -> Void) {
      json.append(contentsOf: open.utf8)
      for (index, element) in elements.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        append(element)
      }
      json.append(contentsOf: close.utf8)
    }
    add("encoding", encoding.rawValue)
    key("bom")
    json.append(contentsOf: (hasByteOrderMark ? "true" : "false").utf8)
    add("delimiter", delimiter.text)
    add("newline", newline)
    add("skipped_head", skipped.head)
    key("columns")
    list(columns, "[", "]") { json.appendJSON($0) }
    key("roles")
    list(roles, "{", "}") { entry in
      json.appendJSON(entry.role.rawValue)
      json.append(UInt8(ascii: ":"))
      json.appendJSON(entry.column)
    }
    add("records", recordCount)
    add("skipped_tail", skipped.tail)
    add("repeated_headers", skipped.repeatedHeader)
    add("skipped_empty", skipped.empty)
    add("empty_lines", emptyLineCount)
    add("ragged", raggedCount)
    add("decode_errors", decodeErrorCount)
    key("problems")
    list(problems, "[", "]") { problem in
      json.append(contentsOf: "{\"line\":\(problem.line),\"code\":".utf8)
      json.appendJSON(problem.code.rawValue)
      json.append(UInt8(ascii: "}"))
    }
    add("problem_count", problemCount)
    json.append(UInt8(ascii: "}"))
    return json
  }

  /// The same for people, a line an entry.
  package var summary: String {
    var lines = [
      "encoding   \(encoding.rawValue)\(hasByteOrderMark ? " with byte order mark" : "")",
      "delimiter  \(delimiter.rawValue)",
      "newline    \(newline)",
      "records    \(recordCount), ragged \(raggedCount)",
      "skipped    head \(skipped.head), tail \(skipped.tail), repeated headers \(skipped.repeatedHeader), "
        + "all-empty \(skipped.empty), empty lines \(emptyLineCount)",
      "decoding   \(decodeErrorCount) errors"
    ]
    var roleOfColumn: [String: String] = [:]
    for entry in roles { roleOfColumn[entry.column] = entry.role.rawValue }
    for (index, column) in columns.enumerated() {
      lines.append("column \(index + 1)   \(column)\(roleOfColumn[column].map { " (\($0))" } ?? "")")
    }
    for problem in problems.prefix(20) { lines.append("problem    line \(problem.line): \(problem.code.rawValue)") }
    if problemCount > 20 { lines.append("problem    and \(problemCount - 20) more") }
    return lines.joined(separator: "\n")
  }
}
