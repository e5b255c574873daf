/// Looking into JSON that the engine wrote itself; what is missing is an empty text, list or mapping.
extension JobNode {
  subscript(_ key: String) -> JobNode {
    guard case .mapping(let pairs) = content, let pair = pairs.first(where: { $0.key.text == key }) else {
      return JobNode(position: position, content: .list([]))
    }
    return pair.value
  }

  var text: String { if case .text(let text) = content { text.text } else { "" } }

  var items: [JobNode] { if case .list(let items) = content { items } else { [] } }

  var members: [(String, JobNode)] {
    if case .mapping(let pairs) = content { pairs.map { ($0.key.text, $0.value) } } else { [] }
  }
}
