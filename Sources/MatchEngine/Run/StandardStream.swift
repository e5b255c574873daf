/// Standard output and standard error as the commands write them.
package struct StandardStream: Sendable {
  package static let output = StandardStream(number: 1, name: "standard output")
  package static let error = StandardStream(number: 2, name: "standard error")

  let number: Int32
  let name: String

  package var isTerminal: Bool { ProcessState.isTerminal(number) }

  /// Writes all of `text`; false when the reader has closed the pipe, which ends a command quietly.
  @discardableResult
  package func write(_ text: String) throws(RunError) -> Bool {
    do throws(RunError) {
      try Descriptor(number: number, path: name, isOwned: false).write(Array(text.utf8).span)
      return true
    } catch {
      if error.isClosedPipe { return false }
      throw error
    }
  }
}
