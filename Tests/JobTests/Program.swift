import Foundation

/// The built `match-run`, run as a process of its own.
struct Program {
  /// How a run of it ended.
  struct Outcome {
    /// The exit code; 128 and the signal's number when a signal ended it.
    var code: Int32
    var output: String
    var errors: String
  }

  enum Problem: Error {
    case notBuilt(besides: String)
    /// It did not end in time and was killed.
    case hangs(arguments: [String])
  }

  /// The executable that was built beside the running tests.
  static func path() throws -> String {
    let starts = [CommandLine.arguments[0], Bundle.main.bundlePath, Bundle.main.executablePath ?? "/"]
    for start in starts {
      var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
      while folder.path != "/" {
        folder.deleteLastPathComponent()
        let candidate = folder.appendingPathComponent("match-run").path
        if try RunPlace.isFile(candidate) { return candidate }
      }
    }
    throw Problem.notBuilt(besides: starts[0])
  }

  let process: Process
  private let log: RunPlace

  /// Starts it, or with `shell` a shell line in which `$0` is the executable and `$@` the arguments.
  init(_ arguments: [String], shell: String? = nil) throws {
    log = try RunPlace()
    process = Process()
    let executable = try Self.path()
    process.executableURL = URL(fileURLWithPath: shell == nil ? executable : "/bin/sh")
    process.arguments = shell.map { ["-c", $0, executable] + arguments } ?? arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try log.makeHandle("output")
    process.standardError = try log.makeHandle("errors")
    try process.run()
  }

  /// Waits for its end; it is killed after `seconds`.
  func wait(seconds: Double = 60) throws -> Outcome {
    let limit = Date(timeIntervalSinceNow: seconds)
    while process.isRunning {
      if Date() > limit {
        kill(process.processIdentifier, SIGKILL)
        throw Problem.hangs(arguments: process.arguments ?? [])
      }
      usleep(2_000)
    }
    let code = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Outcome(code: code, output: try log.text("output"), errors: try log.text("errors"))
  }

  static func run(_ arguments: String..., shell: String? = nil) throws -> Outcome {
    try Program(arguments, shell: shell).wait()
  }

  /// Runs a tool of the system, such as `gzip`; its exit code.
  @discardableResult
  static func shell(_ line: String, _ arguments: String...) throws -> Int32 {
    try Program(arguments, shell: line).wait().code
  }
}
