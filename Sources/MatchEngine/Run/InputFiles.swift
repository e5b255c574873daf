/// Finds the files that a source's paths name, before anything is read.
package struct InputFiles: Sendable {
  /// What relative paths are relative to: the job file's folder, or `--input`.
  package let folder: String

  /// Names to show in place of paths.
  private let names: [String: String]

  package init(folder: String) { self.init(folder: folder, names: [:]) }

  init(folder: String, names: [String: String]) {
    self.folder = folder
    self.names = names
  }

  /// The folder of the file at `path`.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The files of one source, sorted by the bytes of their names; each is there, can be read and is named once.
  package func files(of source: String, paths: [String]) throws(RunError) -> [InputFile] {
    var names: [String] = []
    for path in paths { names += try expand(path) }
    names.sort { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    var files: [InputFile] = []
    var seen: [[UInt64]: String] = [:]
    for name in names {
      let file = try look(at: name)
      let identity = file.isStandardInput ? [] : [file.device, file.inode]
      if let before = seen.updateValue(name, forKey: identity) {
        throw .listedTwice(path: before, again: name, source: source)
      }
      files.append(file)
    }
    return files
  }

  /// Why paths name no files that can be read, the first reason of each path.
  func problems(of paths: [String]) -> [RunError] {
    paths.compactMap { path in
      do throws(RunError) {
        for name in try expand(path) { _ = try look(at: name) }
        return nil
      } catch {
        return error
      }
    }
  }

  private func resolved(_ name: String) -> String {
    name.hasPrefix("/") || folder == "." ? name : folder == "/" ? "/\(name)" : "\(folder)/\(name)"
  }

  /// The names that `path` stands for: itself, or the files that match it as a pattern.
  private func expand(_ path: String) throws(RunError) -> [String] {
    if path == "-" || !Glob.isPattern(path) { return [path] }
    if try SystemCall.status(of: resolved(path), following: true) != nil { return [path] }
    var found = [path.hasPrefix("/") ? "/" : ""]
    for part in path.split(separator: "/").map(String.init) {
      var next: [String] = []
      for base in found { next += try names(in: base, matching: part) }
      found = next
    }
    if found.isEmpty { throw .noMatch(pattern: path) }
    return found
  }

  private func names(in base: String, matching part: String) throws(RunError) -> [String] {
    let prefix = base.isEmpty || base.hasSuffix("/") ? base : base + "/"
    let place = resolved(base)
    let opened = place.isEmpty ? "." : base.isEmpty ? folder : place
    guard Glob.isPattern(part) else {
      return try SystemCall.status(of: resolved(prefix + part), following: true) == nil ? [] : [prefix + part]
    }
    guard try SystemCall.status(of: opened, following: true)?.kind == .folder else {
      if base.isEmpty { throw .isNoFolder(path: opened) }
      return []
    }
    let glob = Glob(part)
    var names: [String] = []
    for entry in try Descriptor.reading(opened).entries() where glob.matches(entry.name) {
      guard entry.isUTF8 else { throw .nameNotUTF8(folder: opened, name: entry.name) }
      names.append(prefix + entry.name)
    }
    return names
  }

  private func look(at name: String) throws(RunError) -> InputFile {
    if name == "-" {
      return InputFile(
        path: "-", name: "standard input", byteCount: 0, modifiedSeconds: 0, modifiedNanoseconds: 0, device: 0,
        inode: 0,
        isRegular: false, compression: .none)
    }
    guard !name.isEmpty, !name.utf8.contains(0) else { throw .missing(path: name) }
    let path = resolved(name)
    guard let status = try SystemCall.status(of: path, following: true) else { throw .missing(path: path) }
    if status.kind == .folder { throw .isFolder(path: path) }
    let isRegular = status.kind == .regular
    return InputFile(
      path: path, name: names[name] ?? name, byteCount: isRegular ? status.byteCount : 0,
      modifiedSeconds: status.modifiedSeconds,
      modifiedNanoseconds: status.modifiedNanoseconds, device: status.device, inode: status.inode, isRegular: isRegular,
      compression: isRegular ? try compression(of: path) : try unread(path))
  }

  private func compression(of path: String) throws(RunError) -> Compression {
    let file = try Descriptor.reading(path)
    var start = [UInt8](repeating: 0, count: Compression.prefixByteCount)
    var span = start.mutableSpan
    let count = try file.read(into: &span, at: 0)
    return try Compression(name: path, start: start.span.extracting(0..<count))
  }

  /// Bytes of a pipe can be had once only, so its compression is not looked at here.
  private func unread(_ path: String) throws(RunError) -> Compression {
    try SystemCall.mayRead(path)
    return .none
  }
}
