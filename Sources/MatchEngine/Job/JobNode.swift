/// A part of a job file as it was written: text, a list or a mapping, with its place.
///
/// Nothing is typed here: `no`, `on`, `1e3` and `2026-10-31` are texts until a reader asks for a type.
struct JobNode {
  var position: Position
  var content: Content

  indirect enum Content {
    case text(JobText)
    case list([JobNode])
    case mapping([JobPair])
  }

  /// The word used for this node in messages.
  var kindName: String {
    switch content {
    case .text(let text): text.isAbsent ? "empty" : "text"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// True for a key without a value, as in `path:`.
  var isAbsent: Bool {
    if case .text(let text) = content { text.isAbsent } else { false }
  }
}

/// A key and its value.
struct JobPair {
  var key: JobText
  var value: JobNode
}

/// A scalar as written.
struct JobText: Hashable {
  var text: String
  var position: Position
  var style: Style

  /// How the scalar stands in the file.
  enum Style {
    case plain, singleQuoted, doubleQuoted, block
  }

  /// True when nothing at all is written.
  var isAbsent: Bool { style == .plain && text.isEmpty }
}
