/// What became of a flag since the night before; the raw value is what lists for people say.
package enum LeadChange: String, Sendable {
  case unchanged = ""
  case new = "新增"
  case changed = "有变化"
  case recurred = "再次出现"
}
