/// What separates the fields of a record; the raw value is the word in job files and options.
///
/// The full-width comma is no separator.
package enum Delimiter: String, CaseIterable, Sendable {
  case comma, tab, semicolon, pipe

  package var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .tab: UInt8(ascii: "\t")
    case .semicolon: UInt8(ascii: ";")
    case .pipe: UInt8(ascii: "|")
    }
  }

  /// The separator as a text of one character.
  package var text: String { String(UnicodeScalar(byte)) }

  /// True when the byte is never the second or fourth of a GB18030 character, so that undecoded text can be split.
  package var isSafeInGB18030: Bool { self != .pipe }
}
