package import Normalizers

/// A rule that is judged when every source has been read, over held rows.
///
/// Candidates (a subject row, and the found row where there is one) are folded to flags by `fold`. A condition without
/// aggregates is about a candidate, and holds for a flag when it holds for one of its candidates; one with aggregates
/// is about the folded group.
package struct SettledRule: Sendable, Hashable {
  package var id: String
  package var title = ""
  package var version = 1
  package var category = ""
  /// Articles of law and notices, as written.
  package var basis: [String] = []
  package var kind: RuleKind
  /// Index into `Job.relations`.
  package var subject: Int
  package var condition: Expression?
  package var find: Find?
  /// Subjects for which one of these is not true are counted as not evaluated, by its name.
  package var evaluatedWhen: [Named] = []
  /// What silences a candidate, by name.
  package var exemptions: [Named] = []
  /// Later signs of life or presence: the grade drops one step.
  package var contrary: [Named] = []
  /// Codes for the column `reasons`.
  package var reasons: [Named] = []
  package var identity: Identity?
  /// The grade of every flag of a rule that compares no identities; 0 for none.
  package var grade = 0
  /// Empty: one flag for each reported case, reported person and flag key.
  package var fold: [Expression] = []
  package var having: Expression?
  package var lines: Lines?
  /// Stands in for the sum of the lines.
  package var amount: Expression?
  package var amountBasis: [Choice] = []
  package var severity: [SeverityStep] = []
  package var proposals: [Choice] = []
  package var due: Expression?
  package var reportedCase: Expression?
  package var reportedPerson: Expression?
  package var reportedName: Expression?
  package var reportedDistrict: Expression?
  package var flagKey: [Expression] = []
  package var evidence: [Expression] = []
  package var fact: [Piece] = []
  /// What to check, for the district.
  package var verify = ""
  /// Rules whose flag of the same person, or case where there is no person, stands in for this one's.
  package var impliedBy: [String] = []
  package var alarm: Alarm?
  /// The rule's findings go to the quality list, not to a district.
  package var isList = false
  /// Without these the rule is not evaluated; headers show whether columns are there, and empty sources tell nothing.
  package var needs: [Need] = []
  /// The first day on which the rule is in force.
  package var validFrom: CalendarDate?
  /// Why the rule cannot be evaluated in this job: a source that is not part of it. Nothing but names and texts is
  /// set in such a rule.
  package var hindrance: String?
  /// The relation whose rows such a rule would have looked at, where it is part of the job.
  package var hinderedSubject: Int?
  package var position: Position

  /// Why the rule cannot be evaluated on this day: what the job lacks, or a later day of force.
  package func hindrance(on day: CalendarDate) -> String? {
    if let hindrance { return hindrance }
    guard let validFrom, day.days < validFrom.days else { return nil }
    return "the rule is in force from \(validFrom.written) on"
  }

  /// A source, view or column that the rule cannot do without.
  package struct Need: Sendable, Hashable {
    /// Index into `Job.relations`; with a field, into `Job.sources`.
    package var relation: Int
    package var field: Int?

    package init(relation: Int, field: Int? = nil) {
      self.relation = relation
      self.field = field
    }
  }

  package struct Find: Sendable, Hashable {
    /// Index into `Job.relations`.
    package var relation: Int
    package var key: [Job.KeyPair]
    /// On the pair; for `mismatch` also that the compared values differ.
    package var condition: Expression?
    package var keep: Keep
  }

  package enum Keep: Sendable, Hashable {
    case all
    case any
    /// The pair with the least or greatest value.
    case earliest(Expression)
    case latest(Expression)
  }

  package struct Named: Sendable, Hashable {
    package var name: String
    package var condition: Expression

    package init(name: String, condition: Expression) {
      self.name = name
      self.condition = condition
    }
  }

  /// A condition that a choice or a step depends on.
  package enum Condition: Sendable, Hashable {
    case always
    case expression(Expression)
    /// A reason of this rule by its code, whoever gave it.
    case reason(String)
    /// The identity is graded C or lower.
    case belowB
  }

  /// A word and when it is chosen; the last that holds wins.
  package struct Choice: Sendable, Hashable {
    package var condition: Condition
    package var word: String

    package init(condition: Condition, word: String) {
      self.condition = condition
      self.word = word
    }
  }

  package struct SeverityStep: Sendable, Hashable {
    package var condition: Condition
    package var value: Int
    /// Adds to what was found before, instead of replacing it.
    package var isRelative: Bool

    package init(condition: Condition, value: Int, isRelative: Bool) {
      self.condition = condition
      self.value = value
      self.isRelative = isRelative
    }
  }

  /// What the grade of identity is made from.
  package struct Identity: Sendable, Hashable {
    package var subjectName: FieldReference?
    package var foundName: FieldReference?
    /// Further names, such as a former name: the subject's are compared with the found name, the found row's with the
    /// subject's.
    package var otherNames: [FieldReference] = []
    /// Reasons of the rule that cost one step each.
    package var doubts: [String] = []
    /// Reasons of the rule for which two people are only supposed to be one: grade D.
    package var hints: [String] = []
    package var subjectNumber: FieldReference?
    package var foundNumber: FieldReference?
  }

  /// The payments behind a flag, month by month.
  package struct Lines: Sendable, Hashable {
    /// Index into `Job.relations`; nil when the folded subject rows are the lines.
    package var relation: Int?
    package var keys: [LookupKey] = []
    /// One line for each calendar month from the first to the second, both included, instead of rows; the relation is
    /// then `Job.calendar`.
    package var months: Months?
    package var condition: Expression?
    package var month: Expression?
    package var amount: Expression?
    package var shown: [Expression] = []

    package struct Months: Sendable, Hashable {
      package var from: Expression
      package var to: Expression

      package init(from: Expression, to: Expression) {
        self.from = from
        self.to = to
      }
    }
  }

  /// A piece of the fact sentence.
  package enum Piece: Sendable, Hashable {
    case text(String)
    case value(Expression)
    /// A value that the engine makes for the flag: `grade`, `months`, `amount`, `line_count`.
    case attribute(String)
  }

  /// A share of flagged subjects above which the feed is suspected and the flags are held back.
  package struct Alarm: Sendable, Hashable {
    package var share: Double
    /// So many must be flagged, whatever their share.
    package var atLeast = 1
    package var group: Expression?
  }
}
