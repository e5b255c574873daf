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
  var covers: [JobPair] = []
  var maxAge: JobText?
  var isSnapshot = false
  var changes: [JobPair] = []
}

/// A field as written; the type is nil where it is missing or unknown.
struct FieldSpec {
  var name: JobText
  var type: FieldType?
  var columns: [JobText] = []
  var role: JobText?
  var values: [String: String] = [:]
  var isRequired = true
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
}

/// `find:` as written.
struct FindSpec {
  var source: JobText?
  var alias: JobText?
  var key: [KeySpec] = []
  var condition: JobText?
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
