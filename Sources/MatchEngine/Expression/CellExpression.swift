internal import Normalizers

/// Where a cell is read from while an expression is evaluated over many lanes at once.
package enum CellSource: Hashable, Sendable {
  /// Words of the batch, from this slot on.
  case batch(slot: Int)
  /// Words of the first, the second stored row of a lane, from this word on.
  case first(word: Int)
  case second(word: Int)
  /// Words of the stored row of a side: 0 the subject's, 1 the found one, 2 and on those of lookups, outermost first.
  case row(side: Int, word: Int)
}

/// A text that was kept with the row of a side.
package struct CellText: Hashable, Sendable {
  package var side: Int
  /// Its number among the row's texts.
  package var text: Int

  package init(side: Int, text: Int) {
    self.side = side
    self.text = text
  }
}

/// A value that an expression needs, in the engine's words; two words for accounts and texts.
package indirect enum CellValue: Hashable, Sendable {
  case cell(CellSource)
  case constant(Int64, Int64)
  /// Days to months.
  case month(CellValue)
  /// Days, or months, to a year in millionths.
  case yearOfDate(CellValue)
  case yearOfMonth(CellValue)
  case shift(CellValue, amount: Int, unit: CalendarUnit)
  /// Identity number and days to whole years in millionths.
  case age(CellValue, on: CellValue)
  /// 1 or 0; empty where the condition is unknown.
  case truth(CellCondition)
  case lookup(CellLookup)
  case arithmetic(CellArithmetic, CellValue, CellValue)
  /// A whole number of months, or of another unit, more.
  case add(CellValue, Int64)
  case function(CellFunction, [CellValue])
  /// The first value where the condition is true, else the second.
  case choose(CellCondition, CellValue, CellValue)
  /// The identity number's sex, as one of two codes.
  case sex(CellValue, male: Int64, female: Int64)
  /// Of reason codes kept as bits: the first that makes a value unusable, as one of 64 codes.
  case defect(CellSource, codes: [Int64])
  /// Of reason codes kept as bits: 1 where one of these is set.
  case noted(CellSource, mask: UInt64)
  /// The verdict on two names, as one of the codes in the order of `NameVerdict.allCases`.
  case nameVerdict(CellText, CellText, codes: [Int64])
  /// 1 for every verdict but DIFFERENT, 0 for that, empty without one.
  case isSameName(CellText, CellText)
}

/// What two numbers or amounts come to; the unit of each result in its name.
package enum CellArithmetic: Hashable, Sendable {
  case add, subtract
  /// `left * right / 1,000,000`: numbers, or an amount and a number.
  case multiply
  /// `left * 1,000,000 / right`: numbers, amounts, or an amount and a number.
  case divide
  /// Days or months between, in millionths: `right - left`.
  case distance
}

/// A function of values that stand side by side.
package enum CellFunction: Hashable, Sendable {
  case coalesce
  /// Over the values that are there.
  case greatest, least
  case overlapDays
  /// Months to days.
  case firstDay, lastDay
  /// Identity number to days.
  case birth
  /// Hundredths to millionths, and millionths to hundredths.
  case numberOfMoney, moneyOfNumber
}

/// A lookup of stored rows by key, and what is made of the rows found.
package struct CellLookup: Hashable, Sendable {
  /// A value that the key has for a lane, in the order of the table's fields.
  package struct Key: Hashable, Sendable {
    package var value: CellValue
    package var isWide: Bool

    package init(value: CellValue, isWide: Bool) {
      self.value = value
      self.isWide = isWide
    }
  }

  package var function: LookupFunction
  /// Index into `CellEvaluator.relations`, and among that relation's tables.
  package var relation: Int
  package var table: Int
  package var keys: [Key]
  /// About the outer sides and the row found; only rows for which it is true count.
  package var condition: CellCondition?
  package var operand: CellValue?
  package var operandIsWide: Bool
  /// The operand's words are hashes, which have no order that means anything.
  package var operandIsHashed: Bool
  package var order: CellValue?
  /// The side of the rows found.
  package var side: Int

  package init(
    function: LookupFunction, relation: Int, table: Int, keys: [Key], condition: CellCondition? = nil,
    operand: CellValue? = nil, operandIsWide: Bool = false, operandIsHashed: Bool = false, order: CellValue? = nil,
    side: Int
  ) {
    self.function = function
    self.relation = relation
    self.table = table
    self.keys = keys
    self.condition = condition
    self.operand = operand
    self.operandIsWide = operandIsWide
    self.operandIsHashed = operandIsHashed
    self.order = order
    self.side = side
  }
}

/// What a lookup probes: held rows and the tables over them.
package struct CellRelation {
  package var store: RowStore
  package var tables: [KeyTable]

  package init(store: RowStore, tables: [KeyTable]) {
    self.store = store
    self.tables = tables
  }
}

/// A condition over cells, true, false or unknown.
package indirect enum CellCondition: Hashable, Sendable {
  case compare(Comparison, CellValue, CellValue)
  /// Equality of values of two words.
  case equalPairs(CellValue, CellValue, negated: Bool)
  /// Equality of a value of one word with one of several.
  case isOneOf(CellValue, [Int64])
  case and([CellCondition])
  case or([CellCondition])
  /// `and`, `or` with terms that are worth asking only where the cheap ones leave it open.
  case staged(CellStages)
  case not(CellCondition)
  case test(CellValue, ValueTest, negated: Bool)
  /// Never true, never false where the value is there: a comparison that no value can meet.
  case never(CellValue)
  /// True wherever the value is there.
  case always(CellValue)
  /// A value that is 1 for true and 0 for false; unknown where it is none.
  case truth(CellValue)
}

/// Terms of one `and` or `or`, by what they cost.
package struct CellStages: Hashable, Sendable {
  package var isAnd: Bool
  /// Asked of every lane.
  package var cheap: [CellCondition]
  /// With lookups or verdicts on names: asked of the lanes that are not decided by then.
  package var costly: [CellCondition]
}
