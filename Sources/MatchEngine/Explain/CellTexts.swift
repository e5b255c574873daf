internal import Normalizers

/// Shows the values of held rows; texts that were kept as hashes are known from the rows that the explanation shows.
struct CellTexts {
  private let job: Job
  private let relations: [HeldRelation?]
  private let words: ExplainWords
  private let veil: IdentityVeil
  private let target: ExplainTarget
  private var known: [FieldType: [MemberProof.CaseWord: String]] = [:]

  init(
    job: Job, maker: CellMaker, relations: [HeldRelation?], words: ExplainWords, veil: IdentityVeil,
    target: ExplainTarget, facts: [FactRow]
  ) {
    self.job = job
    self.relations = relations
    self.words = words
    self.veil = veil
    self.target = target
    for row in facts {
      for (field, text) in zip(job.sources[row.source].fields, row.texts) where field.type.valueType.isKeptAsText {
        let written = String(decoding: text, as: UTF8.self)
        let meant = field.values[written] ?? written
        let cell = maker.words(Array(meant.utf8).span, as: field.type)
        guard Cell.isUsable(cell.first) else { continue }
        let word = MemberProof.CaseWord(first: cell.first, second: field.type.wordCount == 2 ? cell.second : 0)
        known[field.type, default: [:]][word] = meant
      }
    }
  }

  /// 「field」is value, for every field of the rows at hand that stands in `expression` outside lookups.
  func shown(in expression: Expression, _ scope: SettledScope, _ place: RowProbe.Place) -> String {
    fields(of: expression).compactMap { reference in
      text(reference, scope, place).map { label(reference, scope) + $0 }
    }.joined(separator: "，")
  }

  /// Which of these fields have no value.
  func missing(in expression: Expression, _ scope: SettledScope, _ place: RowProbe.Place) -> String {
    let parts = fields(of: expression).compactMap { reference -> String? in
      guard let cell = cell(reference, scope, place), !Cell.isUsable(cell.first) else { return nil }
      return label(reference, scope) + (cell.first == Cell.empty ? "为空" : "无法识别")
    }
    return parts.isEmpty ? "比较的数据中有空值" : parts.joined(separator: "，")
  }

  private func label(_ reference: FieldReference, _ scope: SettledScope) -> String {
    let label = "「\(words.field(reference.field, of: scope.relation(of: reference.side)))」"
    return reference.side == .found ? "查到的\(label)" : label
  }

  private func fields(of expression: Expression) -> [FieldReference] {
    var found: [FieldReference] = []
    func visit(_ expression: Expression) {
      switch expression {
      case .field(let reference, _):
        if !found.contains(reference) { found.append(reference) }
      case .lookup, .aggregate: break
      default: for child in expression.children { visit(child) }
      }
    }
    visit(expression)
    return found.filter { if case .lookup = $0.side { false } else { true } }
  }

  private func cell(
    _ reference: FieldReference, _ scope: SettledScope, _ place: RowProbe.Place
  ) -> (first: Int64, second: Int64, type: FieldType)? {
    let relation = scope.relation(of: reference.side)
    guard let side = reference.side == .found ? place.found : place.subject,
      let cell = relations[relation]?.layout.cells.first(where: { $0.field == reference.field })
    else { return nil }
    let row = Int(side.row)
    let isWide = cell.type.wordCount == 2
    return (side.store.word(cell.word, of: row), isWide ? side.store.word(cell.word + 1, of: row) : 0, cell.type)
  }

  private func text(_ reference: FieldReference, _ scope: SettledScope, _ place: RowProbe.Place) -> String? {
    guard let cell = cell(reference, scope, place) else { return nil }
    if cell.first == Cell.empty { return "为空" }
    if cell.first == Cell.invalid { return "无法识别" }
    let isOwn = cell.type == .residentID && cell.first == target.person
    if cell.type.valueType.isKeptAsText {
      let word = MemberProof.CaseWord(first: cell.first, second: cell.second)
      return known[cell.type]?[word].map { "是" + veil.value($0, cell.type, isOwn: isOwn) }
    }
    var bytes: [UInt8] = []
    FlagWriter.write(cell.first, cell.second, as: cell.type.valueType, into: &bytes)
    return "是" + veil.value(String(decoding: bytes, as: UTF8.self), cell.type, isOwn: isOwn)
  }
}

extension ValueType {
  /// Values whose cells do not give the text back.
  var isKeptAsText: Bool { self == .name || self == .text || self == .code }
}
