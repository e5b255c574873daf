internal import Normalizers

/// The secret of one office from which the numbers of its flags are made.
///
/// As a file of mode 0600, four lines:
///
///     match-run-site-key: 1
///     name: site-…            eight digits that follow from the key and do not reveal it
///     key: …                  32 bytes in base32
///     check: …                the first 40 bits of SHA-256 over the three lines above, in base32
package struct SiteKey: Sendable {
  package static let byteCount = 32
  /// Longer files are no key.
  private static let fileByteCountMax = 4096
  private static let headLine = "match-run-site-key: 1"

  /// May be shown; two keys have different names.
  package let name: String
  let bytes: [UInt8]

  /// Takes the 32 bytes of a key.
  package init(bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "a site key has 32 bytes")
    self.bytes = bytes
    let code = KeyedHash(key: bytes).code(of: Array("match-run site key name".utf8))
    name = "site-" + Base32.text(code, count: 8).lowercased()
  }

  /// A new key from the system's source of random numbers.
  package static func random() -> SiteKey {
    var source = SystemRandomNumberGenerator()
    return SiteKey(bytes: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &source) })
  }

  // MARK: - File

  /// The file's text.
  package var text: String {
    let lines = "\(Self.headLine)\nname: \(name)\nkey: \(Base32.text(bytes))\n"
    return lines + "check: \(Self.check(lines))\n"
  }

  private static func check(_ lines: String) -> String {
    Base32.text(SHA256Seal.bytes(of: Array(lines.utf8)), count: 8)
  }

  /// Writes the key into a new file at `path`; whatever stands there already is left alone.
  package func write(to path: String) throws(RunError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
    guard let fileName = parts.last, !["", ".", ".."].contains(fileName), !path.utf8.contains(0) else {
      throw .outputRefused(path: path, use: "the key file", reason: "the name is not a plain file name")
    }
    guard try SystemCall.status(of: path, following: false) == nil else {
      throw .outputRefused(
        path: path, use: "the key file", reason: "it is there already; a key is never overwritten, name another file")
    }
    let place = folder.isEmpty ? "/" : folder
    guard try SystemCall.status(of: place, following: true)?.kind == .folder else { throw .isNoFolder(path: place) }
    let parent = try Descriptor.folder(try SystemCall.realPath(of: place), name: place)
    let file = try parent.makeFile(fileName)
    try file.write(Array(text.utf8).span)
    try file.synchronize()
    try file.close()
    try parent.synchronize()
  }

  /// Why a file is not used as a key, in words that continue "FILE: "; they never hold a part of the key.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "\(path.oneLine): not used as a site key: \(reason)" }
  }

  /// Reads the key at `path`.
  package static func read(path: String) throws(Refusal) -> SiteKey {
    let bytes: [UInt8]
    do {
      guard let status = try SystemCall.status(of: path, following: true) else {
        throw Refusal(path: path, reason: "there is no such file; 'match-run key init FILE' makes one")
      }
      guard status.kind == .regular else { throw Refusal(path: path, reason: "it is not a file") }
      guard !status.isOpenToOthers else {
        throw Refusal(path: path, reason: "others may read or change it; make it private with 'chmod 600 FILE'")
      }
      bytes = try WholeFile.read(path: path, byteCountMax: fileByteCountMax)
    } catch let refusal as Refusal {
      throw refusal
    } catch let unreadable as WholeFile.Unreadable {
      throw Refusal(path: path, reason: unreadable.reason)
    } catch {
      throw Refusal(path: path, reason: "the file cannot be read")
    }
    return try parse(String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// Reads the text of a key file; line ends of other systems and blanks at line ends are forgiven.
  package static func parse(_ text: String, path: String) throws(Refusal) -> SiteKey {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
    guard lines.first?.hasPrefix("match-run-site-key: ") == true else {
      throw Refusal(path: path, reason: "it is another kind of file; 'match-run key init FILE' makes a key")
    }
    guard lines[0] == headLine else {
      throw Refusal(path: path, reason: "it was written by a newer version of this program")
    }
    guard lines.count == 4, lines[1].hasPrefix("name: "), lines[2].hasPrefix("key: "), lines[3].hasPrefix("check: ")
    else {
      throw Refusal(path: path, reason: "it is cut or has lines too many; it holds four: head, name, key, check")
    }
    let shown = lines[..<3].map { $0 + "\n" }.joined()
    guard lines[3].dropFirst(7) == check(shown), let bytes = Base32.bytes(lines[2].dropFirst(5)),
      bytes.count == byteCount
    else {
      throw Refusal(
        path: path,
        reason: "it is damaged: its check does not fit; take a copy of it, a new key would renumber all flags")
    }
    let key = SiteKey(bytes: bytes)
    guard lines[1].dropFirst(6) == key.name else {
      throw Refusal(path: path, reason: "its name is not that of its key; take a copy of the file as it was made")
    }
    return key
  }
}
