/// Why a run could not be done: the file or folder, and the reason in one line. The exit code is 3 and nothing was
/// written.
package enum RunError: Error, Hashable, Sendable {
  /// A call of the operating system failed; `action` is the verb ("open", "write"), `number` its errno.
  case system(action: String, path: String, number: Int32)
  case missing(path: String)
  case isFolder(path: String)
  case isNoFolder(path: String)
  case noMatch(pattern: String)
  case nameNotUTF8(folder: String, name: String)
  case listedTwice(path: String, again: String, source: String)
  /// The compressed data ends before its end mark.
  case cut(path: String, format: String)
  case damaged(path: String, format: String, reason: String)
  /// The file's size or time changed while the run read it.
  case changed(path: String)
  /// `--out` names something that no earlier run wrote.
  case outputRefused(path: String, use: String = "the output folder", reason: String)
  case outputLocked(path: String, holder: Int?)
  /// `--run` names a folder that holds no results of a run.
  case noRun(path: String, reason: String)
  /// A delivery of changes has no column that says what is done to a row.
  case noOperation(path: String, column: String, source: String)
  /// A folder of state is not one that can be gone on from.
  case stateRefused(path: String, reason: String)
  /// A file is not the one that the run read.
  case notAsRun(path: String)

  package static let exitCode: Int32 = 3
}

extension RunError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let action, let path, let number):
      "\(path.oneLine): cannot \(action): \(SystemCall.message(number))"
    case .missing(let path):
      "\(path.oneLine): no such file"
    case .isFolder(let path):
      "\(path.oneLine): is a folder; name a file, or a quoted glob such as \"\(path.oneLine)/*.csv\""
    case .isNoFolder(let path):
      "\(path.oneLine): no such folder"
    case .noMatch(let pattern):
      "\(pattern.oneLine): no file matches"
    case .nameNotUTF8(let folder, let name):
      "\(folder.oneLine): the file name '\(name.oneLine)' is not UTF-8; rename the file"
    case .listedTwice(let path, let again, let source):
      path == again
        ? "\(path.oneLine): listed twice in source '\(source.oneLine)'"
        : "\(again.oneLine): the same file as \(path.oneLine), listed twice in source '\(source.oneLine)'"
    case .cut(let path, let format):
      "\(path.oneLine): the \(format) data is cut off before its end"
    case .damaged(let path, let format, let reason):
      "\(path.oneLine): damaged \(format) data: \(reason.oneLine)"
    case .changed(let path):
      "\(path.oneLine): changed while it was read; run again when it is complete"
    case .outputRefused(let path, let use, let reason):
      "\(path.oneLine): not used as \(use): \(reason.oneLine)"
    case .outputLocked(let path, let holder):
      holder.map { "\(path.oneLine): another run (process \($0)) is writing this output folder" }
        ?? "\(path.oneLine): another run is writing this output folder"
    case .noRun(let path, let reason):
      "\(path.oneLine): not a folder of results: \(reason.oneLine)"
    case .noOperation(let path, let column, let source):
      "\(path.oneLine): no column '\(column.oneLine)', which changes: of source '\(source)' names; only the first"
        + " delivery may be without it"
    case .stateRefused(let path, let reason):
      "\(path.oneLine): not used as the state: \(reason.oneLine)"
    case .notAsRun(let path):
      "\(path.oneLine): not the file that the run read; explain needs the files as they were (--input DIR)"
    }
  }
}
