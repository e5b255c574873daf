/// A mistake in an expression and the character it concerns.
struct ExpressionProblem: Error, Hashable {
  /// Counted in Unicode scalars from the start of the expression.
  var offset: Int
  var message: String

  init(_ offset: Int, _ message: String) {
    self.offset = offset
    self.message = message
  }
}
