import CPlatform
import Glibc
package import Normalizers
import Synchronization

/// What belongs to the whole process: its number, its standard streams, its signals and its memory.
package struct ProcessState: Sendable {
  package static var number: Int { Int(getpid()) }

  /// True when the descriptor is a terminal.
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Ends the process now, without running anything that was registered for its end.
  package static func exit(_ code: Int32) -> Never { _exit(code) }

  /// Opens /dev/null on those of 0, 1 and 2 that are closed, so that no result file gets their number.
  static func openStandardStreams() throws(RunError) {
    for number in Int32(0)...2 where fcntl(number, F_GETFD) == -1 && errno == EBADF {
      // SAFETY: the path is a constant; the lowest free number is `number`, as the lower ones are open.
      guard unsafe open("/dev/null", O_RDWR) == number else { throw SystemCall.fail("open", "/dev/null") }
    }
  }

  /// Lets a closed pipe and a file over the size limit be errors of `write` instead of the process's end.
  static func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  private static let stopHandler = Mutex<(@Sendable (Int32) -> Never)?>(nil)

  /// Starts a thread that calls `handler` on the first SIGHUP, SIGINT or SIGTERM.
  ///
  /// A SIGHUP that is ignored at the start (`nohup`) stays ignored.
  static func waitForStop(_ handler: @escaping @Sendable (Int32) -> Never) throws(RunError) {
    stopHandler.withLock { $0 = handler }
    let number = mr_watch_stop_signals { signal in
      guard let handler = ProcessState.stopHandler.withLock({ $0 }) else { _exit(128 + signal) }
      handler(signal)
    }
    guard number == 0 else { throw .system(action: "start a thread", path: "match-run", number: number) }
  }

  /// The most memory that was resident at once, in bytes, since the process began.
  package static var peakResidentByteCount: Int { statusValue("VmHWM:") ?? 0 }

  /// The memory that is the process's own and resident now, in bytes, without mapped files.
  package static var anonymousByteCount: Int {
    // Three numbers of pages: mapped, resident, and of these shared with files; one line that costs the kernel little.
    let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { _ = close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    // SAFETY: the buffer is valid during the call that fills it.
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    var numbers = [0]
    for byte in bytes.prefix(max(0, count)) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
      default: numbers.append(0)
      }
    }
    guard numbers.count > 3 else { return 0 }
    return (numbers[1] - numbers[2]) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// A line of /proc/self/status that is given in kB; nil where the system has no such file or line.
  private static func statusValue(_ key: String) -> Int? {
    // SAFETY: the path is a constant; the buffer is valid during the call that fills it.
    let file = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      return line.dropFirst(key.count).split(whereSeparator: { $0 == " " || $0 == "\t" }).first.flatMap { Int($0) }.map
      { $0 * 1024 }
    }
    return nil
  }

  /// Processors that this process may use.
  package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The day it is now in `timeZone`; nil when this machine does not know the zone.
  package static func today(timeZone: String) -> CalendarDate? {
    // China has one zone and no summer time since 1992, so its day needs no tables.
    let fixed = ["Asia/Shanghai": 8 * 3600, "UTC": 0]
    var now = time(nil)
    if let offset = fixed[timeZone] { return CalendarDate(days: Int32((Int(now) + offset) / 86_400)) }
    guard !timeZone.contains(".."), unsafe access("/usr/share/zoneinfo/\(timeZone)", R_OK) == 0 else { return nil }
    // SAFETY: the name is a zero-terminated copy; no other thread runs yet when a job is prepared.
    unsafe setenv("TZ", timeZone, 1)
    tzset()
    var parts = unsafe tm()
    // SAFETY: both are local variables that live during the call.
    guard unsafe localtime_r(&now, &parts) != nil else { return nil }
    return unsafe CalendarDate(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
  }

  /// The machine's memory in bytes.
  package static var machineByteCount: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES)), size = sysconf(Int32(_SC_PAGESIZE))
    return pages > 0 && size > 0 ? pages * size : 1 << 32
  }

  /// The time in UTC, as `2026-10-31T01:02:03Z`.
  package static var timeUTC: String {
    let now = Int(time(nil))
    var text: [UInt8] = []
    CalendarDate(days: Int32(now / 86_400)).write(into: &text)
    let seconds = now % 86_400
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return String(decoding: text, as: UTF8.self) + "T" + parts.joined(separator: ":") + "Z"
  }

  /// Who runs the process: the name that the system has for the user, and the number.
  package static var userName: String {
    let number = getuid()
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var bytes = [CChar](repeating: 0, count: 16 << 10)
    // SAFETY: the entry's texts lie in `bytes`, which lives while the name is copied.
    let name = unsafe bytes.withUnsafeMutableBufferPointer { room -> String? in
      guard let start = room.baseAddress, unsafe getpwuid_r(number, &entry, start, room.count, &found) == 0,
        unsafe found != nil
      else { return nil }
      return unsafe entry.pw_name.map { unsafe String(cString: $0) }
    }
    return "\(name ?? "") (\(number))"
  }

  /// Waits a moment for another process.
  static func pause() { usleep(2_000) }

  /// Seconds from any fixed point, never going back.
  package static var seconds: Double {
    var now = timespec()
    // SAFETY: `now` is writable during the call.
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
