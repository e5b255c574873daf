package import Normalizers

/// A job that was read and checked: names resolved, expressions typed; what remains is to meet the real headers.
package struct Job: Sendable {
  package var name: String
  /// `as_of:` of the file; `--as-of` replaces it, today in `timeZone` stands in for it.
  package var asOf: CalendarDate?
  package var timeZone: String
  package var sources: [Source]
  package var rules: [Rule]
  /// Rules that are judged when every source has been read.
  package var settled: [SettledRule] = []
  package var views: [JobView] = []
  package var membership: Membership?
  package var aliases: [JobAlias] = []
  /// Views that say which number of a person another replaced; `source` is the view's index into `relations`.
  package var renumberings: [JobAlias] = []
  package var listedCodes: [ListedCode] = []
  package var datedTables: [DatedTable] = []
  package var packDifferences: [PackDifference] = []
  /// What the lists for districts show of identities.
  package var districtIdentity = IdentityDisplay.masked
  /// How much a delivery may differ from the last one in the nightly comparison.
  package var nightLimits = NightLimits()
  package var retention = Purge.Retention()
  /// Header and attribute of every column of `flags.csv`, in order.
  package var flagColumns: [FlagColumn]
  /// The job as it is written to `job.yml` of a run.
  package var text: String

  /// One roll, ledger or feed.
  package struct Source: Sendable, Hashable {
    package var name: String
    /// As written: paths, quoted globs, or `-`.
    package var paths: [String]
    package var fields: [Field]
    package var encoding: String
    package var delimiter: String
    /// The share of rejected records above which the run ends with exit code 1; 0.01 unless said.
    package var maxRejected: Double
    /// The day of the delivered state; nil where it is that of the run.
    package var snapshotDate: CalendarDate?
    /// Row counts, age and days within which the source can be relied on.
    package var limits = SourceLimits()
    /// Fields that identify a row; empty: a row is identified by all that it says.
    package var key: [Int] = []
    /// The field and its words by which a record says that it is taken back.
    package var withdrawn: Withdrawn?
    /// Header of the column that says what is done to a row, in a source of changes; nil: a snapshot.
    package var operation: String?
    package var position: Position
  }

  package struct Withdrawn: Sendable, Hashable {
    package var field: Int
    package var words: [String]
  }

  /// What an expression can look up: the fields of every source, then those of every view.
  package var relations: [(name: String, fields: [Field])] {
    sources.map { ($0.name, $0.fields) } + views.map { ($0.name, $0.fields) } + [Self.months]
  }

  /// Index of the relation whose rows are the calendar months; its one field is `line_month`.
  package var calendar: Int { sources.count + views.count }

  static var months: (name: String, fields: [Field]) {
    (
      "months",
      [
        Field(
          name: "line_month", type: .month, columns: [], role: nil, values: [:], isRequired: true,
          position: Position(line: 0, column: 0))
      ]
    )
  }

  package struct Field: Sendable, Hashable {
    package var name: String
    package var type: FieldType
    /// Headers named by `column:`, in order of preference; empty when none are named.
    package var columns: [String]
    /// The role named by `role:`.
    package var role: String?
    /// `values:` as delivered → as meant.
    package var values: [String: String]
    /// Words of a code field that rules know; empty: any.
    package var known: [String] = []
    package var isRequired: Bool
    package var position: Position
    /// The field of the identity number whose day of birth or sex this is.
    package var number: Int? = nil
  }

  package struct Rule: Sendable {
    package var id: String
    package var title: String
    package var kind: RuleKind
    /// Index into `sources`.
    package var subject: Int
    package var condition: Expression?
    package var find: Find?
    /// The two sides of `compare:`; both are fields.
    package var compare: [FieldReference]
    package var by: [Expression]
    package var having: Expression?
    package var evidence: [Expression]
    /// `report.case_id`, `report.id_no`; else the subject's fields of these names; nil where there is neither.
    package var reportedCase: FieldReference?
    package var reportedID: FieldReference?
    package var position: Position
  }

  package struct Find: Sendable {
    /// Index into `sources`; the same as the rule's subject for a join of a source with itself.
    package var source: Int
    /// Pairs of field indices: the subject's and the found source's, of the same type.
    package var key: [KeyPair]
    package var condition: Expression?
  }

  package struct KeyPair: Hashable, Sendable {
    package var subjectField: Int
    package var foundField: Int

    package init(subjectField: Int, foundField: Int) {
      self.subjectField = subjectField
      self.foundField = foundField
    }
  }

  package struct FlagColumn: Sendable {
    package var header: String
    package var attribute: FlagAttribute
  }
}

/// A place in a text file, both counted from one.
package struct Position: Hashable, Sendable {
  package var line: Int
  package var column: Int
  /// The pack's file as shown to the user; nil for the job file.
  package var file: String?

  package init(line: Int, column: Int, file: String? = nil) {
    self.line = line
    self.column = column
    self.file = file
  }
}

/// The type of a field: which normaliser reads it and how it compares.
package enum FieldType: String, CaseIterable, Sendable {
  case residentID = "resident_id"
  case personName = "person_name"
  case account
  case date
  case month
  case money
  case text
  case code
  case number
}

/// The closed set of rule kinds; the raw value is the word after `kind:` in the job file.
package enum RuleKind: String, CaseIterable, Sendable {
  case condition, presence, absence, mismatch, aggregate, duplicate
}

/// What a column of `flags.csv` can hold; the raw value is the word in `output.flags.columns`.
package enum FlagAttribute: String, CaseIterable, Sendable {
  case flagID = "flag_id"
  case rule, severity, proposal, grade, reasons
  case caseID = "case_id"
  case idNumber = "id_no"
  case name, district, months, amount
  case amountBasis = "amount_basis"
  case due, fact, evidence, exemptions, basis
}
