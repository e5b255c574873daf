internal import Normalizers

/// A column that repeats what an identity number says: the day of birth, or the sex.
struct NumberCheck {
  /// The field, and the code of a value that says something else than the number.
  let field: Int
  let code: Codes
  /// The field of the number.
  let number: Int
  /// Where the cells of both lie in a batch.
  private let slot: Int
  private let numberSlot: Int
  /// The cells of the words for male and female; nil for a day.
  private let sexes: (male: Int64, female: Int64)?

  /// The checks of a source, as far as both fields have cells.
  static func all(of source: Job.Source, _ uses: [FieldUse], maker: CellMaker) -> [NumberCheck] {
    uses.compactMap { use in
      guard let number = source.fields[use.field].number, let slot = use.slot,
        let numberSlot = uses.first(where: { $0.field == number })?.slot
      else { return nil }
      func word(_ text: String) -> Int64 { maker.words(Array(text.utf8).span, as: .code).first }
      let isDay = use.type == .date
      return NumberCheck(
        field: use.field, code: isDay ? .otherBirth : .otherSex, number: number, slot: slot, numberSlot: numberSlot,
        sexes: isDay ? nil : (word("男"), word("女")))
    }
  }

  /// True where the value of a lane can be read, and so can the number, and they say different things.
  @inline(__always)
  func fails(_ lane: Int, _ batch: RecordBatch) -> Bool {
    let value = batch.cells[slot * RecordBatch.capacity + lane]
    let key = batch.cells[numberSlot * RecordBatch.capacity + lane]
    guard Cell.isUsable(value), Cell.isUsable(key) else { return false }
    let number = IDNumber(key: UInt64(bitPattern: key))
    if let sexes {
      guard value == sexes.male || value == sexes.female, let isMale = number.isMale else { return false }
      return (value == sexes.male) != isMale
    }
    guard let day = number.birthDate else { return false }
    return value != Int64(day.days)
  }
}
