import Foundation

/// The built `match-run`, run as a process of its own.
///
/// Processes are started without Foundation's `Process`, which keeps a descriptor of each and ends the tests when there
/// are a thousand.
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
    case doesNotStart([String], Int32)
    /// It did not end in time and was killed.
    case hangs([String])
    /// How it ended is not known.
    case isLost([String])
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

  private let line: [String]
  private let number: pid_t
  private let log: RunPlace

  /// Starts it, or with `shell` a shell line in which `$0` is the executable and `$@` the arguments.
  init(_ arguments: [String], shell: String? = nil) throws {
    log = try RunPlace()
    let executable = try Self.path()
    line = (shell.map { ["/bin/sh", "-c", $0] } ?? []) + [executable] + arguments
    number = try Self.start(line, output: log("output"), errors: log("errors"))
  }

  /// Starts a process group with nothing to read, which writes to files.
  private static func start(_ line: [String], output: String, errors: String) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    var actions = unsafe posix_spawn_file_actions_t()
    let words = unsafe line.map { unsafe strdup($0) } + [nil]
    let settings = unsafe ProcessInfo.processInfo.environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer { unsafe (words + settings).forEach { unsafe free($0) } }
    var number: pid_t = 0
    var code = unsafe posix_spawnattr_init(&attributes)
    guard code == 0 else { throw Problem.doesNotStart(line, code) }
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    code = unsafe posix_spawn_file_actions_init(&actions)
    guard code == 0 else { throw Problem.doesNotStart(line, code) }
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    let writing = O_WRONLY | O_CREAT | O_TRUNC
    for code in [
      unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP)),
      unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0),
      unsafe posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600),
      unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, writing, 0o600),
      unsafe posix_spawn(&number, line[0], &actions, &attributes, words, settings)
    ] where code != 0 { throw Problem.doesNotStart(line, code) }
    return number
  }

  /// Waits for its end; it is killed after `seconds`.
  func wait(seconds: Double = 60) throws -> Outcome {
    let limit = Date(timeIntervalSinceNow: seconds)
    var status: Int32 = 0
    while true {
      let ended = unsafe waitpid(number, &status, WNOHANG)
      if ended == number { break }
      guard ended == 0 else { throw Problem.isLost(line) }
      if Date() > limit {
        kill(-number, SIGKILL)
        _ = unsafe waitpid(number, &status, 0)
        throw Problem.hangs(line)
      }
      usleep(1_000)
    }
    // The low seven bits hold the signal, the next byte the code.
    let signal = status & 0x7F
    let code = signal == 0 ? status >> 8 & 0xFF : 128 + signal
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
