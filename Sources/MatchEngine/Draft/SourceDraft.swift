internal import Normalizers

/// One source of a draft: files with the same columns, and a guess for every column.
struct SourceDraft {
  struct Field {
    var name: String
    /// The header; nil where the field's name finds it.
    var column: String?
    var type: FieldType
    var reason: String
    var sample: ColumnSample
  }

  var name: String
  var files: [FileSample]
  var fields: [Field] = []
  /// Columns that no field can read, each with the reason.
  var leftOut: [String] = []

  /// Makes a field for every column whose header is there and stands alone.
  init(name: String, files: [FileSample]) {
    self.name = name
    self.files = files
    let sampled = files.max { $0.sampledCount < $1.sampledCount }
    let headers = files.first?.columns ?? []
    let cells = files.first?.headerCells ?? []
    var taken: Set<String> = []
    for (index, header) in headers.enumerated() {
      if header.isEmpty {
        leftOut.append("column \(index + 1): has no header")
        continue
      }
      if cells.count(where: { $0.trimmed == cells[index].trimmed }) > 1, header == cells[index].trimmed {
        leftOut.append("column \(index + 1): the header '\(header.oneLine)' stands there more than once")
        continue
      }
      guard let sample = sampled?.samples[index] else { continue }
      let guess = sample.guess
      var name = Self.fieldName(header, sample: sample, number: index + 1)
      if taken.contains(name) { name = Self.unique(name, taken) }
      taken.insert(name)
      fields.append(
        Field(
          name: name, column: name == header ? nil : header, type: guess.type, reason: guess.reason, sample: sample))
    }
  }

  /// The header itself where it can be a name and is ASCII, the role's name, else the header without its signs.
  private static func fieldName(_ header: String, sample: ColumnSample, number: Int) -> String {
    let isName = Lexer.isName(header) && !ExpressionParser.reservedWords.contains(header.lowercased())
    if isName, header.utf8.count == header.unicodeScalars.count, header.utf8.count <= 40 { return header }
    if let role = sample.role { return role.fieldName }
    return identifier(HeaderWord(header).text) ?? "column_\(number)"
  }

  /// `text` reduced to what a name may hold; nil when nothing is left or the word is taken by expressions.
  static func identifier(_ text: String) -> String? {
    var name = ""
    for scalar in text.unicodeScalars {
      if Lexer.isName("_" + String(scalar)) {
        name.unicodeScalars.append(scalar)
      } else if !name.isEmpty, !name.hasSuffix("_") {
        name += "_"
      }
    }
    while name.hasSuffix("_") { name.removeLast() }
    name = String(name.prefix(40))
    if let first = name.unicodeScalars.first, "0"..."9" ~= first { name = "_" + name }
    let isReserved = ExpressionParser.reservedWords.contains(name.lowercased()) || name == "find"
    return Lexer.isName(name) && !isReserved ? name : nil
  }

  static func unique(_ name: String, _ taken: Set<String>) -> String {
    guard taken.contains(name) else { return name }
    var number = 2
    while taken.contains("\(name)_\(number)") { number += 1 }
    return "\(name)_\(number)"
  }

  // MARK: What the source seems to be

  /// The field whose header says `role` most plainly.
  func field(_ role: HeaderRole) -> Field? {
    fields.filter { $0.sample.role == role && $0.type == role.fieldType }.min { $0.sample.rank < $1.sample.rank }
  }

  func first(_ type: FieldType) -> Field? { fields.first { $0.type == type } }

  /// The person's identity number: by role, else the first column of them.
  var idNumber: Field? { field(.id) ?? first(.residentID) }
  var personName: Field? { field(.name) ?? fields.first { $0.type == .personName && $0.sample.role == nil } }
  var deathDate: Field? {
    field(.deathDate) ?? field(.cremationDate) ?? fields.first { $0.type == .date && Self.speaksOfDeath($0.header) }
  }
  var paymentDate: Field? {
    field(.paymentDate) ?? fields.first { $0.type == .date && $0.header.lowercased().contains("pay") }
  }
  var amount: Field? { field(.amount) ?? first(.money) }
  var account: Field? { field(.account) ?? first(.account) }
  /// A status with the word for a person who gets the allowance.
  var activeCondition: String? {
    for field in fields where field.type == .code {
      if let word = field.sample.mostFrequent(of: ["active", "在保", "正常", "在册", "享受", "有效"]) {
        return "\(field.name) = '\(word)'"
      }
    }
    return nil
  }
  /// What names a record to people: the first text that is more than a line number.
  var recordNumber: Field? {
    fields.first { $0.type == .text && $0.sample.filledCount > 0 && HeaderWord($0.header).text != "序号" }
  }

  var isPayments: Bool { amount != nil && (paymentDate != nil || field(.month) != nil) }
  var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// A roll of those who get the allowance, by its file's name or headers.
  var speaksOfRoll: Bool {
    let words = ["低保", "保障", "救助", "名册", "在保", "特困", "roll", "dibao"]
    return (files.map(\.path) + fields.map(\.header)).contains { text in
      words.contains { text.lowercased().contains($0) }
    }
  }

  private static func speaksOfDeath(_ header: String) -> Bool {
    ["死亡", "去世", "逝世", "火化", "殁", "death", "died", "decease", "cremat"].contains { header.lowercased().contains($0) }
  }
}

extension SourceDraft.Field {
  var header: String { column ?? name }
}
