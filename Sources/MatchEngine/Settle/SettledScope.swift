/// Which relation each side of an expression of a settled rule is.
struct SettledScope: Hashable {
  /// Index into `Job.relations`, as all that follow.
  var subject: Int
  var found: Int?
  /// From the outermost lookup to the innermost.
  var lookups: [Int] = []

  func relation(of side: Side) -> Int {
    switch side {
    case .subject: subject
    case .found: found ?? subject
    case .lookup(let level): lookups[level]
    }
  }

  /// The scope inside a lookup.
  func inside(_ lookup: Lookup) -> SettledScope {
    var scope = self
    scope.lookups = lookups.prefix(lookup.level) + [lookup.relation]
    return scope
  }
}
