extension Job {
  /// Reads and checks the job file at `path`, and the packs that it uses.
  ///
  /// Packs are looked for in `packFolders`; without them in the job's folder, in `rules` there, and in the folder
  /// `rules` beside the program or above it.
  ///
  /// With `difference` the job is read as if this one thing, in which it differs from its packs, were not in it.
  package static func read(
    path: String, packFolders: [String]? = nil, without difference: PackDifference? = nil
  ) throws(JobReadingError) -> Job {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path: path, byteCountMax: JobFile.byteCountMax)
    } catch {
      throw .unreadable(JobFileUnreadable(file: path, reason: error.reason))
    }
    var places = PackPlaces.standard(jobFile: path)
    if let packFolders { places.folders = packFolders }
    do {
      return try parse(text: try text(bytes, file: path), file: path, places: places, without: difference)
    } catch {
      throw .mistakes(error)
    }
  }

  /// Checks the job file `text`; `file` is its name in messages.
  package static func parse(text: String, file: String, packFolders: [String] = []) throws(JobError) -> Job {
    try parse(text: text, file: file, places: PackPlaces(jobFolder: PackPlaces.folder(of: file), folders: packFolders))
  }

  private static func parse(
    text: String, file: String, places: PackPlaces, without difference: PackDifference? = nil
  ) throws(JobError) -> Job {
    let jobFile = try JobFile(text: text, file: file)
    var packs = PackReader(problems: JobProblems(lines: jobFile.lines), places: places)
    packs.undone = difference
    let root = try packs.joined(jobFile.root)
    if packs.isPackMissing { throw JobError(file: file, problems: packs.problems.sorted) }
    var reader = JobSpecReader(problems: packs.problems)
    let spec = reader.job(root)
    var resolver = JobResolver(spec: spec, problems: reader.problems)
    let written = packs.packs.isEmpty ? text : joinedText(root, packs: packs.packs)
    var job = resolver.job(text: written, defaultName: defaultName(file))
    job.packDifferences = packs.differences
    job.districtIdentity = spec.districtIdentity
    job.nightLimits = spec.nightLimits
    job.retention = spec.retention
    let problems = resolver.problems.sorted
    guard problems.isEmpty else { throw JobError(file: file, problems: problems) }
    return job
  }

  /// The job as run: one file with all that its packs gave.
  private static func joinedText(_ root: JobNode, packs: [String]) -> String {
    "# The job as run, joined with: \(packs.joined(separator: ", ").oneLine)\n" + JobTreeText.block(root)
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
