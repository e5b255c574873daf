/// Messages for the person at the terminal.
package struct StandardError {
  /// Writes `message` as one line, control characters replaced.
  package static func write(_ message: String) {
    // A message that nobody can take is given up; the exit code still tells.
    _ = try? StandardStream.error.write(message.oneLine + "\n")
  }
}
