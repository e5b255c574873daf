internal import Normalizers

/// A rule of a draft: its lines in the job file, under its name.
struct RuleDraft {
  var name: String
  /// Why it is proposed.
  var comment: String
  var lines: [String]

  /// The rules that make sense for `sources`, each of which has a field; one at least.
  static func proposals(for sources: [SourceDraft]) -> [RuleDraft] {
    var rules: [RuleDraft] = []
    let withID = sources.filter { $0.idNumber != nil }
    let deaths = withID.filter { $0.deathDate != nil }
    let payments = sources.filter { $0.isPayments && $0.deathDate == nil }
    let others = withID.filter { source in
      source.deathDate == nil && !payments.contains { $0.name == source.name }
    }
    // The roll says so, or is the smallest list of people; the register is the largest.
    let roll = others.first { $0.speaksOfRoll } ?? others.min { $0.byteCount < $1.byteCount }
    let register = others.filter { $0.name != roll?.name }.max { $0.byteCount < $1.byteCount }

    if let roll {
      rules += deaths.map { presence(roll, $0, name: "DECEASED", comment: "on the roll and recorded as dead") }
      if let register {
        rules.append(absence(roll, register))
        if let rule = nameMismatch(roll, register) { rules.append(rule) }
      }
      for feed in others where feed.name != roll.name && feed.name != register?.name {
        rules.append(
          presence(roll, feed, name: "IN_\(feed.name)", comment: "on the roll and in \(feed.name); narrow it by find.where"))
      }
    }
    for payment in payments {
      for death in deaths {
        if let rule = paidAfterDeath(payment, death) { rules.append(rule) }
      }
      if let amount = payment.amount { rules.append(largePayment(payment, amount)) }
      if let rule = sharedAccount(payment) { rules.append(rule) }
    }
    if rules.isEmpty { rules.append(fallback(sources)) }
    var taken: Set<String> = []
    for index in rules.indices {
      rules[index].name = SourceDraft.unique(rules[index].name.uppercased(), taken)
      taken.insert(rules[index].name)
    }
    return rules
  }

  private static func presence(_ roll: SourceDraft, _ feed: SourceDraft, name: String, comment: String) -> RuleDraft {
    var find = "in: \(feed.name), key: \(key(roll, feed))"
    if let date = feed.deathDate { find += ", where: \(feed.name).\(date.name) <= as_of" }
    var lines = ["kind: presence", "subject: \(roll.name)"]
    if let active = roll.activeCondition { lines.append("where: \(active)") }
    lines.append("find: {\(find)}")
    lines.append(evidence([feed.recordNumber, feed.deathDate].compactMap { $0 }.map { "\(feed.name).\($0.name)" }))
    return RuleDraft(name: name, comment: comment, lines: lines.filter { !$0.isEmpty })
  }

  private static func absence(_ roll: SourceDraft, _ register: SourceDraft) -> RuleDraft {
    var lines = ["kind: absence", "subject: \(roll.name)"]
    if let active = roll.activeCondition { lines.append("where: \(active)") }
    lines += ["find: {in: \(register.name), key: \(key(roll, register))}", "evidence: [\"'no_record'\"]"]
    return RuleDraft(
      name: "NOT_IN_\(register.name)", comment: "on the roll, but not in the largest register", lines: lines)
  }

  private static func nameMismatch(_ roll: SourceDraft, _ register: SourceDraft) -> RuleDraft? {
    guard let mine = roll.personName, let theirs = register.personName else { return nil }
    var lines = ["kind: mismatch", "subject: \(roll.name)"]
    if let active = roll.activeCondition { lines.append("where: \(active)") }
    lines += [
      "find: {in: \(register.name), key: \(key(roll, register))}",
      "compare: [\(roll.name).\(mine.name), \(register.name).\(theirs.name)]",
      "evidence: [\(roll.name).\(mine.name), \(register.name).\(theirs.name)]"
    ]
    return RuleDraft(name: "NAME_MISMATCH", comment: "the same identity number under another name", lines: lines)
  }

  private static func paidAfterDeath(_ payment: SourceDraft, _ death: SourceDraft) -> RuleDraft? {
    guard payment.idNumber != nil, let paid = payment.paymentDate, let died = death.deathDate else { return nil }
    let condition = "\(payment.name).\(paid.name) > \(death.name).\(died.name)"
    return RuleDraft(
      name: "PAID_AFTER_DEATH", comment: "paid to somebody who was dead by then",
      lines: [
        "kind: presence", "subject: \(payment.name)",
        "find: {in: \(death.name), key: \(key(payment, death)), where: \(condition)}",
        evidence([payment.name + "." + paid.name] + (death.recordNumber.map { ["\(death.name).\($0.name)"] } ?? []))
      ])
  }

  private static func largePayment(_ payment: SourceDraft, _ amount: SourceDraft.Field) -> RuleDraft {
    let terms = [payment.recordNumber, payment.paymentDate, amount].compactMap { $0?.name }
    return RuleDraft(
      name: "LARGE_PAYMENT", comment: "set the limit to what nobody should get at once",
      lines: ["kind: condition", "subject: \(payment.name)", "where: \(amount.name) >= 20000", evidence(terms)])
  }

  private static func sharedAccount(_ payment: SourceDraft) -> RuleDraft? {
    guard let account = payment.account, let id = payment.idNumber else { return nil }
    return RuleDraft(
      name: "SHARED_ACCOUNT", comment: "one account for three people or more",
      lines: [
        "kind: aggregate", "subject: \(payment.name)", "by: [\(account.name)]",
        "having: count(distinct \(id.name)) >= 3", "evidence: [\(account.name), count(distinct \(id.name))]"
      ])
  }

  /// Nothing to join: an identity number that occurs more than once, or a record without its first field.
  private static func fallback(_ sources: [SourceDraft]) -> RuleDraft {
    if let source = sources.first(where: { $0.idNumber != nil }), let id = source.idNumber {
      return RuleDraft(
        name: "REPEATED_ID", comment: "an identity number that occurs more than once",
        lines: [
          "kind: aggregate", "subject: \(source.name)", "by: [\(id.name)]", "having: count() >= 2",
          "evidence: [\(id.name), count()]"
        ])
    }
    let source = sources[0]
    return RuleDraft(
      name: "NOT_FILLED_IN", comment: "nothing to join was found; a record without its first field",
      lines: ["kind: condition", "subject: \(source.name)", "where: \(source.fields[0].name) is empty"])
  }

  private static func key(_ subject: SourceDraft, _ found: SourceDraft) -> String {
    let (mine, theirs) = (subject.idNumber?.name ?? "id_no", found.idNumber?.name ?? "id_no")
    return mine == theirs ? mine : "{\(mine): \(theirs)}"
  }

  private static func evidence(_ terms: [String]) -> String {
    terms.isEmpty ? "" : "evidence: [\(terms.joined(separator: ", "))]"
  }
}
