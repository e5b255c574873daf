/// The flags that one worker raised, as bytes that sort in the order of `flags.csv`.
///
/// A flag is its columns behind each other, each ended by a NUL: case, identity number, evidence, then the rest.
package struct FlagBuffer: Sendable {
  /// Columns in the order in which flags are sorted behind their rule.
  package enum Column: Int, CaseIterable, Sendable {
    case caseID, idNumber, evidence, name, district
  }

  package struct Entry: Sendable {
    /// Index into the job's rules.
    package var rule: Int32
    package var start: Int
    package var end: Int
  }

  package private(set) var bytes: [UInt8] = []
  package private(set) var entries: [Entry] = []

  package init(byteCapacity: Int = 0) {
    bytes.reserveCapacity(byteCapacity)
    entries.reserveCapacity(byteCapacity / 96)
  }

  /// Adds a flag whose columns `write` appends, each to be ended with `endColumn`.
  @inline(__always)
  package mutating func add(rule: Int, _ write: (inout [UInt8]) -> Void) {
    let start = bytes.count
    write(&bytes)
    entries.append(Entry(rule: Int32(rule), start: start, end: bytes.count))
  }

  /// Room for so many flags and bytes more.
  mutating func reserve(flags: Int, bytes byteCount: Int) {
    entries.reserveCapacity(entries.count + flags)
    bytes.reserveCapacity(bytes.count + byteCount)
  }

  /// Keeps the flags of rules for which `isKept` holds.
  package mutating func keep(_ isKept: (Int) -> Bool) {
    entries.removeAll { !isKept(Int($0.rule)) }
  }
}
