/// What a family of groups puts aside when memory is used up.
final class FamilySpill: Sendable {
  /// Records whose groups are not in memory, as lines, in parts by their first key.
  let records: PartitionedSpill
  /// Different values of groups that are in memory, in parts by value: one group may have most of them.
  let values: PartitionedSpill
  /// Rows by month of groups that are in memory, in the parts of their first keys.
  let months: PartitionedSpill

  init(_ makeSpill: () throws(RunError) -> PartitionedSpill) throws(RunError) {
    records = try makeSpill()
    values = try makeSpill()
    months = try makeSpill()
  }

  func close() throws(RunError) { for spill in [records, values, months] { try spill.close() } }

  /// One worker's way to the three files.
  final class Writer {
    private let records: PartitionedSpill.Writer
    private let values: PartitionedSpill.Writer
    private let months: PartitionedSpill.Writer

    init(_ spill: FamilySpill) {
      records = PartitionedSpill.Writer(spill.records)
      values = PartitionedSpill.Writer(spill.values)
      months = PartitionedSpill.Writer(spill.months)
    }

    /// Puts aside what the family left in `scratch` after a batch.
    func write(_ scratch: GroupFamily.Scratch, of batch: RecordBatch, as lines: SpilledRecords) throws(RunError) {
      for value in scratch.lateValues { try values.add(part: value.part) { value.append(to: &$0) } }
      for month in scratch.lateMonths { try months.add(part: month.part) { month.append(to: &$0) } }
      scratch.lateValues.removeAll(keepingCapacity: true)
      scratch.lateMonths.removeAll(keepingCapacity: true)
      guard scratch.hasSpilled else { return }
      scratch.hasSpilled = false
      for lane in 0..<batch.count where scratch.spilled[lane] != 0 {
        let mask = scratch.spilled[lane]
        try records.add(part: GroupFamily.part(scratch.hashes[lane])) {
          lines.append(lane, of: batch, mask: mask, to: &$0)
        }
      }
    }

    func finish() throws(RunError) { for writer in [records, values, months] { try writer.finish() } }
  }
}
