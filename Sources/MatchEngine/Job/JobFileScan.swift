/// A first look at a job file: refuses what could make the YAML library slow or its recursion deep.
///
/// It knows quotes, comments, block texts and brackets. It finds aliases and anchors (a few lines of them can stand
/// for billions of values), tags, keys behind `? `, characters that YAML does not allow, and deeply nested brackets.
struct JobFileScan {
  private(set) var problems: [JobError.Problem] = []

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var column = 1
  private var flowDepth = 0
  /// True where a value may begin.
  private var expectsNode = true
  /// The indent of the line on which an unquoted text began that may go on in the next line.
  private var openTextIndent: Int?
  private var lineIndent = 0

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    guard reportForbiddenCharacters() else { return }
    scan()
  }

  // MARK: Characters

  /// YAML 1.1 allows no control characters but tab and line ends.
  private mutating func reportForbiddenCharacters() -> Bool {
    for scalar in scalars {
      if !Self.isAllowed(scalar) {
        problems.append(
          .init(position, "the character U+\(Self.hexadecimal(scalar.value)) is not allowed in a job file; remove it"))
        return false
      }
      step()
    }
    index = 0
    line = 1
    column = 1
    return true
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  // MARK: Structure

  private mutating func scan() {
    startLine()
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case _ where JobLines.isBreak(scalar):
        step()
        startLine()
      case " ", "\t":
        step()
      case "-" where isDocumentMark("---"), "." where isDocumentMark("..."):
        for _ in 0..<3 { step() }
        expectsNode = true
      case "#":
        skipLine()
        openTextIndent = nil
      case "[", "{":
        flowDepth += 1
        guard flowDepth <= JobFile.nestingDepthMax else {
          problems.append(.init(position, "brackets are nested more than \(JobFile.nestingDepthMax) deep"))
          return
        }
        expectsNode = true
        step()
      case "]", "}":
        flowDepth = max(0, flowDepth - 1)
        expectsNode = false
        step()
      case "," where flowDepth > 0:
        expectsNode = true
        step()
      case "?" where expectsNode && isFollowedByBlank:
        // A key of any depth and length would be compared with the others of its mapping.
        problems.append(.init(position, "keys behind '? ' are not supported; write key: value"))
        return
      case "-", "?", ":":
        if isFollowedByBlank || (scalar == ":" && flowDepth > 0) {
          expectsNode = true
          step()
        } else {
          skipPlainText()
        }
      case "\"", "'":
        if expectsNode { skipQuoted(scalar) } else { skipPlainText() }
      case "|", ">":
        if expectsNode, flowDepth == 0 { skipBlockText() } else { skipPlainText() }
      case "*", "&", "!":
        if expectsNode { skipIndicator(scalar) } else { skipPlainText() }
      case "%" where column == 1:
        skipLine()
      default:
        skipPlainText()
      }
    }
  }

  /// Reports an alias, anchor or tag and moves behind its name.
  private mutating func skipIndicator(_ indicator: Unicode.Scalar) {
    let message =
      switch indicator {
      case "*": "aliases (*name) are not supported; text that begins with '*' needs quotes around it"
      case "&": "anchors (&name) are not supported; text that begins with '&' needs quotes around it"
      default: "tags (!name) are not supported; text that begins with '!' needs quotes around it"
      }
    problems.append(.init(position, message))
    while index < scalars.count, !Self.isBlank(scalars[index]), !Self.isFlowIndicator(scalars[index]) { step() }
    expectsNode = indicator != "*"
  }

  private mutating func startLine() {
    lineIndent = 0
    while index < scalars.count, scalars[index] == " " {
      lineIndent += 1
      step()
    }
    guard index < scalars.count, !JobLines.isBreak(scalars[index]) else { return }
    let isMark = isDocumentMark("---") || isDocumentMark("...")
    if let indent = openTextIndent, flowDepth > 0 || lineIndent > indent, !isMark {
      if scalars[index] != "#" { skipPlainText(begunAt: indent) }
    } else {
      openTextIndent = nil
      expectsNode = true
    }
  }

  private mutating func skipQuoted(_ quote: Unicode.Scalar) {
    step()
    while index < scalars.count {
      let scalar = scalars[index]
      step()
      if scalar == "\\", quote == "\"", index < scalars.count {
        step()
      } else if scalar == quote {
        guard quote == "'", index < scalars.count, scalars[index] == "'" else { break }
        step()
      }
    }
    expectsNode = false
  }

  /// Unquoted text ends at `: `, at ` #`, at the end of the line, and inside brackets at `,` and brackets.
  private mutating func skipPlainText(begunAt indent: Int? = nil) {
    let start = index
    openTextIndent = nil
    expectsNode = false
    while index < scalars.count {
      let scalar = scalars[index]
      if JobLines.isBreak(scalar) {
        openTextIndent = indent ?? lineIndent
        return
      }
      if index > start || indent != nil {
        if scalar == "#", index > 0, Self.isBlank(scalars[index - 1]) { return }
        if scalar == ":", isFollowedByBlank { return }
        if flowDepth > 0, Self.isFlowIndicator(scalar) { return }
      }
      step()
    }
  }

  /// A block text goes on as long as lines are blank or indented at least as far as its first line.
  private mutating func skipBlockText() {
    let headerIndent = lineIndent
    expectsNode = false
    skipLine()
    var contentIndent: Int?
    while index < scalars.count {
      step()
      let lineStart = (index, line, column)
      var indent = 0
      while index < scalars.count, scalars[index] == " " {
        indent += 1
        step()
      }
      let isBlankLine = index == scalars.count || JobLines.isBreak(scalars[index])
      if !isBlankLine {
        if indent < contentIndent ?? (headerIndent + 1) {
          (index, line, column) = lineStart
          startLine()
          return
        }
        contentIndent = contentIndent ?? indent
      }
      skipLine()
    }
  }

  // MARK: Steps

  private var position: Position { Position(line: line, column: column) }

  private var isFollowedByBlank: Bool {
    index + 1 >= scalars.count || Self.isBlank(scalars[index + 1])
  }

  /// `---` or `...` at the start of a line.
  private func isDocumentMark(_ mark: String) -> Bool {
    column == 1 && scalars[index...].starts(with: mark.unicodeScalars)
      && (index + 3 == scalars.count || Self.isBlank(scalars[index + 3]))
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || JobLines.isBreak(scalar)
  }

  private static func isFlowIndicator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "," || scalar == "[" || scalar == "]" || scalar == "{" || scalar == "}"
  }

  private mutating func step() {
    if JobLines.isBreak(scalars[index]),
      scalars[index] != "\r" || index + 1 == scalars.count || scalars[index + 1] != "\n"
    {
      line += 1
      column = 1
    } else if scalars[index] != "\r" {
      column += 1
    }
    index += 1
  }

  /// Moves to the line end.
  private mutating func skipLine() {
    while index < scalars.count, !JobLines.isBreak(scalars[index]) { step() }
  }
}
