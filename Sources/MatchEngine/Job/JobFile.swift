internal import Yams

/// A job file as YAML: a tree of texts, lists and mappings with their places.
///
/// What YAML offers beyond that is refused: aliases, anchors, tags, merge keys, several documents, doubled keys, keys
/// that are not text. No scalar is typed. Limits: 1 MiB, nested 64 deep.
struct JobFile {
  static let byteCountMax = 1 << 20
  static let nestingDepthMax = 64

  var root: JobNode
  var lines: JobLines

  /// Reads `text`; the error holds every problem that could be found at this stage.
  ///
  /// The places of a pack name its file.
  init(text: String, file: String, isPack: Bool = false) throws(JobError) {
    let placedFile = isPack ? file : nil
    guard text.utf8.count <= Self.byteCountMax else {
      let position = Position(line: 1, column: 1, file: placedFile)
      throw JobError(
        file: file, problems: [.init(position, "a job file has at most 1 MiB; this one is longer")])
    }
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    let scan = JobFileScan(scalars)
    guard scan.problems.isEmpty else {
      throw JobError(file: file, problems: scan.problems.map { $0.placed(in: placedFile) })
    }
    lines = JobLines(scalars)

    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    var reader = JobNodeReader(file: placedFile)
    do {
      root = try reader.read(String(view))
    } catch {
      throw JobError(file: file, problems: [error.placed(in: placedFile)])
    }
    guard reader.problems.isEmpty else { throw JobError(file: file, problems: reader.problems) }
  }
}

extension JobError.Problem: Error {
  /// The same problem in a named file.
  fileprivate func placed(in file: String?) -> JobError.Problem {
    var problem = self
    problem.position.file = file
    return problem
  }
}

/// Turns the YAML library's nodes into `JobNode`s.
private struct JobNodeReader {
  let file: String?
  var problems: [JobError.Problem] = []

  init(file: String?) {
    self.file = file
  }

  private func position(_ mark: Yams.Mark?) -> Position {
    Position(line: mark?.line ?? 1, column: mark?.column ?? 1, file: file)
  }

  mutating func read(_ text: String) throws(JobError.Problem) -> JobNode {
    let parser: Yams.Parser
    let composed: Yams.Node?
    do {
      parser = try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8)
      composed = try parser.singleRoot()
    } catch let error as YamlError {
      throw JobError.Problem(yaml: error)
    } catch {
      throw JobError.Problem(Position(line: 1, column: 1), "this is not YAML")
    }
    guard let composed else {
      throw JobError.Problem(
        Position(line: 1, column: 1), "the file is empty; a job has the keys version, sources and rules")
    }
    // A node holds its anchor only as long as the parser lives.
    return withExtendedLifetime(parser) { node(composed, depth: 1) }
  }

  private mutating func node(_ node: Yams.Node, depth: Int) -> JobNode {
    let position = position(node.mark)
    if node.anchor != nil {
      problems.append(.init(position, "anchors (&name) are not supported; quote text that begins with '&'"))
    }
    guard depth <= JobFile.nestingDepthMax else {
      problems.append(.init(position, "lists and mappings are nested more than \(JobFile.nestingDepthMax) deep"))
      return JobNode(position: position, content: .list([]))
    }
    switch node {
    case .scalar(let scalar):
      return JobNode(position: position, content: .text(text(scalar)))
    case .sequence(let sequence):
      return JobNode(position: position, content: .list(sequence.map { self.node($0, depth: depth + 1) }))
    case .mapping(let mapping):
      return JobNode(position: position, content: .mapping(pairs(mapping, depth: depth)))
    case .alias:
      problems.append(.init(position, "aliases (*name) are not supported; quote text that begins with '*'"))
      return JobNode(position: position, content: .list([]))
    }
  }

  private mutating func pairs(_ mapping: Yams.Node.Mapping, depth: Int) -> [JobPair] {
    var pairs: [JobPair] = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        problems.append(.init(position(key.mark), "a key must be text; quote it if it begins with a bracket"))
        continue
      }
      let keyText = text(scalar)
      if keyText.text == "<<", keyText.style == .plain {
        problems.append(.init(keyText.position, "merge keys (<<) are not supported; write the keys out"))
        continue
      }
      pairs.append(JobPair(key: keyText, value: node(value, depth: depth + 1)))
    }
    return pairs
  }

  private func text(_ scalar: Yams.Node.Scalar) -> JobText {
    let style: JobText.Style =
      switch scalar.style {
      case .singleQuoted: .singleQuoted
      case .doubleQuoted: .doubleQuoted
      case .literal, .folded: .block
      case .plain, .any: .plain
      }
    return JobText(text: scalar.string, position: position(scalar.mark), style: style)
  }
}

extension Position {
  fileprivate init(_ mark: Yams.Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}

extension JobError.Problem {
  /// The library's own description prints the document; only place and problem are taken.
  fileprivate init(yaml error: YamlError) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(Position(mark), Self.sentence(problem))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
      self.init(
        Position(context.mark), "the key \(names) stands more than once in this mapping; each key may stand once")
    case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
      self.init(Position(line: 1, column: 1), "this is not YAML: \(problem)")
    case .dataCouldNotBeDecoded, .memory, .no:
      self.init(Position(line: 1, column: 1), "this is not YAML")
    }
  }

  /// The library's words for the mistakes that people make, and what to do about them; its own words for the rest.
  private static func sentence(_ problem: String) -> String {
    switch problem {
    case "mapping values are not allowed in this context":
      "a ': ' where no key can stand; put text that holds ': ' in double quotes, or check the indentation"
    case "found character that cannot start any token":
      "no value may begin with this character (a tab, '@', '`' or '%'); "
        + "indent with blanks, and put such text in double quotes"
    case "did not find expected key", "could not find expected ':'":
      "this does not fit the lines before it; check the indentation, and put text that begins with a quote "
        + "or holds ': ' in double quotes"
    case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
      "expected a comma or the closing bracket; inside brackets, put text that holds quotes, commas or brackets "
        + "in double quotes"
    case "did not find expected '-' indicator":
      "expected another '- ' of this list; check the indentation"
    case "found unexpected end of stream":
      "the file ends inside quotes; a closing quote is missing"
    case "but found another document":
      "a job file holds one document; remove the line '---'"
    case _ where problem.hasPrefix("Maximum nesting level"):
      "lists and mappings are nested more than \(JobFile.nestingDepthMax) deep"
    default:
      "this is not YAML: \(problem)"
    }
  }
}
