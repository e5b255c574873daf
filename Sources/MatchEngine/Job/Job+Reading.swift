extension Job {
  /// Reads and checks the job file at `path`.
  package static func read(path: String) throws(JobReadingError) -> Job {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path: path, byteCountMax: JobFile.byteCountMax)
    } catch {
      throw .unreadable(JobFileUnreadable(file: path, reason: error.reason))
    }
    do {
      return try parse(text: try text(bytes, file: path), file: path)
    } catch {
      throw .mistakes(error)
    }
  }

  /// Checks the job file `text`; `file` is its name in messages.
  package static func parse(text: String, file: String) throws(JobError) -> Job {
    let jobFile = try JobFile(text: text, file: file)
    var reader = JobSpecReader(problems: JobProblems(lines: jobFile.lines))
    let spec = reader.job(jobFile.root)
    var resolver = JobResolver(spec: spec, problems: reader.problems)
    let job = resolver.job(text: text, defaultName: defaultName(file))
    let problems = resolver.problems.sorted
    guard problems.isEmpty else { throw JobError(file: file, problems: problems) }
    return job
  }

  private static func text(_ bytes: [UInt8], file: String) throws(JobError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var position = Position(line: 1, column: 1)
    // Decoding with repair shows the first bad place; a replacement character that was in the file is three good bytes.
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\u{FFFD}" { break }
      position =
        scalar == "\n"
        ? Position(line: position.line + 1, column: 1)
        : Position(line: position.line, column: position.column + 1)
    }
    throw JobError(
      file: file, problems: [.init(position, "the file is not UTF-8 from here on; save it as UTF-8")])
  }

  /// The file's name without folder and ending.
  private static func defaultName(_ file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? "job"
    for ending in [".yml", ".yaml"] where name.hasSuffix(ending) && name.count > ending.count {
      return String(name.dropLast(ending.count))
    }
    return name
  }
}

/// Why there is no job: the file could not be read (exit code 3), or it has mistakes (exit code 2).
package enum JobReadingError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(JobFileUnreadable)
  case mistakes(JobError)

  package var description: String {
    switch self {
    case .unreadable(let error): error.description
    case .mistakes(let error): error.description
    }
  }
}
