/// A pattern for one part of a path: `*`, `?` and `[a-z]`, `[!a-z]`; a leading dot is matched only by a dot.
package struct Glob: Hashable, Sendable {
  private enum Piece: Hashable, Sendable {
    case one(Unicode.Scalar)
    case any
    case run
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  private let pieces: [Piece]

  /// True when `text` holds a character that a pattern gives a meaning.
  package static func isPattern(_ text: String) -> Bool {
    text.unicodeScalars.contains { "*?[".unicodeScalars.contains($0) }
  }

  /// Reads a pattern; an opening bracket that is never closed stands for itself.
  package init(_ pattern: String) {
    var pieces: [Piece] = []
    var rest = Array(pattern.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": if pieces.last != .run { pieces.append(.run) }
      case "?": pieces.append(.any)
      case "[": pieces.append(Self.set(&rest) ?? .one("["))
      default: pieces.append(.one(scalar))
      }
    }
    self.pieces = pieces
  }

  private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Piece? {
    var inside = rest
    let isNegated = inside.first == "!" || inside.first == "^"
    if isNegated { inside.removeFirst() }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while let low = inside.popFirst() {
      if low == "]" && !ranges.isEmpty {
        rest = inside
        return .set(ranges, isNegated: isNegated)
      }
      if inside.first == "-", let high = inside.dropFirst().first, high != "]" {
        inside.removeFirst(2)
        ranges.append(min(low, high)...max(low, high))
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }

  /// True when the whole of `name` fits the pattern.
  package func matches(_ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    if scalars.first == "." && pieces.first != .one(".") { return false }
    var piece = 0, place = 0
    var lastRun: (piece: Int, place: Int)?
    while place < scalars.count {
      if piece < pieces.count && pieces[piece] == .run {
        lastRun = (piece, place)
        piece += 1
      } else if piece < pieces.count && Self.fits(scalars[place], pieces[piece]) {
        piece += 1
        place += 1
      } else if let run = lastRun {
        lastRun = (run.piece, run.place + 1)
        piece = run.piece + 1
        place = run.place + 1
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { $0 == .run }
  }

  private static func fits(_ scalar: Unicode.Scalar, _ piece: Piece) -> Bool {
    switch piece {
    case .one(let wanted): scalar == wanted
    case .any: true
    case .run: false
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    }
  }
}
