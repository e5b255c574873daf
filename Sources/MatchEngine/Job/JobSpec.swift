internal import Normalizers

/// A job as it was written: every value with its place, nothing resolved.
struct JobSpec {
  var name: JobText?
  var asOf: CalendarDate?
  var timeZone: JobText?
  var sources: [SourceSpec] = []
  var rules: [RuleSpec] = []
  /// Header and attribute, in order; nil where the file names none.
  var flagColumns: [FlagColumnSpec]?
  var districtIdentity = IdentityDisplay.masked
  var nightLimits = NightLimits()
  var retention = Purge.Retention()
  var parameters: [ParameterSpec] = []
  var definitions: [NamedTextSpec] = []
  var membership: MembershipSpec?
  var views: [ViewSpec] = []
  var aliases: [AliasSpec] = []
}

/// A parameter: its literal, already read.
struct ParameterSpec {
  var name: JobText
  var value: Literal
}

/// A name and the expression behind it.
struct NamedTextSpec {
  var name: JobText
  var text: JobText
}

/// `membership:` as written.
struct MembershipSpec {
  var source: JobText?
  var caseField: JobText?
  var personField: JobText?
  var nameField: JobText?
  var sizeField: JobText?
  var active: JobText?
  var from: JobText?
  var to: JobText?
}

/// A view as written.
struct ViewSpec {
  var name: JobText
  var fields: [FieldSpec] = []
  var parts: [ViewPartSpec] = []
}

/// One source of a view.
struct ViewPartSpec {
  var source: JobText?
  var condition: JobText?
  /// Fields of the view that make a group.
  var by: [JobText] = []
  /// By field of the view.
  var take: [NamedTextSpec] = []
}

/// One entry of `aliases:`.
struct AliasSpec {
  var type: FieldType?
  var source: JobText?
  var from: JobText?
  var to: JobText?
}

/// A source as written.
struct SourceSpec {
  var name: JobText
  var paths: [JobText] = []
  var fields: [FieldSpec] = []
  var encoding = "auto"
  var delimiter = "auto"
  var maxRejected = 0.01
  /// The row's identity.
  var key: [JobText] = []
  var sensitive: [JobText] = []
  var limits = SourceLimits()
  var isSnapshot = false
  var snapshotDate: CalendarDate?
  /// The source may be missing in the job: it needs no path.
  var isOptional = false
  /// A code field and the words by which a record says that it is taken back.
  var withdrawn: (field: JobText, words: [JobText])?
  /// Header of the column that says what is done to a row.
  var operation: String?
  var validity: ValiditySpec?
}

/// `valid:` of a table as written.
struct ValiditySpec {
  var from: JobText
  var to: JobText?
  var by: [JobText]
}

/// A field as written; the type is nil where it is missing or unknown.
struct FieldSpec {
  var name: JobText
  var type: FieldType?
  var columns: [JobText] = []
  var role: JobText?
  var values: [String: String] = [:]
  var isRequired = true
  /// `source.field`: the table that lists every value.
  var listedIn: JobText?
  /// The words that rules know.
  var known: [JobText] = []
  /// The field of the identity number whose day of birth or sex this is.
  var number: JobText?
}

/// A rule as written; expressions are still text.
struct RuleSpec {
  var id: JobText
  var kind: RuleKind?
  var title: JobText?
  var subject: JobText?
  var condition: JobText?
  var find: FindSpec?
  var compare: [JobText] = []
  var by: [JobText] = []
  var having: JobText?
  var evidence: [JobText] = []
  var reportedCase: JobText?
  var reportedID: JobText?
  /// The keys that only a settled rule has; nil where it has none of them.
  var settled: SettledRuleSpec?
}

/// `find:` as written.
struct FindSpec {
  /// Empty where it is missing.
  var sources: [JobText] = []
  var alias: JobText?
  var key: [KeySpec] = []
  var condition: JobText?
  var keep: JobText?
}

/// One pair of key fields.
struct KeySpec {
  var subject: JobText
  var found: JobText
}

/// One column of `flags.csv` as written.
struct FlagColumnSpec {
  var header: JobText
  var attribute: FlagAttribute
}
