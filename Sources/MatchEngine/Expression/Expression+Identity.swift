extension Expression {
  /// The values that tell who somebody is, of those that the text of this expression may show: names, numbers of
  /// people, accounts.
  var identityParts: [Expression] {
    switch self {
    case .call(.choose, let parts): parts.dropFirst().flatMap(\.identityParts)
    case .call(.coalesce, let parts): parts.flatMap(\.identityParts)
    default: isIdentity && !isAboutGroup ? [self] : []
    }
  }

  private var isIdentity: Bool {
    if case .literal = self { return false }
    return switch valueType {
    case .name, .id, .account: true
    case .date, .month, .money, .text, .code, .number, .boolean: false
    }
  }
}
