/// Writes the tree of a job as YAML that reads back as the same tree.
enum JobTreeText {
  /// A mapping in block form, indented by two blanks a level.
  static func block(_ node: JobNode) -> String {
    var text = ""
    append(node, indent: "", to: &text)
    return text
  }

  /// A node on one line, as in `{where: "a = 1"}`.
  static func line(_ node: JobNode) -> String {
    switch node.content {
    case .text(let text): scalar(text)
    case .list(let nodes): "[" + nodes.map(line).joined(separator: ", ") + "]"
    case .mapping(let pairs):
      "{" + pairs.map { scalar($0.key) + ": " + line($0.value) }.joined(separator: ", ") + "}"
    }
  }

  private static func append(_ node: JobNode, indent: String, to text: inout String) {
    switch node.content {
    case .text(let scalar):
      text += indent + self.scalar(scalar) + "\n"
    case .list(let nodes):
      for node in nodes {
        text += indent + "-"
        appendValue(node, indent: indent, to: &text)
      }
    case .mapping(let pairs):
      for pair in pairs {
        text += indent + scalar(pair.key) + ":"
        appendValue(pair.value, indent: indent, to: &text)
      }
    }
  }

  /// What follows a colon or a dash.
  private static func appendValue(_ node: JobNode, indent: String, to text: inout String) {
    switch node.content {
    case .text(let scalar) where scalar.isAbsent: text += "\n"
    case .text, .list([]), .mapping([]): text += " " + line(node) + "\n"
    case .list(let nodes) where nodes.allSatisfy(\.isText): text += " " + line(node) + "\n"
    case .list, .mapping:
      text += "\n"
      append(node, indent: indent + "  ", to: &text)
    }
  }

  /// Names and numbers stand as they are, everything else between double quotes.
  private static func scalar(_ text: JobText) -> String {
    if text.isAbsent { return "" }
    if text.style == .plain, isPlain(text.text) { return text.text }
    var quoted = "\""
    for scalar in text.text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{85}": quoted += "\\N"
      case "\u{2028}": quoted += "\\L"
      case "\u{2029}": quoted += "\\P"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func isPlain(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first else { return false }
    let isNegative = first == "-" && scalars.count > 1 && ("0"..."9").contains(scalars[1])
    guard isNegative || first == "_" || first.properties.isAlphabetic || ("0"..."9").contains(first) else {
      return false
    }
    return scalars.dropFirst().allSatisfy { scalar in
      scalar == "_" || scalar == "-" || scalar == "." || ("0"..."9").contains(scalar) || scalar.properties.isAlphabetic
    }
  }
}

extension JobNode {
  fileprivate var isText: Bool {
    if case .text = content { true } else { false }
  }
}

extension [JobNode] {
  fileprivate static func ~= (pattern: [JobNode], value: [JobNode]) -> Bool { pattern.isEmpty && value.isEmpty }
}

extension [JobPair] {
  fileprivate static func ~= (pattern: [JobPair], value: [JobPair]) -> Bool { pattern.isEmpty && value.isEmpty }
}
