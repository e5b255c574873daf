/// The keys of several packs and a job while they are joined, with the pack that each name comes from.
struct PackTree {
  private struct Section {
    var pairs: [JobPair] = []
    var indices: [String: Int] = [:]
  }

  private struct Name: Hashable {
    var section: String
    var name: String
  }

  private var sections: [String: Section] = [:]
  private var owners: [Name: String] = [:]
  var membership: JobPair?
  var aliases: [JobNode] = []

  func pair(_ name: String, in section: String) -> JobPair? {
    sections[section].flatMap { section in section.indices[name].map { section.pairs[$0] } }
  }

  func names(in section: String) -> [String] { sections[section]?.pairs.map(\.key.text) ?? [] }

  /// The pack that a name comes from; nil for one of the job.
  func owner(of section: String, _ name: String) -> String? { owners[Name(section: section, name: name)] }

  mutating func own(_ section: String, _ name: String, by pack: String?) {
    owners[Name(section: section, name: name)] = pack
  }

  /// Puts a pair where one of its name stood, or at the end.
  mutating func set(_ pair: JobPair, in section: String) {
    if let index = sections[section]?.indices[pair.key.text] {
      sections[section]?.pairs[index] = pair
    } else {
      sections[section, default: Section()].indices[pair.key.text] = sections[section]?.pairs.count ?? 0
      sections[section]?.pairs.append(pair)
    }
  }

  /// Takes a rule away, and its name from what stands in for others.
  mutating func removeRule(_ name: String) {
    let rest = (sections["rules"]?.pairs ?? []).filter { $0.key.text != name }
    sections["rules"] = Section()
    for rule in rest { set(JobPair(key: rule.key, value: rule.value.removing(name, from: "implied_by")), in: "rules") }
  }

  /// The job's keys with the joined ones in the place of its own; without those that have been carried out.
  func pairs(with job: [JobPair]) -> [JobPair] {
    let joined = ["parameters", "define", "sources", "views", "rules"]
    let gone = joined + ["use", "off", "exempt", "membership", "aliases"]
    var pairs = job.filter { !gone.contains($0.key.text) }
    func add(_ key: String, _ content: JobNode.Content?) {
      let own = job.first { $0.key.text == key }
      guard let content else {
        // What the job wrote in another shape is judged by the reader.
        if let own { pairs.append(own) }
        return
      }
      let position = own?.value.position ?? Position(line: 1, column: 1)
      let text = own?.key ?? JobText(text: key, position: Position(line: 1, column: 1), style: .plain)
      pairs.append(JobPair(key: text, value: JobNode(position: position, content: content)))
    }
    for key in joined { add(key, sections[key].map { .mapping($0.pairs) }) }
    if let membership { pairs.append(membership) }
    if !aliases.isEmpty { add("aliases", .list(aliases)) }
    return pairs
  }
}

extension JobNode {
  /// The pair of a mapping with this key.
  func pair(_ key: String) -> JobPair? {
    if case .mapping(let pairs) = content { pairs.first { $0.key.text == key } } else { nil }
  }

  /// Two mappings of a source, the second of which goes before: `fields` name by name, everything else as a whole.
  func joined(with other: JobNode) -> JobNode {
    guard case .mapping(var pairs) = content, case .mapping(let others) = other.content else { return other }
    for pair in others {
      guard let index = pairs.firstIndex(where: { $0.key.text == pair.key.text }) else {
        pairs.append(pair)
        continue
      }
      guard pair.key.text == "fields", case .mapping(var fields) = pairs[index].value.content,
        case .mapping(let otherFields) = pair.value.content
      else {
        pairs[index] = pair
        continue
      }
      for field in otherFields {
        if let place = fields.firstIndex(where: { $0.key.text == field.key.text }) {
          fields[place] = JobPair(key: field.key, value: fields[place].value.asField.joined(with: field.value.asField))
        } else {
          fields.append(field)
        }
      }
      pairs[index] = JobPair(key: pair.key, value: JobNode(position: pair.value.position, content: .mapping(fields)))
    }
    return JobNode(position: other.position, content: .mapping(pairs))
  }

  /// `name: type` as `name: {type: type}`.
  private var asField: JobNode {
    guard case .text(let text) = content, !text.isAbsent else { return self }
    let key = JobText(text: "type", position: text.position, style: .plain)
    return JobNode(position: position, content: .mapping([JobPair(key: key, value: self)]))
  }

  /// The mapping with one more entry in the mapping behind `key`; nil where the entry is there already.
  func adding(_ entry: JobPair, to key: String, at place: JobText) -> JobNode? {
    guard case .mapping(var pairs) = content else { return self }
    let keyText = JobText(text: key, position: place.position, style: .plain)
    guard let index = pairs.firstIndex(where: { $0.key.text == key }) else {
      let value = JobNode(position: entry.key.position, content: .mapping([entry]))
      return JobNode(position: position, content: .mapping(pairs + [JobPair(key: keyText, value: value)]))
    }
    guard case .mapping(let entries) = pairs[index].value.content else { return self }
    guard !entries.contains(where: { $0.key.text == entry.key.text }) else { return nil }
    pairs[index].value.content = .mapping(entries + [entry])
    return JobNode(position: position, content: .mapping(pairs))
  }

  /// The mapping without `text` in the text or list behind `key`; an empty list goes with its key.
  func removing(_ text: String, from key: String) -> JobNode {
    guard case .mapping(var pairs) = content, let index = pairs.firstIndex(where: { $0.key.text == key }) else {
      return self
    }
    func isIt(_ node: JobNode) -> Bool {
      if case .text(let other) = node.content { other.text == text } else { false }
    }
    switch pairs[index].value.content {
    case .list(let nodes):
      let rest = nodes.filter { !isIt($0) }
      if rest.isEmpty { pairs.remove(at: index) } else { pairs[index].value.content = .list(rest) }
    case .text:
      if isIt(pairs[index].value) { pairs.remove(at: index) }
    case .mapping: break
    }
    return JobNode(position: position, content: .mapping(pairs))
  }
}
