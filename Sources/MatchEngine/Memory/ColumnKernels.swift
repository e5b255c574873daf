internal import CKernels
internal import Normalizers

/// Makes the cells of one column of a batch at once, for fields in their plain form.
///
/// Each call leaves the lanes whose fields are not plain in `rest`, first `count` of them; their cells are void until
/// the caller has set them. The fields are those that the batch located last.
@safe
struct ColumnKernels {
  /// What identity numbers may hold in a run to be plain.
  typealias IDLimits = mr_id_limits

  // SAFETY: points to a table that lives as long as the process.
  private let kernels: UnsafePointer<mr_column_kernels>

  /// The fastest that this processor has.
  init() { unsafe kernels = mr_columns() }

  /// Those of a variant by name, for tests; nil where the processor lacks it.
  init?(variant: String) {
    guard let kernels = unsafe mr_columns_named(variant) else { return nil }
    unsafe self.kernels = kernels
  }

  /// Room for `rest`.
  static let restCount = RecordBatch.capacity + 64

  /// Fills `starts` and `ends` of the batch with where the fields of `column` lie, for text without quotes and returns.
  func locate(_ batch: RecordBatch, column: Int) {
    let index = batch.chunk.index
    // SAFETY: the cursor took only records with as many separators as the file has columns; `starts` and `ends` have
    // a place for every lane.
    unsafe kernels.pointee.locate(
      batch.firstSeparators.base, nil, index.separators.base + column, batch.count,
      UInt32(truncatingIfNeeded: batch.chunk.readableEnd), batch.starts.base, batch.ends.base)
  }

  /// The words of the names in `column` of the lanes `records[first ..< first + count]`, which may repeat, into
  /// `words` from `first` on; the fields are located one after the other as if they were lanes.
  func names(
    _ batch: RecordBatch, column: Int, of records: FlatArray<UInt32>, from first: Int, count: Int,
    into words: FlatArray<Int64>, rest: FlatArray<UInt32>
  ) -> Int {
    let padded = (count + 63) / 64 * 64
    precondition(first >= 0 && padded <= RecordBatch.capacity)
    precondition(first + count <= records.count && first + padded <= words.count)
    let index = batch.chunk.index
    // SAFETY: as in `locate`, and every record is a lane of the batch; the words have room up to the next multiple of
    // 64, as was just checked.
    unsafe kernels.pointee.locate(
      batch.firstSeparators.base, records.base + first, index.separators.base + column, count,
      UInt32(truncatingIfNeeded: batch.chunk.readableEnd), batch.starts.base, batch.ends.base)
    var fields = unsafe mr_fields(
      text: batch.chunk.text.base, starts: batch.starts.base, ends: batch.ends.base, count: count)
    return unsafe kernels.pointee.names(&fields, words.base + first, rest.base)
  }

  // SAFETY, for all that follow: the positions lie between the bytes in front of a chunk's text and `readableEnd`,
  // behind which as many bytes as a kernel reads belong to the chunk; cell columns have `RecordBatch.capacity` places,
  // a multiple of 64, and `rest` has `restCount`.

  func residentIDs(
    _ batch: RecordBatch, _ limits: IDLimits, slot: Int, rest: FlatArray<UInt32>
  ) -> (count: Int, endingInX: Int) {
    var (fields, limits) = unsafe (fields(batch), limits)
    var endingInX: UInt32 = 0
    let count = unsafe kernels.pointee.ids(&fields, &limits, cells(batch, slot), rest.base, &endingInX)
    return (count, Int(endingInX))
  }

  /// Takes the numbers with the common damage out of `rest`; returns how many lanes are left and what was repaired.
  func repairedIDs(
    _ batch: RecordBatch, _ limits: IDLimits, slot: Int, rest: FlatArray<UInt32>, count: Int
  ) -> (count: Int, repairs: mr_id_repairs) {
    var (fields, limits) = unsafe (fields(batch), limits)
    var repairs = mr_id_repairs()
    let left = unsafe kernels.pointee.repaired_ids(&fields, &limits, cells(batch, slot), rest.base, count, &repairs)
    return (left, repairs)
  }

  func dates(_ batch: RecordBatch, asOf: Int32, slot: Int, rest: FlatArray<UInt32>) -> Int {
    var fields = unsafe fields(batch)
    return unsafe kernels.pointee.dates(&fields, Int64(asOf), cells(batch, slot), rest.base)
  }

  func amounts(_ batch: RecordBatch, slot: Int, rest: FlatArray<UInt32>) -> Int {
    var fields = unsafe fields(batch)
    return unsafe kernels.pointee.amounts(&fields, cells(batch, slot), rest.base)
  }

  /// Also counts the warnings about plain numbers; `warnings` gets those of each lane, as bits.
  func accounts(
    _ batch: RecordBatch, slot: Int, rest: FlatArray<UInt32>, warnings: FlatArray<UInt8>
  ) -> (count: Int, luhn: Int, zeroed: Int) {
    precondition(batch.count <= warnings.count)
    var fields = unsafe fields(batch)
    var counts = mr_account_counts()
    let count = unsafe kernels.pointee.accounts(
      &fields, cells(batch, slot), cells(batch, slot + 1), rest.base, warnings.base, &counts)
    return (count, Int(counts.luhn), Int(counts.zeroed))
  }

  func names(_ batch: RecordBatch, slot: Int, rest: FlatArray<UInt32>) -> Int {
    var fields = unsafe fields(batch)
    return unsafe kernels.pointee.names(&fields, cells(batch, slot), rest.base)
  }

  /// The same into words of the caller's.
  func names(_ batch: RecordBatch, into words: FlatArray<Int64>, rest: FlatArray<UInt32>) -> Int {
    precondition(RecordBatch.capacity <= words.count)
    var fields = unsafe fields(batch)
    return unsafe kernels.pointee.names(&fields, words.base, rest.base)
  }

  func texts(_ batch: RecordBatch, slot: Int, rest: FlatArray<UInt32>) -> Int {
    var fields = unsafe fields(batch)
    return unsafe kernels.pointee.texts(&fields, cells(batch, slot), cells(batch, slot + 1), rest.base)
  }

  func codes(_ batch: RecordBatch, _ known: CodeCache, slot: Int, rest: FlatArray<UInt32>) -> Int {
    var fields = unsafe fields(batch)
    return unsafe kernels.pointee.codes(&fields, known.cache, cells(batch, slot), rest.base)
  }

  /// Lists the fields that are empty or may be blank, or else a null word.
  func mayBeEmpty(_ batch: RecordBatch, areNullWordsEmpty: Bool, rest: FlatArray<UInt32>) -> Int {
    var fields = unsafe fields(batch)
    let sought = areNullWordsEmpty ? MR_NULL_WORD : MR_BLANK
    return unsafe kernels.pointee.beginnings(&fields, UInt8(truncatingIfNeeded: sought), rest.base)
  }

  private func fields(_ batch: RecordBatch) -> mr_fields {
    unsafe mr_fields(
      text: batch.chunk.text.base, starts: batch.starts.base, ends: batch.ends.base, count: batch.count)
  }

  private func cells(_ batch: RecordBatch, _ slot: Int) -> UnsafeMutablePointer<Int64> {
    let start = slot * RecordBatch.capacity
    precondition(slot >= 0 && start + RecordBatch.capacity <= batch.cells.count)
    return unsafe batch.cells.base + start
  }
}

extension ColumnKernels.IDLimits {
  init(asOf: CalendarDate) {
    let years = IDNumber.plainBirthYears(asOf: asOf)
    // No year lies between 1 and 0.
    self.init(
      first_year: years.isEmpty ? 1 : UInt32(years.lowerBound),
      last_year: years.isEmpty ? 0 : UInt32(years.upperBound - 1), provinces: IDNumber.mainlandProvinces)
  }
}
