/// A file of the state that is read in parts: up to some size it is mapped, of a larger one what is needed is read.
///
/// Where stretches of many pages are looked at once, pages cost more than a copy; where short ones are, far from each
/// other and some of them twice, calls do.
///
/// Only for files that the engine wrote and that are never changed.
final class StateFile: Sendable {
  let path: String
  let byteCount: Int
  private let mapped: MappedFile?
  private let descriptor: Descriptor?

  static let mappedByteCountMax = 16 << 20

  init(path: String, mappedByteCountMax: Int) throws(RunError) {
    self.path = path
    let descriptor = try Descriptor.reading(path)
    byteCount = try descriptor.status().byteCount
    let isSmall = byteCount <= mappedByteCountMax
    mapped = isSmall ? try MappedFile(path: path) : nil
    self.descriptor = isSmall ? nil : descriptor
  }

  var damage: RunError {
    .damaged(path: path, format: "state", reason: "its bytes are not those that were written; restore a backup")
  }

  /// `range` of the file, in `scratch` unless it is mapped; where it begins there.
  func bytes(_ range: Range<Int>, _ scratch: RowScratch) throws(RunError) -> (bytes: FlatArray<UInt8>, start: Int) {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { throw damage }
    if let mapped { return (mapped.bytes, range.lowerBound) }
    let room = scratch.bytes(range.count)
    let count = try descriptor?.read(into: room, from: 0, count: range.count, at: range.lowerBound)
    guard count == range.count else { throw damage }
    return (room, 0)
  }

  /// Words of four bytes from byte `start` on, as they stand; nil unless the file is mapped.
  func mappedWords(at start: Int, count: Int) -> FlatArray<UInt32>? { mapped?.words(at: start, count: count) }

  /// Reads `count` words from byte `offset` on into `words[at...]`.
  func read(into words: FlatArray<UInt32>, at place: Int, count: Int, from offset: Int) throws(RunError) {
    if let mapped {
      words.copy(from: mapped.words(at: offset, count: count), at: 0, to: place, count: count)
      return
    }
    guard let descriptor, try descriptor.read(into: words, from: place, count: count, at: offset) == count * 4 else {
      throw damage
    }
  }
}

/// Room for what one worker reads of the state at a time.
final class RowScratch: @unchecked Sendable {
  // SAFETY: used by one thread at a time.
  private var byteRoom = FlatArray<UInt8>(uninitialized: 0)
  private var wordRoom = FlatArray<UInt32>(uninitialized: 0)
  /// Numbers of rows of a block.
  let lanes = FlatArray<UInt32>(uninitialized: RowBlock.capacity)
  /// Of the rows that are read: where their lines begin and end in their block, and their checks.
  var places: [(start: Int, end: Int, check: UInt32)] = []

  deinit {
    byteRoom.deallocate()
    wordRoom.deallocate()
    lanes.deallocate()
  }

  func bytes(_ count: Int) -> FlatArray<UInt8> {
    if byteRoom.count < count {
      byteRoom.deallocate()
      byteRoom = FlatArray(uninitialized: max(count, 1 << 16))
    }
    return byteRoom
  }

  func words(_ count: Int) -> FlatArray<UInt32> {
    if wordRoom.count < count {
      wordRoom.deallocate()
      wordRoom = FlatArray(uninitialized: count)
    }
    return wordRoom
  }
}
