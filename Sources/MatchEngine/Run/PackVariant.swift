/// The job without one of its differences from a pack: what it takes away is counted against this.
struct PackVariant {
  let difference: PackDifference
  /// Nil where the job cannot do without the difference, or other rows would have to be made for it.
  let job: Job?
  /// Rules that are judged again, by id.
  let rules: Set<String>

  init(_ difference: PackDifference, of job: Job, jobFile: String, only: [String]) {
    self.difference = difference
    var variant: Job?
    do throws(JobReadingError) {
      variant = try Job.read(path: jobFile, without: difference)
    } catch {
      // A rule of the job that needs what it changed cannot be judged without it.
      variant = nil
    }
    if !only.isEmpty { variant?.settled.removeAll { !only.contains($0.id) } }
    guard let variant, variant.sources == job.sources, variant.views == job.views, variant.aliases == job.aliases else {
      self.job = nil
      rules = []
      return
    }
    self.job = variant
    let known = Set(job.settled)
    let isEverywhere = variant.membership != job.membership
    let changed = variant.settled.filter { isEverywhere || !known.contains($0) }
    // A flag that another rule stands in for is not missing.
    rules = Set(changed.map(\.id)).union(changed.flatMap(\.impliedBy))
  }

  /// Flags of the variant that are not among those of the job.
  func removed(_ outcomes: [SettledOutcome], from job: Job, _ found: [SettledOutcome]) -> Int? {
    guard let variant = self.job else { return nil }
    var known: Set<[String]> = []
    for (rule, outcome) in zip(job.settled, found) { for flag in outcome.flags { known.insert(Self.key(flag, rule)) } }
    var count = 0
    for (rule, outcome) in zip(variant.settled, outcomes) where rules.contains(rule.id) {
      count += outcome.flags.count { !known.contains(Self.key($0, rule)) }
    }
    return count
  }

  private static func key(_ flag: SettledFlag, _ rule: SettledRule) -> [String] {
    [rule.id, flag.caseID, flag.idNumber] + flag.flagKey
  }
}

extension PackDifference {
  /// One sentence for the manifest and the table of a run; `removed` is nil where it was not counted.
  func sentence(removed: Int?) -> String {
    let what =
      switch kind {
      case .parameter: "parameter \(name) is \(used), shipped \(shipped)"
      case .definition: "definition \(name) is another"
      case .view: "view \(name) is another"
      case .membership: "membership is another"
      case .exemption: "added exemption \(name)"
      case .off: "rule \(name) is switched off"
      case .rule: "rule \(name) is another (\(used), shipped \(shipped))"
      }
    let effect = removed.map { "flags removed: \($0.grouped)" } ?? "flags removed: not counted"
    return "\(pack.oneLine): \(what.oneLine); \(effect)"
  }
}
