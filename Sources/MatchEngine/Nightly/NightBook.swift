internal import Normalizers

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
  private var kept: Kept
  private var removed: FlagRecords
  private var added: FlagRecords

  /// Flags that stay where they lie until somebody needs them all.
  private enum Kept {
    case file(KeptFlags)
    case loaded(FlagRecords)

    var rules: [String] {
      switch self {
      case .file(let file): file.rules
      case .loaded(let flags): flags.rules
      }
    }

    var count: Int {
      switch self {
      case .file(let file): file.count
      case .loaded(let flags): flags.count
      }
    }

    func counts(startingWith starts: FlagBuffer) throws(RunError) -> [Int] {
      switch self {
      case .file(let file): try file.counts(startingWith: starts)
      case .loaded(let flags): flags.counts(startingWith: starts)
      }
    }
  }

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
    guard let base else {
      known = [:]
      removed = FlagRecords(rules: [])
      added = removed
      kept = .loaded(removed)
      return
    }
    let rules = base.recordRules
    func records(_ name: String) throws(RunError) -> FlagRecords {
      guard let bytes = try base.bytes(name) else { return FlagRecords(rules: rules) }
      return try FlagRecords(bytes, path: "\(base.path)/\(name)", rules: rules)
    }
    guard let bytes = try base.bytes(StateFlag.fileName) else {
      throw .stateRefused(path: base.path, reason: "it has no \(StateFlag.fileName)")
    }
    known = try StateFlag.read(bytes, path: "\(base.path)/\(StateFlag.fileName)")
    kept = .file(try KeptFlags(path: "\(base.path)/\(FlagRecords.fileName)", rules: rules))
    removed = try records(FlagRecords.removedName)
    added = try records(FlagRecords.addedName)
  }

  private func loaded() throws(RunError) -> FlagRecords {
    switch kept {
    case .loaded(let flags): return flags
    case .file(let file):
      let flags = try file.all()
      kept = .loaded(flags)
      return flags
    }
  }

  /// All flags of rules that are judged in passing, as the last night left them.
  private func before() throws(RunError) -> FlagRecords {
    try loaded().difference(from: removed).mine.joined(with: added)
  }

  /// All flags of rules that are judged in passing, after tonight.
  func after(_ difference: Difference) throws(RunError) -> FlagRecords {
    try before().difference(from: difference.went).mine.joined(with: difference.came)
  }

  /// The difference of `tonight` from the last night; rules that say nothing tonight keep their flags.
  func difference(_ tonight: FlagRecords, unknown: Set<String>) throws(RunError) -> Difference {
    let names = try name(tonight.rules)
    let (went, came) = try before().difference(from: tonight.renamed(names))
    guard !unknown.isEmpty else { return Difference(went: went, came: came) }
    return Difference(went: went.only { !unknown.contains($0) }, came: came.only { !unknown.contains($0) })
  }

  /// The difference between what was found as rows were and as they are.
  func difference(from old: FlagRecords, to new: FlagRecords) throws(RunError) -> Difference {
    let names = try name(old.rules)
    let (went, came) = old.renamed(names).difference(from: new.renamed(names))
    return Difference(went: went, came: came)
  }

  /// Counts all flags by the names of the rules of the state and these.
  private func name(_ rules: [String]) throws(RunError) -> [String] {
    let names = Set(kept.rules + rules).sorted { $0.comesBefore($1) }
    guard names != kept.rules else { return names }
    kept = .loaded(try loaded().renamed(names))
    (removed, added) = (removed.renamed(names), added.renamed(names))
    return names
  }

  /// Digests of the people whose flags may end: those that went, and those of settled rules that are open.
  func people(_ difference: Difference, _ person: (String) -> UInt32) -> Set<UInt32> {
    var people: Set<UInt32> = []
    let went = difference.went
    for index in 0..<went.count { people.insert(person(FlagName(went, index).idNumber)) }
    for flag in known.values where !flag.isOver { people.insert(person(flag.idNumber)) }
    people.remove(0)
    return people
  }

  // MARK: - Transitions

  /// What becomes of flags: `settled` are tonight's of settled rules, `difference` those of the others.
  func compare(
    _ settled: [StateFlag], _ difference: Difference, _ causes: Transition.Causes, threads: Int
  ) throws(RunError) -> NightBatch {
    var known = known
    let numbers = try FlagNumbers(difference, hash) { starts throws(RunError) in
      let (all, gone) = (try kept.counts(startingWith: starts), removed.counts(startingWith: starts))
      return zip(zip(all, gone), added.counts(startingWith: starts)).map { $0.0 - $0.1 + $1 }
    }
    var batch = NightBatch(number: generation.number, base: generation.base)
    var over: [StateFlag] = []
    batch.add(numbers, threads: threads) { name, id, isNew in
      if isNew {
        let isOver = known.isEmpty ? false : known.removeValue(forKey: id()) != nil
        return (isOver ? .recurred : .new, "")
      }
      var flag = StateFlag(
        id: id(), evidenceHash: name.digits, rule: name.rule, caseID: name.caseID, idNumber: name.idNumber, since: since
      )
      let transition = causes.end(&flag)
      over.append(flag)
      return (transition.kind, transition.reason)
    }
    let comparison = Transition.compare(settled, with: known, causes)
    batch.add(try comparison.transitions + turned(causes.unknown, difference))
    batch.flags = comparison.flags + over
    batch.settled = comparison
    return batch
  }

  /// Flags of rules that say nothing any more, and of those that say something again.
  private func turned(_ unknown: [String: String], _ difference: Difference) throws(RunError) -> [Transition] {
    let last = base?.unknown ?? [:]
    let rules = Set(kept.rules).filter { (unknown[$0] == nil) != (last[$0] == nil) }
    guard !rules.isEmpty else { return [] }
    var transitions: [Transition] = []
    var staying = try before().only { rules.contains($0) }
    staying = staying.difference(from: difference.went.only { rules.contains($0) }).mine
    var copies: [FlagName: Int] = [:]
    for index in 0..<staying.count {
      let name = FlagName(staying, index)
      let copy = copies[name, default: 0]
      copies[name] = copy + 1
      let digits = name.digits(copy: copy, hash)
      var flag = StateFlag(
        id: "\(name.rule)-\(digits)", evidenceHash: digits, rule: name.rule, caseID: name.caseID,
        idNumber: name.idNumber, since: since)
      if let reason = unknown[name.rule] {
        flag.state = .unknown
        transitions.append(Transition(kind: .unknown, flag: flag, reason: reason))
      } else {
        transitions.append(Transition(kind: .changed, flag: flag, reason: "KNOWN_AGAIN"))
      }
    }
    return transitions
  }

  // MARK: - Writing

  /// Writes the flags, the transitions and, last, the manifest of the new generation.
  func write(_ batch: NightBatch, _ difference: Difference) throws(RunError) {
    try batch.write(in: folder)
    let flags = try folder.makeFile(StateFlag.fileName)
    try StateFlag.write(batch.flags, to: flags)
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
    let isShort = nowRemoved.count + nowAdded.count < kept.count / 2
    if let base, isShort, base.recordRules == kept.rules {
      try base.link(FlagRecords.fileName, in: folder)
      try write(nowRemoved, FlagRecords.removedName)
      try write(nowAdded, FlagRecords.addedName)
    } else {
      let all = try loaded().difference(from: nowRemoved).mine.joined(with: nowAdded)
      let file = try folder.makeFile(FlagRecords.fileName, expecting: all.flags.bytes.count)
      try all.writeKept(to: file)
      try folder.finish(file)
    }
  }

  /// The flags of `flags` that `others` has not, and those that it has.
  private func split(_ flags: FlagRecords, by others: FlagRecords) -> (FlagRecords, FlagRecords) {
    guard others.count > 0 else { return (flags, others) }
    let alone = flags.difference(from: others).mine
    return (alone, flags.difference(from: alone).mine)
  }

  private func write(_ records: FlagRecords, _ name: String) throws(RunError) {
    let file = try folder.makeFile(name)
    try records.write(to: file)
    try folder.finish(file)
  }
}
