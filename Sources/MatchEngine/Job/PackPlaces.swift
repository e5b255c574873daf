/// Where packs are looked for.
struct PackPlaces {
  /// The folder of the job file.
  var jobFolder: String
  /// Folders of packs that are named without a path, in the order in which they are tried.
  var folders: [String]

  /// The job's folder, `rules` in it, and `rules` beside the program or above it.
  static func standard(jobFile: String) -> PackPlaces {
    let jobFolder = folder(of: jobFile)
    var folders = [jobFolder, "\(jobFolder)/rules"]
    if let program = ProgramFile.path {
      var folder = folder(of: program)
      folders.append("\(folder)/../share/match-run/rules")
      // A build folder lies up to four levels below the repository: .build/PLATFORM/release/match-run.
      for _ in 0..<5 {
        folders.append("\(folder)/rules")
        guard folder != "/" else { break }
        folder = Self.folder(of: folder)
      }
    }
    return PackPlaces(jobFolder: jobFolder, folders: folders)
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The files that `name` can mean, in the order in which they are tried; a name with a slash or ending is a path.
  func paths(of name: String, from folder: String) -> [String] {
    if name.hasPrefix("/") { return [name] }
    if name.contains("/") || name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
      let plain = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
      return [folder == "." ? plain : "\(folder)/\(plain)"]
    }
    return folders.map { $0 == "." ? "\(name).yml" : "\($0)/\(name).yml" }
  }

  /// Names of files in folders called `rules`, for messages.
  var names: [String] {
    var names: Set<String> = []
    for folder in folders where folder.hasSuffix("/rules") {
      do throws(RunError) {
        for entry in try Descriptor.folder(folder).entries() where entry.isUTF8 && entry.name.hasSuffix(".yml") {
          names.insert(String(entry.name.dropLast(4)))
        }
      } catch {
        // A folder that is not there holds no packs.
        continue
      }
    }
    return names.sorted()
  }
}
