/// Joins a job with the packs that it uses, before anything in them is judged.
///
/// What comes out is the tree of a job without `use`, `off` and `exempt`: each of its texts keeps the place where it
/// was written.
struct PackReader {
  /// Packs may use packs; deeper than this is a mistake.
  private static let depthMax = 8
  /// The keys whose values are joined name by name, and what a name in them is called.
  private static let sections: [(key: String, noun: String, kind: PackDifference.Kind)] = [
    ("parameters", "parameter", .parameter), ("define", "definition", .definition), ("views", "view", .view),
    ("rules", "rule", .rule)
  ]

  var problems: JobProblems
  private(set) var differences: [PackDifference] = []
  private let places: PackPlaces
  /// A difference of the job that is left out.
  var undone: PackDifference?
  private var tree = PackTree()
  /// Files that were read, so that a pack that two packs use stands in the job once.
  private var read: Set<String> = []
  /// Names of packs, in the order of their use.
  private(set) var packs: [String] = []
  /// A pack could not be found or read: whatever the job takes from it would look like a mistake.
  private(set) var isPackMissing = false

  init(problems: JobProblems, places: PackPlaces) {
    self.problems = problems
    self.places = places
  }

  /// The job's tree with those of its packs; the error holds mistakes of YAML in a pack.
  mutating func joined(_ root: JobNode) throws(JobError) -> JobNode {
    guard case .mapping(let pairs) = root.content,
      pairs.contains(where: { ["use", "off", "exempt"].contains($0.key.text) })
    else { return root }
    try use(pairs, from: places.jobFolder, depth: 0)
    if isPackMissing { return root }
    add(pairs, of: nil)
    return JobNode(position: root.position, content: .mapping(tree.pairs(with: pairs)))
  }

  // MARK: Files

  private mutating func use(_ pairs: [JobPair], from folder: String, depth: Int) throws(JobError) {
    guard let pair = pairs.first(where: { $0.key.text == "use" }) else { return }
    var reader = JobSpecReader(problems: problems)
    let names = reader.texts(pair)
    problems = reader.problems
    for name in names {
      guard depth < Self.depthMax else {
        problems.report(name.position, "packs use each other more than \(Self.depthMax) deep")
        return
      }
      guard let (file, text) = file(of: name, from: folder) else {
        isPackMissing = true
        continue
      }
      guard read.insert(file).inserted else { continue }
      let pack = try JobFile(text: text, file: file, isPack: true)
      problems.add(pack.lines, of: file)
      guard case .mapping(let packPairs) = pack.root.content else {
        problems.report(pack.root.position, "a pack needs a mapping (key: value); this is \(pack.root.kindName)")
        continue
      }
      try use(packPairs, from: PackPlaces.folder(of: file), depth: depth + 1)
      let packName = checkKeys(packPairs, at: pack.root.position) ?? name.text
      packs.append(packName)
      add(packPairs, of: packName)
    }
  }

  private mutating func file(of name: JobText, from folder: String) -> (file: String, text: String)? {
    for path in places.paths(of: name.text, from: folder) {
      let bytes: [UInt8]
      do throws(WholeFile.Unreadable) {
        bytes = try WholeFile.read(path: path, byteCountMax: JobFile.byteCountMax)
      } catch {
        if error == .missing { continue }
        problems.report(name.position, "the pack \(path): \(error.reason)")
        return nil
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        problems.report(name.position, "the pack \(path) is not UTF-8; save it as UTF-8")
        return nil
      }
      return (path, text)
    }
    let known = places.names
    let spelling = Spelling(known)
    let list = known.isEmpty ? "no packs were found" : "known packs: \(spelling.list)"
    problems.report(
      name.position,
      "unknown pack '\(name.text)'\(spelling.suggestion(for: name.text)); \(list); looked for "
        + places.paths(of: name.text, from: folder).joined(separator: ", "))
    return nil
  }

  /// Reports keys that a pack has not, and gives its name.
  private mutating func checkKeys(_ pairs: [JobPair], at position: Position) -> String? {
    var reader = JobSpecReader(problems: problems)
    let known = ["pack", "version", "sources", "rules"] + JobSpecReader.sharedKeys
    let keys = reader.keys(
      JobNode(position: position, content: .mapping(pairs)), of: "a pack", known: known, required: ["pack"],
      at: position)
    let name = keys?["pack"].flatMap { reader.text($0) }
    if let version = keys?["version"].flatMap({ reader.text($0) }), version.text != "1" {
      reader.problems.report(version.position, "unknown version '\(version.text)'; this program reads version: 1")
    }
    problems = reader.problems
    return name?.text
  }

  // MARK: Joining

  /// Adds the keys of a pack, or of the job, to those that were there before.
  private mutating func add(_ pairs: [JobPair], of pack: String?) {
    for pair in pairs {
      switch pair.key.text {
      case "parameters", "define", "views", "rules":
        for section in Self.sections where section.key == pair.key.text { add(pair, section, of: pack) }
      case "sources":
        for source in names(in: pair) { add(source: source, of: pack) }
      case "membership":
        if pack == nil, tree.membership != nil, isUndone(.membership, "") { continue }
        if let before = tree.membership, let owner = tree.owner(of: pair.key.text, "") {
          replace("membership", "", noun: "membership", kind: .membership, before: before, by: pair, of: pack, owner)
        }
        tree.membership = pair
        tree.own("membership", "", by: pack)
      case "aliases":
        if case .list(let nodes) = pair.value.content {
          tree.aliases += nodes
        } else {
          report(pair, "a list")
        }
      default: break
      }
    }
    // What takes away and adds to rules comes last, wherever it stands.
    for pair in pairs where pair.key.text == "off" { switchOff(pair) }
    for pair in pairs where pair.key.text == "exempt" { exempt(pair, of: pack) }
  }

  private func isUndone(_ kind: PackDifference.Kind, _ name: String) -> Bool {
    undone?.kind == kind && undone?.name == name
  }

  private mutating func report(_ pair: JobPair, _ wanted: String) {
    problems.report(
      pair.value.isAbsent ? pair.key.position : pair.value.position,
      "'\(pair.key.text)' needs \(wanted); this is \(pair.value.kindName)")
  }

  private mutating func names(in pair: JobPair) -> [JobPair] {
    guard case .mapping(let pairs) = pair.value.content else {
      report(pair, "a mapping (name: …)")
      return []
    }
    return pairs
  }

  private mutating func add(
    _ pair: JobPair, _ section: (key: String, noun: String, kind: PackDifference.Kind), of pack: String?
  ) {
    for entry in names(in: pair) {
      let name = entry.key.text
      if pack == nil, tree.pair(name, in: section.key) != nil, isUndone(section.kind, name) { continue }
      if let before = tree.pair(name, in: section.key) {
        let owner = tree.owner(of: section.key, name) ?? ""
        replace(
          section.key, name, noun: section.noun, kind: section.kind, before: before, by: entry, of: pack, owner)
      } else if section.key == "parameters", pack == nil, !packs.isEmpty {
        let spelling = Spelling(tree.names(in: section.key))
        problems.report(
          entry.key.position,
          "unknown parameter '\(name)'\(spelling.suggestion(for: name)); parameters of the packs: \(spelling.list)")
        continue
      }
      tree.set(entry, in: section.key)
      tree.own(section.key, name, by: pack)
    }
  }

  /// Notes that the job's value takes the place of a pack's; a pack takes no other pack's place.
  private mutating func replace(
    _ key: String, _ name: String, noun: String, kind: PackDifference.Kind, before: JobPair, by pair: JobPair,
    of pack: String?, _ owner: String
  ) {
    guard pack == nil else {
      let what = name.isEmpty ? noun : "\(noun) '\(name)'"
      problems.report(pair.key.position, "the \(what) stands in the pack '\(owner)' already; leave one out")
      return
    }
    let (shipped, used) = (JobTreeText.line(before.value), JobTreeText.line(pair.value))
    if kind == .parameter, case .text(let old) = before.value.content, case .text(let new) = pair.value.content {
      let (oldType, newType) = (Literal(parameter: old).type, Literal(parameter: new).type)
      if oldType != newType {
        problems.report(
          new.position,
          "the parameter '\(name)' is \(oldType.phrase) in the pack '\(owner)'; this is \(newType.phrase)")
      }
    }
    guard shipped != used, !owner.isEmpty else { return }
    differences.append(
      PackDifference(
        kind: kind, pack: owner, name: name, shipped: kind == .rule ? Self.version(of: before) : shipped,
        used: kind == .rule ? Self.version(of: pair) : used))
  }

  private static func version(of rule: JobPair) -> String {
    "version " + (rule.value.pair("version").map { JobTreeText.line($0.value) } ?? "1")
  }

  private mutating func add(source: JobPair, of pack: String?) {
    if pack != nil, let path = source.value.pair("path") {
      problems.report(path.key.position, "a pack gives no path; the job that uses it does")
    }
    guard let before = tree.pair(source.key.text, in: "sources") else {
      tree.set(source, in: "sources")
      return
    }
    tree.set(JobPair(key: source.key, value: before.value.joined(with: source.value)), in: "sources")
  }

  private mutating func switchOff(_ pair: JobPair) {
    var reader = JobSpecReader(problems: problems)
    let names = reader.texts(pair)
    problems = reader.problems
    for name in names {
      guard tree.pair(name.text, in: "rules") != nil, let owner = tree.owner(of: "rules", name.text) else {
        let spelling = Spelling(tree.names(in: "rules").filter { tree.owner(of: "rules", $0) != nil })
        problems.report(
          name.position,
          "unknown rule '\(name.text)'\(spelling.suggestion(for: name.text)); rules of the packs: \(spelling.list)")
        continue
      }
      if isUndone(.off, name.text) { continue }
      tree.removeRule(name.text)
      differences.append(PackDifference(kind: .off, pack: owner, name: name.text, shipped: "on", used: "off"))
    }
  }

  private mutating func exempt(_ pair: JobPair, of pack: String?) {
    for entry in names(in: pair) {
      guard tree.pair(entry.key.text, in: "rules") != nil else {
        let spelling = Spelling(tree.names(in: "rules"))
        problems.report(
          entry.key.position,
          "unknown rule '\(entry.key.text)'\(spelling.suggestion(for: entry.key.text)); rules: \(spelling.list)")
        continue
      }
      for exemption in names(in: entry) {
        if pack == nil, isUndone(.exemption, "\(entry.key.text).\(exemption.key.text)") { continue }
        guard let rule = tree.pair(entry.key.text, in: "rules") else { continue }
        guard let changed = rule.value.adding(exemption, to: "unless", at: entry.key) else {
          problems.report(
            exemption.key.position,
            "the rule '\(entry.key.text)' has an exemption '\(exemption.key.text)' already; give this one another name")
          continue
        }
        tree.set(JobPair(key: rule.key, value: changed), in: "rules")
        guard pack == nil, let owner = tree.owner(of: "rules", entry.key.text) else { continue }
        differences.append(
          PackDifference(
            kind: .exemption, pack: owner, name: "\(entry.key.text).\(exemption.key.text)", shipped: "",
            used: JobTreeText.line(exemption.value)))
      }
    }
  }
}
