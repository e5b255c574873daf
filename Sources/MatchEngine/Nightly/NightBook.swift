internal import Dispatch
internal import Normalizers
internal import Synchronization

/// What the last night left of flags, and what this one makes of it.
final class NightBook {
  let base: Generation?
  var generation: Generation
  private let folder: OutputFolder
  private let hash: KeyedHash
  private let since: String
  /// Flags of settled rules, and all that are over, by number.
  private let known: [String: StateFlag]
  /// Flags of rules that are judged in passing: as a generation kept them, and what changed since.
  private var kept: FlagRecords
  private var removed: FlagRecords
  private var added: FlagRecords

  /// What was found tonight of flags of rules that are judged in passing.
  struct Difference {
    /// Flags that are no longer true, and those that were not before.
    var went: FlagRecords
    var came: FlagRecords
  }

  /// `generation` is the new one; `base` is the one before it.
  init(_ generation: Generation, base: Generation?, siteKey: SiteKey, folder: OutputFolder) throws(RunError) {
    self.base = base
    self.generation = generation
    self.folder = folder
    since = generation.asOf
    hash = KeyedHash(key: siteKey.bytes)
    let rules = base?.recordRules ?? []
    func records(_ name: String) throws(RunError) -> FlagRecords {
      guard let base, let bytes = try base.bytes(name) else { return FlagRecords(rules: rules) }
      return try FlagRecords(bytes, path: "\(base.path)/\(name)", rules: rules)
    }
    guard let base else {
      known = [:]
      kept = FlagRecords(rules: [])
      removed = kept
      added = kept
      return
    }
    guard let bytes = try base.bytes(StateFlag.fileName) else {
      throw .stateRefused(path: base.path, reason: "it has no \(StateFlag.fileName)")
    }
    known = try StateFlag.read(bytes, path: "\(base.path)/\(StateFlag.fileName)")
    kept = try records(FlagRecords.fileName)
    removed = try records(FlagRecords.removedName)
    added = try records(FlagRecords.addedName)
  }

  /// All flags of rules that are judged in passing, as the last night left them.
  var before: FlagRecords { kept.difference(from: removed).mine.joined(with: added) }

  /// All flags of rules that are judged in passing, after tonight.
  func after(_ difference: Difference) -> FlagRecords {
    before.difference(from: difference.went).mine.joined(with: difference.came)
  }

  /// The difference of `tonight` from the last night; rules that say nothing tonight keep their flags.
  func difference(_ tonight: FlagRecords, unknown: Set<String>) -> Difference {
    let names = name(tonight.rules)
    let (went, came) = before.difference(from: tonight.renamed(names))
    return Difference(went: went.only { !unknown.contains($0) }, came: came.only { !unknown.contains($0) })
  }

  /// The difference between what was found as rows were and as they are.
  func difference(from old: FlagRecords, to new: FlagRecords) -> Difference {
    let names = name(old.rules)
    let (went, came) = old.renamed(names).difference(from: new.renamed(names))
    return Difference(went: went, came: came)
  }

  /// Counts all flags by the names of the rules of the state and these.
  private func name(_ rules: [String]) -> [String] {
    let names = Set(kept.rules + rules).sorted { $0.comesBefore($1) }
    (kept, removed, added) = (kept.renamed(names), removed.renamed(names), added.renamed(names))
    return names
  }

  // MARK: - Transitions

  /// What becomes of flags: `settled` are tonight's of settled rules, `difference` those of the others.
  func compare(
    _ settled: [StateFlag], _ difference: Difference, _ causes: Transition.Causes
  ) -> Transition.Comparison {
    var known = known
    var more: [Transition] = []
    var over: [StateFlag] = []
    for (id, record, isNew) in numbered(difference) {
      var flag = flag(id, record)
      if isNew {
        let isOver = known.removeValue(forKey: flag.id) != nil
        more.append(Transition(kind: isOver ? .recurred : .new, flag: flag))
      } else {
        let transition = causes.end(&flag)
        more.append(transition)
        over.append(flag)
      }
    }
    more += turned(causes.unknown, difference)
    var comparison = Transition.compare(settled, with: known, causes)
    comparison.flags += over
    comparison.transitions += more
    comparison.transitions.sort { ($0.flag.rule, $0.flag.id) < ($1.flag.rule, $1.flag.id) }
    return comparison
  }

  private func flag(_ digits: String, _ record: Record) -> StateFlag {
    StateFlag(
      id: "\(record.rule)-\(digits)", evidenceHash: digits, rule: record.rule, caseID: record.caseID,
      idNumber: record.idNumber, since: since)
  }

  /// What a flag says: rule, case, person, evidence.
  private struct Record: Hashable {
    var rule: String
    var caseID: String
    var idNumber: String
    var evidence: String

    /// Columns end in a NUL each, and these three stand first.
    init(_ rule: String, _ bytes: ArraySlice<UInt8>) {
      self.rule = rule
      let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
      (caseID, idNumber, evidence) = (
        String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self),
        String(decoding: parts[2], as: UTF8.self)
      )
    }

    var start: [UInt8] { Array("\(caseID)\0\(idNumber)\0\(evidence)\0".utf8) }
  }

  private func records(_ flags: FlagRecords) -> [(rule: Int32, record: Record)] {
    flags.flags.entries.map { entry in
      (entry.rule, Record(flags.rules[Int(entry.rule)], flags.flags.bytes[entry.start..<entry.end]))
    }
  }

  /// Numbers for the flags that went and came: equal ones are counted, and the last of them go first.
  private func numbered(_ difference: Difference) -> [(id: String, record: Record, isNew: Bool)] {
    var counts: [Record: (rule: Int32, went: Int, came: Int)] = [:]
    for (rule, record) in records(difference.went) { counts[record, default: (rule, 0, 0)].went += 1 }
    for (rule, record) in records(difference.came) { counts[record, default: (rule, 0, 0)].came += 1 }
    var numbered: [(record: Record, copy: Int, isNew: Bool)] = []
    for (record, count) in counts where count.went != count.came {
      let start = record.start
      let before =
        kept.count(of: count.rule, startingWith: start) - removed.count(of: count.rule, startingWith: start)
        + added.count(of: count.rule, startingWith: start)
      let after = before - count.went + count.came
      for copy in min(before, after)..<max(before, after) { numbered.append((record, copy, after > before)) }
    }
    // On the first night all flags are new.
    let parts = (numbered.count + 4095) / 4096
    let digits = Mutex<[[String]]>(Array(repeating: [], count: parts))
    let (flags, hash) = (numbered, hash)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let some = flags[part * 4096..<min(flags.count, (part + 1) * 4096)].map {
        Self.digits($0.record, $0.copy, hash)
      }
      digits.withLock { $0[part] = some }
    }
    return zip(digits.withLock { $0 }.flatMap(\.self), numbered).map { ($0, $1.record, $1.isNew) }
  }

  private static func digits(_ record: Record, _ copy: Int, _ hash: KeyedHash) -> String {
    var texts = ["match-run flag line 1", record.rule, record.caseID, record.idNumber, record.evidence]
    if copy > 0 { texts.append(String(copy)) }
    return Base32.text(hash.code(of: FramedParts(texts: texts).bytes), count: 26)
  }

  /// Flags of rules that say nothing any more, and of those that say something again.
  private func turned(_ unknown: [String: String], _ difference: Difference) -> [Transition] {
    let last = base?.unknown ?? [:]
    let rules = Set(kept.rules).filter { (unknown[$0] == nil) != (last[$0] == nil) }
    guard !rules.isEmpty else { return [] }
    var transitions: [Transition] = []
    var staying = before.only { rules.contains($0) }
    staying = staying.difference(from: difference.went.only { rules.contains($0) }).mine
    var copies: [Record: Int] = [:]
    for (_, record) in records(staying) {
      let copy = copies[record, default: 0]
      copies[record] = copy + 1
      var flag = flag(Self.digits(record, copy, hash), record)
      if let reason = unknown[record.rule] {
        flag.state = .unknown
        transitions.append(Transition(kind: .unknown, flag: flag, reason: reason))
      } else {
        transitions.append(Transition(kind: .changed, flag: flag, reason: "KNOWN_AGAIN"))
      }
    }
    return transitions
  }

  // MARK: - Writing

  /// Writes the flags, the transitions (`batch`) and, last, the manifest of the new generation.
  func write(_ comparison: Transition.Comparison, batch: [UInt8], _ difference: Difference) throws(RunError) {
    let transitions = try folder.makeFile(Transition.fileName)
    try transitions.append(batch)
    try folder.finish(transitions)
    let flags = try folder.makeFile(StateFlag.fileName)
    try StateFlag.write(comparison.flags, to: flags)
    try folder.finish(flags)
    try writeRecords(difference)
    try folder.write(generation.json(folder.finished).document, to: Manifest.fileName)
  }

  private func writeRecords(_ difference: Difference) throws(RunError) {
    // A flag that went and was added since the kept ones is not added any more, and the other way round.
    let (wentFromKept, wentFromAdded) = split(difference.went, by: added)
    let (cameAnew, cameBack) = split(difference.came, by: removed)
    let nowRemoved = removed.difference(from: cameBack).mine.joined(with: wentFromKept)
    let nowAdded = added.difference(from: wentFromAdded).mine.joined(with: cameAnew)
    generation.recordRules = kept.rules
    let isShort = nowRemoved.count + nowAdded.count < kept.count / 8
    if let base, isShort, base.recordRules == kept.rules {
      try base.link(FlagRecords.fileName, in: folder)
      try write(nowRemoved, FlagRecords.removedName)
      try write(nowAdded, FlagRecords.addedName)
    } else {
      try write(kept.difference(from: nowRemoved).mine.joined(with: nowAdded), FlagRecords.fileName)
    }
  }

  /// The flags of `flags` that `others` has not, and those that it has.
  private func split(_ flags: FlagRecords, by others: FlagRecords) -> (FlagRecords, FlagRecords) {
    let alone = flags.difference(from: others).mine
    return (alone, flags.difference(from: alone).mine)
  }

  private func write(_ records: FlagRecords, _ name: String) throws(RunError) {
    let file = try folder.makeFile(name)
    try records.write(to: file)
    try folder.finish(file)
  }
}
