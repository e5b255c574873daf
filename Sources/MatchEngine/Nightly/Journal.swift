/// A file with one line of JSON for every run, look-up and purge, each chained to the one before by a hash.
///
/// The hash of a line is SHA-256 over its bytes up to the hash; the hash of the line before is one of them. A line that
/// was changed, taken out or put in between breaks the chain. Lines cut off at the end do not: note the last hash
/// elsewhere.
package struct Journal: Sendable {
  /// The name of the journal of a state, in its folder.
  package static let fileName = "journal.jsonl"

  package let path: String

  package init(path: String) { self.path = path }

  /// What is noted of one action. It holds no identity number, name or account.
  package struct Entry: Sendable {
    package var action: String
    package var exitCode: Int
    /// Name of the job.
    package var job = ""
    package var jobDigest = ""
    package var asOf = ""
    /// By source: digests of the files that were read.
    package var inputs: [String: [String]] = [:]
    package var counts: [String: Int] = [:]
    package var note = ""

    package init(action: String, exitCode: Int) {
      self.action = action
      self.exitCode = exitCode
    }
  }

  private static let firstHash = String(repeating: "0", count: 64)
  /// The longest line that is looked for at the end of the file.
  private static let lineByteCountMax = 1 << 20

  /// Adds a line and syncs it. A line that a killed process left without its end is taken away first.
  package func append(_ entry: Entry) throws(RunError) {
    let file = try Descriptor.locking(path)
    while try !file.lock() { ProcessState.pause() }
    var size = try file.status().byteCount
    let last = try Self.lastLine(file, &size)
    if try file.status().byteCount != size { try file.truncate(to: size) }
    var number = 0
    var before = Self.firstHash
    if let last {
      guard let line = Line(last) else {
        throw .damaged(path: path, format: "journal", reason: "its last line is none; see 'match-run journal verify'")
      }
      (number, before) = (line.number, line.hash)
    }
    let text = Self.text(entry, number: number + 1, before: before)
    try file.write(Array((text + "\n").utf8).span, at: size)
    try file.synchronize()
    try file.close()
  }

  private static func text(_ entry: Entry, number: Int, before: String) -> String {
    let body = JSONText.members([
      "number": .integer(number),
      "time": .string(ProcessState.timeUTC),
      "user": .string(ProcessState.userName),
      "action": .string(entry.action),
      "exit_code": .integer(entry.exitCode),
      "engine_version": .string(JobRun.version),
      "job": .string(entry.job),
      "job_digest": .string(entry.jobDigest),
      "as_of": .string(entry.asOf),
      "inputs": .object(
        entry.inputs.sorted { $0.key < $1.key }.map { .init(key: $0, value: .array($1.map { .string($0) })) }),
      "counts": .counts(entry.counts),
      "note": .string(entry.note),
      "before": .string(before)
    ]).document.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    let start = body.dropLast() + ",\"hash\": \""
    return start + SHA256Seal.bytes(of: Array(start.utf8)).hexadecimal + "\"}"
  }

  /// The last whole line; `size` becomes where it ends.
  private static func lastLine(_ file: Descriptor, _ size: inout Int) throws(RunError) -> [UInt8]? {
    let count = min(size, lineByteCountMax)
    var bytes = [UInt8](repeating: 0, count: count)
    var room = bytes.mutableSpan
    _ = try file.read(into: &room, at: size - count)
    guard let end = bytes.lastIndex(of: 10) else {
      size -= count
      return nil
    }
    size -= count - end - 1
    let start = bytes[..<end].lastIndex(of: 10).map { $0 + 1 } ?? 0
    return Array(bytes[start..<end])
  }

  /// The parts of a line that hold the chain together.
  fileprivate struct Line {
    var number: Int
    var before: String
    var hash: String
    /// What the hash is over.
    var body: [UInt8]

    init?(_ bytes: [UInt8]) {
      let mark = Array("\"hash\": \"".utf8)
      let (start, hashStart) = (Array("{\"number\": ".utf8), bytes.count - 66)
      guard bytes.starts(with: start), hashStart > mark.count,
        bytes.suffix(2) == [UInt8(ascii: "\""), UInt8(ascii: "}")],
        Array(bytes[hashStart - mark.count..<hashStart]) == mark
      else { return nil }
      body = Array(bytes[..<hashStart])
      hash = String(decoding: bytes[hashStart..<hashStart + 64], as: UTF8.self)
      number = bytes[start.count...].prefix { (48...57).contains($0) }.reduce(0) { ($0 &* 10) &+ Int($1 - 48) }
      let text = String(decoding: body, as: UTF8.self)
      guard let place = text.ranges(of: "\"before\": \"").last else { return nil }
      before = String(text[place.upperBound...].prefix { $0 != "\"" })
    }

    var isSound: Bool { SHA256Seal.bytes(of: body).hexadecimal == hash }
  }

  /// What `journal verify` found.
  package struct Verdict: Sendable {
    package var lines = 0
    package var lastHash = Journal.firstHash
    /// The first line, from 1, that does not fit, and why; nil: all do.
    package var fault: String?
  }

  /// Reads the file and checks every line and the chain.
  package func verify() throws(RunError) -> Verdict {
    let file = try Descriptor.reading(path)
    var verdict = Verdict()
    var bytes: [UInt8] = []
    var offset = 0
    var stretch = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      var room = stretch.mutableSpan
      let count = try file.read(into: &room, at: offset)
      if count == 0 { break }
      offset += count
      bytes += stretch[..<count]
      var start = 0
      while let end = bytes[start...].firstIndex(of: 10) {
        guard verdict.add(Line(Array(bytes[start..<end]))) else { return verdict }
        start = end + 1
      }
      bytes.removeFirst(start)
    }
    if !bytes.isEmpty { verdict.fault = "line \(verdict.lines + 1) has no end: the process that wrote it was killed" }
    return verdict
  }
}

extension Journal.Verdict {
  fileprivate mutating func add(_ line: Journal.Line?) -> Bool {
    let number = lines + 1
    guard let line, line.isSound else {
      fault = "line \(number) is not as it was written"
      return false
    }
    guard line.before == lastHash, line.number == number else {
      fault = "line \(number) does not follow the one before it: lines are missing or were put in"
      return false
    }
    lines = number
    lastHash = line.hash
    return true
  }
}
