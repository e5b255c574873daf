extension OutputFolder {
  /// Makes the folder at `path`, lets `fill` write and commit it, and removes what was written when that fails.
  static func filled<Result>(
    at path: String, _ fill: (OutputFolder) throws(RunFailure) -> Result
  ) throws(RunFailure) -> Result {
    let folder: OutputFolder
    do throws(RunError) { folder = try OutputFolder(at: path) } catch { throw .failed(error) }
    do throws(RunFailure) {
      return try fill(folder)
    } catch {
      // The first error is the one to tell; what could not be cleared is cleared by the next run.
      do throws(RunError) { try folder.abandon() } catch { _ = error.description }
      throw error
    }
  }

  /// Writes a whole file.
  func write(_ text: String, to name: String) throws(RunError) {
    let file = try makeFile(name)
    try file.append(text)
    try finish(file)
  }
}
