/// A mistake in an expression and the character it concerns.
struct ExpressionProblem: Error, Hashable {
  /// Counted in Unicode scalars from the start of the expression.
  var offset: Int
  var message: String
  /// True where the expression seems to have been cut off: something is missing at its end.
  var isCutOff: Bool
  /// The definition in which the mistake is; nil for the expression that was read.
  var text: JobText?

  init(_ offset: Int, _ message: String, isCutOff: Bool = false) {
    self.offset = offset
    self.message = message
    self.isCutOff = isCutOff
  }

  init(offset: Int, message: String, text: JobText?) {
    self.init(offset, message)
    self.text = text
  }
}
