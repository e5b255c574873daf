internal import Normalizers

/// What expressions may name beside the fields of the rows around them.
struct ExpressionNames {
  /// A source or view that lookups may go through.
  struct Relation {
    var table: ExpressionScope.Table
    /// Index into `Job.relations`; nil where no source of it is part of the job.
    var index: Int?
    /// The day of the delivered state, of a source.
    var snapshotDate: CalendarDate?
  }

  /// An expression with a name; it gets its types where it is used.
  struct Definition {
    var name: String
    var parameters: [String]
    var text: JobText
    /// Nil where the expression has a mistake of grammar, which is reported elsewhere.
    var syntax: ExpressionSyntax?
  }

  /// How the rows of the membership's source say who belongs to which case.
  struct Members {
    var source: String
    var caseField: Int
    var personField: Int
    var active: Definition
    var from: Int?
    var to: Int?
  }

  /// The parts that definitions may be written out to in one job: a few lines of them can stand for billions.
  final class Budget {
    var left = 1_000_000
  }

  /// In the order of the job, for messages.
  private(set) var relationNames: [String] = []
  private var relations: [String: Relation] = [:]
  /// The rule's own come before those of the job.
  var ruleDefinitions: [String: Definition] = [:]
  var definitions: [String: Definition] = [:]
  var parameters: [String: Literal] = [:]
  var members: Members?
  /// The case that the rule's flags name.
  var reportedCase: Expression?
  /// True where the payments behind a flag can be counted and summed: `line_count`, `line_sum`.
  var hasLines = false
  let budget = Budget()

  mutating func add(_ relation: Relation) {
    if relations[relation.table.name] == nil { relationNames.append(relation.table.name) }
    relations[relation.table.name] = relation
  }

  func relation(_ name: String) -> Relation? { relations[name] }

  func definition(_ name: String) -> Definition? { ruleDefinitions[name] ?? definitions[name] }

  /// All names that are no fields, for messages.
  var defined: [String] { ruleDefinitions.keys.sorted() + definitions.keys.sorted() + parameters.keys.sorted() }

  /// Values that the engine makes from the membership for the case of a flag.
  static let caseValues = ["members", "one_member", "several_members", "living_members"]
  static let lineValues = ["line_count", "line_sum"]
  /// Functions whose names a definition cannot have.
  static let functions =
    ["age", "birth", "coalesce", "count", "days", "earliest", "exists", "first_day", "greatest", "if", "last_day"]
    + ["latest", "least", "loaded", "max", "min", "month", "months", "names", "overlap_days", percentile, "same_name"]
    + ["sex", "snapshot", "sum", "year"]
  /// Of the rows of a group, in a view.
  static let percentile = "percentile"
}
