/// A list of words as UTF-8 in one array.
struct Phrases: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]

  /// Every character of `characters` is a word, then come `words`.
  init(characters: String = "", words: [String] = []) {
    for word in characters.map(String.init) + words {
      bytes.append(contentsOf: word.utf8)
      ends.append(bytes.count)
    }
  }

  var count: Int { ends.count - 1 }

  func append(_ index: Int, to output: inout [UInt8]) {
    for position in ends[index]..<ends[index + 1] { output.append(bytes[position]) }
  }
}
