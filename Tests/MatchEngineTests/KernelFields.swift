import Normalizers
import Testing

@testable import MatchEngine

/// A batch of one column whose fields stand in a chunk one behind the other, and the kernels of one variant.
struct KernelFields {
  static let today = CalendarDate(year: 2026, month: 2, day: 1)!
  static let variants = ["portable", "sse2", "avx2", "avx512"].filter { ColumnKernels(variant: $0) != nil }

  let batch: RecordBatch
  let kernels: ColumnKernels
  private let rest: FlatArray<UInt32>

  /// Lays the fields down with a digit between them, so that a kernel that reads too far finds something.
  init(_ fields: [[UInt8]], _ variant: String) throws {
    precondition(fields.count <= RecordBatch.capacity)
    kernels = try #require(ColumnKernels(variant: variant))
    let chunk = Chunk(byteCount: fields.reduce(0) { $0 + $1.count + 1 })
    batch = RecordBatch(slotCount: 2, chunk: chunk)
    rest = FlatArray(uninitialized: ColumnKernels.restCount)
    var position = Chunk.leadByteCount
    for (lane, field) in fields.enumerated() {
      chunk.text.write(field + [0x39], at: position)
      batch.starts[lane] = UInt32(position)
      batch.ends[lane] = UInt32(position + field.count)
      position += field.count + 1
    }
    batch.count = fields.count
  }

  func first(_ lane: Int) -> Int64 { batch.cells[lane] }
  func second(_ lane: Int) -> Int64 { batch.cells[RecordBatch.capacity + lane] }

  /// Runs `kernel` with the list of lanes to fill; the lanes left over.
  func left(_ kernel: (FlatArray<UInt32>) -> Int) -> Set<Int> {
    let count = kernel(rest)
    return Set((0..<count).map { Int(rest[$0]) })
  }
}

/// Fields that are damaged at random, from well-formed ones; the seed is fixed.
struct DamagedFields {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(below limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }

  /// `field` as it is, or with up to three pieces put in, taken out or replaced.
  mutating func damaged(_ field: [UInt8]) -> [UInt8] {
    let pieces = [
      " ", "\t", "\u{3000}", "\u{A0}", "０", "９", "Ｘ", "x", "X", "'", "-", ".", "0", "9", "6", "年", "\u{0}", "\u{7F}"
    ]
    var field = field
    for _ in 0..<next(below: 4) {
      let piece = Array(pieces[next(below: pieces.count)].utf8)
      let place = next(below: field.count + 1)
      switch next(below: 4) {
      case 0: field.insert(contentsOf: piece, at: place)
      case 1 where place < field.count: field.remove(at: place)
      case 2 where place < field.count: field[place] = 0x30 + UInt8(next(below: 10))
      case 3 where place < field.count: field.replaceSubrange(place...place, with: piece)
      default: break
      }
    }
    return field
  }

  /// An identity number with the right check character, most of them plain otherwise.
  mutating func identityNumber() -> [UInt8] {
    let division = [11, 31, 44, 65, 71, 16][next(below: 6)] * 10_000 + next(below: 74) * 100 + next(below: 20)
    let birth = (1895 + next(below: 132)) * 10_000 + next(below: 14) * 100 + next(below: 33)
    var field: [UInt8] = []
    IDNumber(key: UInt64((division * 100_000_000 + birth) * 1000 + next(below: 1000))).write(into: &field)
    // One in ten with the fifteen digits of old.
    return next(below: 10) == 0 ? Array(field[0..<6] + field[8..<17]) : field
  }
}
