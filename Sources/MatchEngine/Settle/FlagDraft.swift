/// A flag before it is known whether another rule, an alarm or an uncertain household changes it.
struct FlagDraft {
  var flag: SettledFlag
  /// Identity number words of the persons that it is about.
  var persons: Set<Int64>
  var caseWord: MemberProof.CaseWord
  /// Subject rows behind it.
  var subjects: Set<UInt32>
  var alarmWord: Int64
}
