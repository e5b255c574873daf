extension OutputFolder {
  /// What stands at the output folder's path.
  enum Occupant: Hashable {
    case nothing, emptyFolder, earlierRun
  }

  /// Looks at the output folder's path; throws when a run must not touch what is there.
  func inspect() throws(RunError) -> Occupant {
    let full = "\(parent)/\(name)"
    guard let status = try SystemCall.status(of: full, following: false) else { return .nothing }
    switch status.kind {
    case .folder: break
    case .link: throw .outputRefused(path: path, reason: "it is a link; name the folder itself")
    case .regular, .other:
      throw .outputRefused(path: path, reason: "it is a file; name a folder that is absent or empty")
    }
    let folder = try Descriptor.folder(full, name: path)
    let entries = try folder.entries()
    if entries.isEmpty { return .emptyFolder }
    guard entries.contains(where: { $0.name == Manifest.fileName }) else {
      throw .outputRefused(
        path: path,
        reason:
          "it holds '\(entries[0].name)' and no manifest.json of an earlier run; name a folder that is absent or empty")
    }
    try checkManifest(of: folder, at: full, entries: entries)
    return .earlierRun
  }

  /// A folder is exchanged only when its manifest names all that is in it, so that nothing but results is ever removed.
  private func checkManifest(of folder: Descriptor, at full: String, entries: [Descriptor.Entry]) throws(RunError) {
    let manifestPath = "\(full)/\(Manifest.fileName)"
    guard try SystemCall.status(of: manifestPath, following: false)?.kind == .regular else {
      throw .outputRefused(path: path, reason: "its manifest.json is not a file")
    }
    let manifest = try Descriptor.reading(manifestPath, name: "\(path)/\(Manifest.fileName)")
    let size = min(try manifest.status().byteCount, Manifest.byteCountMax)
    var bytes = [UInt8](repeating: 0, count: size)
    var span = bytes.mutableSpan
    let count = try manifest.read(into: &span, at: 0)
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    guard text.hasPrefix(Manifest.beginning) else {
      throw .outputRefused(path: path, reason: "its manifest.json is not one of an earlier run")
    }
    let paths = Manifest.paths(in: text)
    for entry in entries where entry.name != Manifest.fileName && !paths.contains(entry.name) {
      throw .outputRefused(path: path, reason: "it holds '\(entry.name)', which no earlier run wrote; move it away")
    }
  }

  private var newName: String { ".\(name).match-run-new" }
  private var oldName: String { ".\(name).match-run-old" }

  /// Puts the scratch folder in the output folder's place, in one step where the file system can.
  ///
  /// Where it cannot exchange: the whole new set gets the name …-new, the old one moves to …-old, the new one into
  /// its place. A run
  /// that is killed between these steps leaves the names from which `mend` goes on.
  func replace() throws(RunError) {
    let final = "\(parent)/\(name)"
    let scratchPath = "\(parent)/\(scratchName)"
    switch try inspect() {
    case .nothing, .emptyFolder:
      try SystemCall.rename(scratchPath, to: final)
      try synchronizeParent { () throws(RunError) in try SystemCall.rename(final, to: scratchPath) }
    case .earlierRun:
      if usesExchange, try SystemCall.exchange(scratchPath, final) {
        try synchronizeParent { () throws(RunError) in _ = try SystemCall.exchange(scratchPath, final) }
        return
      }
      let new = "\(parent)/\(newName)"
      let old = "\(parent)/\(oldName)"
      try SystemCall.rename(scratchPath, to: new)
      try synchronizeParent { () throws(RunError) in try SystemCall.rename(new, to: scratchPath) }
      try SystemCall.rename(final, to: old)
      do throws(RunError) {
        try SystemCall.rename(new, to: final)
      } catch {
        try SystemCall.rename(old, to: final)
        try SystemCall.rename(new, to: scratchPath)
        throw error
      }
      try synchronizeParent { () throws(RunError) in
        try SystemCall.rename(final, to: scratchPath)
        try SystemCall.rename(old, to: final)
      }
    }
  }

  /// Syncs the parent folder; when that fails the run has failed, so `undo` brings the old results back.
  private func synchronizeParent(otherwise undo: () throws(RunError) -> Void) throws(RunError) {
    do throws(RunError) {
      try parentFolder.synchronize()
    } catch {
      try undo()
      throw error
    }
  }

  /// Ends what a run that was killed inside `replace` began.
  func mend() throws(RunError) {
    let final = "\(parent)/\(name)"
    let new = "\(parent)/\(newName)"
    let old = "\(parent)/\(oldName)"
    let isNewThere = try SystemCall.status(of: new, following: false) != nil
    let isOldThere = try SystemCall.status(of: old, following: false) != nil
    guard isNewThere || isOldThere else { return }
    if try SystemCall.status(of: final, following: false) == nil {
      try SystemCall.rename(isNewThere ? new : old, to: final)
    }
    try parentFolder.removeTree(newName)
    try parentFolder.removeTree(oldName)
    try parentFolder.synchronize()
  }

  /// Removes scratch folders of this output folder; called only under its lock, so no living run uses them.
  func clearLeftovers() throws(RunError) {
    for entry in try parentFolder.entries() where entry.isUTF8 && isScratch(entry.name) {
      try parentFolder.removeTree(entry.name)
    }
    try parentFolder.removeTree(oldName)
  }

  private func isScratch(_ entry: String) -> Bool {
    let prefix = ".\(name).match-run-"
    guard entry.hasPrefix(prefix) else { return false }
    let parts = entry.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && parts[0].allSatisfy(\.isNumber)
      && parts[1].count == 8 && parts[1].allSatisfy(\.isHexDigit)
  }
}
