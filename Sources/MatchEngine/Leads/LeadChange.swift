/// What became of a lead since the night before; the raw value is what lists for people say.
package enum LeadChange: String, Sendable {
  case unchanged = ""
  case new = "新增"
  case changed = "有变化"
  case recurred = "再次出现"
  /// Another district had it.
  case movedIn = "转入"
  /// Of leads that are gone from a list: another district has it now, it is over, or the record it rested on was taken
  /// back.
  case movedOut = "转出"
  case cleared = "已消除"
  case withdrawn = "撤回更正"
}
