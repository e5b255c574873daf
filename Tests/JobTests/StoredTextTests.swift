import MatchEngine
import Testing

/// What stored rows keep of their texts comes back as it stood, whether a cell says it or not.
@Suite struct StoredTextTests {
  private static let job = """
    version: 1
    name: texts
    as_of: 2026-10-31
    sources:
      roll:
        path: roll.csv
        fields:
          id_no: resident_id
          case_id: text
          name: person_name
          kind: {type: code, values: {C: 类}}
          note: {type: text, values: {x: y}}
      feed:
        path: feed.csv
        fields: {id_no: resident_id, name: person_name, case_id: text, note: text, filler: text}
    rules:
      OTHER_NAME:
        kind: mismatch
        subject: feed
        find: {in: roll, key: id_no}
        compare: [feed.name, roll.name]
        evidence: [roll.case_id, roll.name, roll.kind, roll.note]
      SAME_CASE:
        kind: presence
        subject: feed
        find: {in: roll, key: case_id}
        evidence: [roll.case_id, roll.name, roll.note]
      SAME_NOTE:
        kind: presence
        subject: feed
        find: {in: roll, key: note}
        evidence: [roll.note]
    output:
      flags: {columns: {rule: rule, evidence: evidence}}

    """

  /// Cases of 1, 8, 9, 16, 17 and 300 bytes; Chinese ones of 6 and 18; blanks around, quotes, nothing, no UTF-8 to
  /// speak of. Names that are plain, longer, with a dot, with blanks, in full width, of a rare character, none.
  static let cases = [
    "A", "DB310115", "DB3101150", "DB31011500837309", "DB310115008373090", String(repeating: "C", count: 300), "案一",
    "案一二三四五", " A1", "A1 ", "A,1", "", "A|1", "é"
  ]
  static let names = [
    "王五", "张三丰", "欧阳三丰", "欧阳三丰五", "买买提·艾力", "王 五", "王五 ", "ＡＢ", "王㐂", "", "李四", "王\u{20000}", "李四一", "王五"
  ]

  @Test(arguments: [1, 1 << 30])
  func comeBackAsTheyStood(memory: Int) throws {
    let place = try RunPlace()
    try place.write("job.yml", Self.job)
    let filler = String(repeating: "f", count: 400)
    func quoted(_ text: String) -> String { text.contains(",") ? "\"\(text)\"" : text }
    var roll = "id_no,case_id,name,kind,note\n"
    var feed = "id_no,name,case_id,note,filler\n"
    for index in Self.cases.indices {
      let note = index % 3 == 0 ? "x" : index % 3 == 1 ? "n\(index)" : ""
      let (number, text) = (idNumbers[index], quoted(Self.cases[index]))
      roll += "\(number),\(text),\(Self.names[index]),\(index % 2 == 0 ? "C" : "类"),\(note)\n"
      feed += "\(number),赵六,\(text),\(index == 4 ? "n4" : "z"),\(filler)\n"
    }
    try place.write("roll.csv", roll)
    try place.write("feed.csv", feed)
    var options = RunOptions()
    options.memoryByteCount = memory
    options.isQuiet = true
    #expect(try JobRun.run(jobFile: place("job.yml"), out: place("out"), options: options).exitCode == 0)
    var expected: [String] = []
    for (index, text) in Self.cases.enumerated() {
      let shown = text.replacingBars
      let name = Self.names[index]
      let note = index % 3 == 0 ? "x" : index % 3 == 1 ? "n\(index)" : ""
      if !name.isEmpty {
        expected.append("OTHER_NAME,\(quoted("\(shown)|\(name)|\(index % 2 == 0 ? "C" : "类")|\(note)"))")
      }
      if !text.isEmpty { expected.append("SAME_CASE,\(quoted("\(shown)|\(name)|\(note)"))") }
    }
    expected.append("SAME_NOTE,n4")
    let lines = try place.text("out/flags.csv").split(separator: "\n").dropFirst().map(String.init)
    #expect(lines.sorted() == expected.sorted())
  }

  /// Fourteen well-formed numbers of people who do not exist.
  private let idNumbers = (0..<14).map { index in
    let body = "1101011990030\(1000 + index * 7)"
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let sum = zip(body.utf8, weights).reduce(0) { $0 + Int($1.0 - 48) * $1.1 }
    return body + String(Array("10X98765432")[sum % 11])
  }
}

extension String {
  /// A bar separates pieces of evidence, so one in a value is shown as another character.
  fileprivate var replacingBars: String { String(map { $0 == "|" ? "\u{A6}" : $0 }) }
}
