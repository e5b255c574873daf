internal import Normalizers

/// What will run: sources in the order in which they are read, what each pass stores, probes and counts.
///
/// Built once from a `Job` and the real headers. A join stores the rows of the source that is read first, in key
/// tables,
/// and probes them while the other source streams by.
package struct Plan: Sendable {
  package let job: Job
  package let maker: CellMaker
  /// In reading order.
  package var passes: [Pass]
  package var stores: [Store]
  /// By relation of the job: what settled rules hold of it; nil for what they do not look at.
  package var held: [HeldLayout?] = []
  /// Which rows of which sources are held.
  package var sieves = SievePlan()

  /// One reading of one source.
  package struct Pass: Sendable {
    /// Index into `job.sources`.
    package var source: Int
    package var files: [SourceFile]
    package var uses: [FieldUse]
    /// Words of cells a record.
    package var slotCount: Int
    /// Indices into `stores` that this pass fills.
    package var stores: [Int]
    package var conditions: [ConditionStep]
    package var probes: [ProbeStep]
    package var families: [FamilyStep]
    /// Done when the pass is over.
    package var selfJoins: [SelfJoinStep]
    package var absences: [AbsenceStep]
    /// Stores that nobody needs after this pass.
    package var released: [Int]

    /// True when records of this pass are looked up in the table.
    func looksUp(store: Int, table: Int) -> Bool { probes.contains { $0.store == store && $0.table == table } }
  }

  /// Rows of one source that later passes will look up.
  package struct Store: Sendable {
    package var source: Int
    package var layout: RowLayout
    package var tables: [Table]
    package var cells: [StoredCell]
    /// Fields whose text is kept, in order.
    package var texts: [Int]
    package var rules: [StoredRule]
  }

  package struct Table: Sendable, Hashable {
    package var keyFields: [Int]
    package var keyWords: [KeyTable.KeyWord]
    package var ruleBits: UInt32
    package var expectsMostProbesToMiss: Bool
  }

  package struct StoredCell: Sendable, Hashable {
    package var field: Int
    package var type: FieldType
    /// Where the cell is in the batch; nil when it is made only for rows that are stored.
    package var slot: Int?
    package var word: Int
  }

  /// What decides, row by row, whether a stored row takes part in a rule.
  package struct StoredRule: Sendable {
    package var rule: Int
    package var bit: UInt32
    package var side: Side
    package var condition: CellCondition?
    /// First words of the key's cells in the batch.
    package var keySlots: [Int]
  }

  package struct ConditionStep: Sendable {
    package var rule: Int
    package var condition: CellCondition
    package var flag: FlagTerms
  }

  package struct ProbeStep: Sendable {
    package var store: Int
    package var table: Int
    /// Slots of the key's words, and of those that say whether there is a value.
    package var keyWordSlots: [Int]
    package var keySlots: [Int]
    package var rules: [PairRule]
  }

  /// How a pair of rows with equal keys is judged.
  package struct PairRule: Sendable {
    package var rule: Int
    package var kind: RuleKind
    /// The bit of the stored row.
    package var bit: UInt32
    package var subjectStreams: Bool
    /// On the streaming subject's record.
    package var subjectCondition: CellCondition?
    /// On the pair.
    package var pairCondition: CellCondition?
    /// False when the stored rows of a key are all judged alike: the pair's condition looks only at the record.
    package var looksAtStoredRow: Bool
    package var compare: Compare?
    package var flag: FlagTerms

    /// True when all that counts is whether there is a row of the key that takes part.
    package var onlyAsksWhether: Bool { kind == .absence && !looksAtStoredRow }
    /// True when a record marks all stored rows of its key, also those that take no part, whose marks nobody reads: the
    /// first row of a key then tells whether the key was met.
    package var marksEveryRow: Bool { onlyAsksWhether && !subjectStreams }
  }

  /// The two sides of a mismatch.
  package struct Compare: Sendable {
    package var type: FieldType
    /// The streaming record's field; its cell, where every record has one.
    package var streamField: Int
    package var streamSlot: Int?
    /// The stored row's cell.
    package var storedWord: Int
    /// In a join of a source with itself, the subject's cell.
    package var subjectWord: Int?
  }

  package struct SelfJoinStep: Sendable {
    package var store: Int
    package var table: Int
    /// Words of the subject's key in its stored row.
    package var keyWords: [KeyTable.KeyWord]
    package var subjectBit: UInt32
    package var rule: PairRule
  }

  /// Stored subjects that no streamed record marked.
  package struct AbsenceStep: Sendable {
    package var store: Int
    package var bit: UInt32
    package var rule: Int
    package var flag: FlagTerms
  }

  /// Aggregate rules over one source whose groups share their first key.
  package struct FamilyStep: Sendable {
    package var key: GroupKey
    package var rules: [GroupRule]
  }

  package struct GroupKey: Sendable {
    package var expression: Expression
    package var value: CellValue
    package var type: ValueType
    /// The field whose text stands for the key, for types whose cell is a hash.
    package var textField: Int?
  }

  package struct GroupRule: Sendable {
    package var rule: Int
    package var condition: CellCondition?
    /// Keys behind the family's.
    package var rest: [GroupKey]
    package var aggregates: [GroupAggregate]
    /// Over the words of a group: keys first, then results.
    package var having: CellCondition
    package var flag: FlagTerms
    /// Words of all keys and results.
    package var slotCount: Int
    /// True when groups are counted in small counters by a key of few values.
    package var usesCounters: Bool
  }

  package struct GroupAggregate: Sendable, Hashable {
    package var function: Aggregate
    package var operand: CellValue?
    package var isWide: Bool
  }
}

/// Where the columns of a flag come from.
package struct FlagTerms: Sendable {
  package var caseID: Term?
  package var idNumber: Term?
  package var name: Term?
  package var district: Term?
  package var evidence: [Term]

  /// One piece of text.
  package enum Term: Sendable, Hashable {
    case literal([UInt8])
    /// Written from its words by type.
    case value(CellValue, ValueType)
    /// As it stands in the file.
    case text(TextSource, ValueType)
  }

  package enum TextSource: Sendable, Hashable {
    case batch(field: Int)
    case first(text: Int)
    case second(text: Int)
    /// The text kept for key number `key` of a group.
    case group(key: Int)
  }
}
