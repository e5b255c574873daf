internal import Normalizers

extension SettledRun {
  /// Adds to every draft what the roll says of its person and case.
  func addDetails(to drafts: inout [[FlagDraft]]) {
    guard let membership = job.membership, let roll = relations[membership.source] else { return }
    let wanted = Set(drafts.joined().map(\.caseWord).filter { Cell.isUsable($0.first) })
    guard !wanted.isEmpty else { return }
    let fields = job.sources[membership.source].fields
    let places = CaseDetails.fieldNames.map { name in
      fields.firstIndex { $0.name == name }.map(roll.layout.text(of:))
    }
    var details = CaseDetails()
    let person = roll.layout.word(of: membership.personField)
    let window = TextWindow()
    forEachRow(of: wanted, in: roll, membership) { row, number, isActive in
      let texts = places.map { place in
        var bytes: [UInt8] = []
        if let place { roll.store.appendText(place, of: row, to: &bytes, through: window) }
        ShownWriter.mend(&bytes)
        return String(decoding: bytes, as: UTF8.self)
      }
      details.add(roll.store.word(person, of: row), isActive: isActive, texts: texts, of: number)
    }
    for rule in drafts.indices { for index in drafts[rule].indices { details.complete(&drafts[rule][index]) } }
  }

  /// Calls `body` with every row of the roll that belongs to one of the cases `wanted`.
  func forEachRow(
    of wanted: Set<MemberProof.CaseWord>, in roll: HeldRelation, _ membership: Membership,
    _ body: (_ row: Int, _ number: MemberProof.CaseWord, _ isActive: Bool) -> Void
  ) {
    let caseWord = roll.layout.word(of: membership.caseField)
    let isWide = job.sources[membership.source].fields[membership.caseField].type.wordCount == 2
    let active = SettledCompiler(job: job, maker: maker, relations: relations)
      .condition(membership.active, SettledScope(subject: membership.source))
    let evaluator = makeEvaluator()
    let rows = FlatArray<UInt32>(uninitialized: RecordBatch.capacity)
    defer { rows.deallocate() }
    var lanes = CellEvaluator.Lanes(count: 0)
    let side = CellEvaluator.LaneSide(store: roll.store, rows: rows)
    lanes.sides = [side, side]
    func number(_ row: Int) -> MemberProof.CaseWord {
      MemberProof.CaseWord(
        first: roll.store.word(caseWord, of: row), second: isWide ? roll.store.word(caseWord + 1, of: row) : 0)
    }
    func settle() {
      let truth = evaluator.evaluate(active, lanes)
      for lane in 0..<lanes.count {
        let row = Int(rows[lane])
        body(row, number(row), truth[lane] == 1)
      }
      lanes.count = 0
    }
    func take(_ row: Int) {
      rows[lanes.count] = UInt32(row)
      lanes.count += 1
      if lanes.count == RecordBatch.capacity { settle() }
    }
    if let table = roll.layout.tables.firstIndex(of: [membership.caseField]) {
      var found: [Int] = []
      roll.tables[table].forEachRow(of: wanted.map { isWide ? [$0.first, $0.second] : [$0.first] }) { found.append($0) }
      for row in found.sorted() { take(row) }
    } else {
      for row in 0..<roll.store.rowCount where wanted.contains(number(row)) { take(row) }
    }
    settle()
  }

  /// Numbers of people that another number replaced, as the job's tables and views say.
  var subjectAliases: SubjectAliases {
    var pairs: [(old: String, new: String)] = []
    for alias in job.aliases + job.renumberings where alias.type == .residentID {
      guard let table = relations[alias.source] else { continue }
      let (from, to) = (table.layout.word(of: alias.from), table.layout.word(of: alias.to))
      for row in 0..<table.store.rowCount {
        let (old, new) = (table.store.word(from, of: row), table.store.word(to, of: row))
        guard Cell.isUsable(old), Cell.isUsable(new) else { continue }
        pairs.append((old: Self.text(ofID: old), new: Self.text(ofID: new)))
      }
    }
    return SubjectAliases(pairs)
  }

  private static func text(ofID word: Int64) -> String {
    var bytes: [UInt8] = []
    IDNumber(key: UInt64(bitPattern: word)).write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
