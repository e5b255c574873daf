import ArgumentParser
import MatchEngine

/// Runs `body`; a file that cannot be read or written is told in one line, exit code 3.
func reportingFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let failure as RunError {
    StandardError.write("match-run: error: \(failure)")
    throw ExitCode(RunError.exitCode)
  }
}
