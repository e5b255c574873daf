/// The codes of flags in the words of an office.
package struct LeadWords {
  /// What is proposed, never decided; several words separated by blanks give several phrases.
  static func proposal(_ words: String) -> String {
    words.split(separator: " ").map { proposals[String($0)] ?? String($0) }.joined(separator: "；")
  }

  /// `5 紧急`; empty for none.
  static func severity(_ severity: Int) -> String {
    severity == 0 ? "" : [String(severity), severityName(severity)].filter { !$0.isEmpty }.joined(separator: " ")
  }

  static func severityName(_ severity: Int) -> String {
    severities.indices.contains(severity) ? severities[severity] : ""
  }

  private static let severities = ["", "提示", "低", "中", "高", "紧急"]

  static func grade(_ grade: String) -> String { grades[grade].map { "\(grade) \($0)" } ?? grade }

  static func amountBasis(_ basis: String) -> String { amountBases[basis] ?? basis }

  /// The phrase for a reason; the code itself where none is known.
  static func reason(_ code: String) -> String { reasons[code] ?? code }

  static let proposals: [String: String] = [
    "STOP": "复核后停发",
    "RECALC": "复核后增减发",
    "HOLD_NEXT": "下期发放前人工确认",
    "REVIEW": "复核",
    "IDENTIFY_FIRST": "先核身份",
    "CORRECT_DATA": "更正信息",
    "FILE": "补备案",
    "VERIFY_AMOUNT": "核实应追回金额",
    "TRANSFER": "转移管辖",
    "OUTREACH": "上门或电话主动告知",
    "ANSWER": "信访处置"
  ]

  static let grades: [String: String] = [
    "A": "身份一致", "B": "身份基本一致", "C": "号同名异", "D": "疑似同人", "E": "数据不合格"
  ]

  static let amountBases: [String: String] = [
    "FULL": "全额", "RECALC": "重新核定后的差额", "PER_CAPITA": "按人均估算（上限）"
  ]

  static let reasons: [String: String] = [
    "BACKPAY_LIKELY": "疑为补发",
    "BATCH_LAG": "发放批次早于死亡登记",
    "CERT_EXPIRED": "证件已过期",
    "CONFLICTING_SOURCES": "来源相互矛盾",
    "CUSTODY_NOT_COVERING": "代管备案不覆盖此笔",
    "DATE_LATEST_POSSIBLE": "死亡日期按火化日期推定",
    "DOT_VARIANT": "姓名间隔点写法不同",
    "ENROLLED_AFTER_DEATH": "死亡后登记在保",
    "FORMER_NAME": "曾用名一致",
    "GUARDIAN_LIKELY": "疑为监护人",
    "ID_COLLISION": "一号多人",
    "LATE_DATA": "数据迟到",
    "LEGACY_ID": "15位身份证号",
    "MEMBERS_UNCERTAIN": "户内人数不能确定",
    "NAME_DIFFERENT": "姓名不同",
    "NAME_MISSING": "缺姓名",
    "NAME_VARIANT": "姓名异体写法",
    "OLD_ID": "原身份证号",
    "PLACEHOLDER": "姓名含占位符",
    "RELEASE_UNKNOWN": "释放日期不明",
    "SPACE_VARIANT": "姓名空格不同",
    "SWAPPED_IN_CASE": "户内成员互换",
    "TRUNCATED": "姓名被截断",
    "VARIANT": "姓名异体字",
    "W-ZEROED": "号码末位为零，可能被表格软件损坏"
  ]
}
