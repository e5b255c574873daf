import CKernels
import Testing

@testable import MatchEngine

/// Where fields lie, cells of known codes, and slots of a table: against tables written by hand.
@Suite("Lookup kernels")
struct LookupKernelTests {
  @Test(arguments: KernelFields.variants)
  func fieldsLieBetweenTheirSeparators(variant: String) throws {
    // Thirteen records of two fields, no multiple of what a vector holds; the last ends behind what is readable.
    let column = try KernelFields(Array(repeating: [], count: 13), variant)
    let batch = column.batch
    let index = batch.chunk.index
    let ends = [
      70, 73, 73, 80, 91, 92, 100, 109, 110, 120, 121, 130, 140, 141, 150, 160, 161, 170, 180, 190, 191, 192, 200, 201,
      210, 1_000_000
    ]
    index.begin(at: 64)
    for end in ends { index.append(separator: end) }
    for lane in 0..<13 { batch.firstSeparators[lane] = UInt32(lane * 2) }
    column.kernels.locate(batch, column: 1)
    #expect((0..<13).map { batch.starts[$0] } == [71, 74, 92, 101, 111, 122, 141, 151, 162, 181, 192, 201, 211])
    #expect((0..<12).map { batch.ends[$0] } == [73, 80, 92, 109, 120, 130, 141, 160, 170, 190, 192, 201])
    #expect(Int(batch.ends[12]) == batch.chunk.readableEnd)
  }

  @Test(arguments: KernelFields.variants)
  func codesAreKnownOnceTheyWereKept(variant: String) throws {
    let texts = ["active", "a", "", "cancelled", "0123456789abcdef", "0123456789abcdeX", "0123456789abcdefg", "activ"]
    let column = try KernelFields(texts.map { Array($0.utf8) }, variant)
    let known = CodeCache()
    defer { known.deallocate() }
    #expect(column.left { column.kernels.codes(column.batch, known, slot: 0, rest: $0) } == Set(0..<8))
    for lane in 0..<8 { known.keep(Int64(lane + 100), of: lane, in: column.batch) }
    let left = column.left { column.kernels.codes(column.batch, known, slot: 0, rest: $0) }
    // Neither the empty text nor the one of seventeen bytes is ever known; two that share a place push each other out.
    #expect(left.isSuperset(of: [2, 6]))
    #expect(left.count <= 4)
    for lane in 0..<8 where !left.contains(lane) { #expect(column.first(lane) == Int64(lane + 100)) }
  }

  @Test func aSlotIsFoundByItsHashBitsOrWhenItIsFree() {
    // The lower byte is the row, the others are bits of the hash.
    let rows: [(slots: [UInt32], tag: UInt32, found: UInt32)] = [
      ([0x1201, 0x1302, 0x1403, 0, 0, 0, 0, 0], 0x1200, 0), ([0x1201, 0x1302, 0x1403, 0, 0, 0, 0, 0], 0x1455, 2),
      ([0x1201, 0x1302, 0x1403, 0, 0x1504, 0, 0, 0], 0x1500, 3), ([0, 0x1302, 0, 0, 0, 0, 0, 0], 0x1300, 0),
      ([1, 0x102, 0x203, 0x304, 0x405, 0x506, 0x607, 0x708], 0x700, 7),
      ([1, 0x102, 0x203, 0x304, 0x405, 0x506, 0x607, 0x708], 0x900, 8),
      ([1, 0x102, 0x203, 0x304, 0x405, 0x506, 0x607, 0], 0x900, 7),
      ([0x8000_0001, 0x102, 0x203, 0xFFFF_FF04, 0x405, 0x506, 0x607, 0], 0xFFFF_FF00, 3)
    ]
    for row in rows {
      let slots = FlatArray<UInt32>(repeating: 0, count: 8)
      defer { slots.deallocate() }
      for (place, slot) in row.slots.enumerated() { slots[place] = slot }
      // SAFETY: the kernel reads eight slots, which the array has.
      let found = unsafe mr_find_slot(slots.base, row.tag, 0xFF)
      #expect(found == row.found)
    }
  }
}
