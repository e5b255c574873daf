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

  /// Why a lead is gone from a list, by the reason of its transition.
  static func ending(_ reason: String) -> String { endings[reason] ?? reason }

  static let endings: [String: String] = [
    "RECORD_TAKEN_BACK": "来源记录已撤回或删除；已据此办理的，请即复核更正",
    "LATE_DATA": "来源数据已补充或更新，不再符合规则",
    "NO_LONGER_TRUE": "不再符合规则",
    "RULE_REMOVED": "规则已停用"
  ]

  static func movedTo(_ district: String) -> String { "现由\(district.isEmpty ? "未注明的区" : district)负责" }

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
    "ANNOTATED": "姓名带有备注",
    "BACKPAY_LIKELY": "疑为补发",
    "BATCH_LAG": "发放批次早于死亡登记",
    "CASE_ENDED": "本户已终止",
    "CASE_UNKNOWN": "名册中没有本户",
    "CERT_EXPIRED": "证件已过期",
    "CHILD_IN_TWO_CASES": "未成年人在两户",
    "CONFLICTING_SOURCES": "来源相互矛盾",
    "CUSTODY_NOT_COVERING": "代管备案不覆盖此笔",
    "CUT": "姓名被截断",
    "DATE_LATEST_POSSIBLE": "死亡日期按火化日期推定",
    "DOT_VARIANT": "姓名间隔点写法不同",
    "ENROLLED_AFTER_DEATH": "死亡后登记在保",
    "EXPECTED_END_PASSED": "预计期满日期已过",
    "FORMER_NAME": "曾用名一致",
    "GUARDIAN_LIKELY": "疑为监护人",
    "ID_COLLISION": "一号多人",
    "LATE_DATA": "数据迟到",
    "LEGACY_ID": "15位身份证号",
    "MEMBERS_UNCERTAIN": "户内人数不能确定",
    "NAME_DIFFERENT": "姓名不同",
    "NAME_MISSING": "缺姓名",
    "NAME_ONLY": "只有姓名相同",
    "NAME_VARIANT": "姓名异体写法",
    "NEW_NUMBER": "户籍库中另有现用号码",
    "OFFICIAL_HOLDER": "开户人为工作人员且未备案",
    "OLD_ID": "原身份证号",
    "OLD_NUMBER": "号码已更正，按原号码对应",
    "ONE_CASE_UNPAID": "只有一户实际领取",
    "ONE_FAMILY": "同一家庭分立的单人保",
    "OTHER_CASES_ON_ACCOUNT": "该账户还为其他户收款",
    "OTHER_MEMBER_LIKELY": "死者可能是同户另一成员",
    "PAID_TO_CUSTODIAN": "由代管人领取",
    "PAID_TO_OTHER_NAME": "向另一姓名的账户发放",
    "PLACEHOLDER": "姓名含占位符",
    "RELEASE_UNKNOWN": "释放日期不明",
    "RETURNED": "银行退票",
    "SPACE_VARIANT": "姓名空格不同",
    "SWAPPED_IN_CASE": "户内成员互换",
    "TRUNCATED": "姓名被截断",
    "TWO_DATES": "两个死亡日期",
    "VARIANT": "姓名异体字",
    "VARIANT_CHARACTER": "姓名异体字",
    "PROBABLY_KNOWN": "户籍库中可能有此人",
    "W-BIRTH": "出生日期与号码不符",
    "W-SEX": "性别与号码不符",
    "W-ZEROED": "号码末位为零，可能被表格软件损坏",
    "WIDTH_VARIANT": "姓名全角半角不同"
  ]

  /// What an exemption of the shipped packs, or a reason for not judging, is called; another has its name.
  static func excuse(_ name: String) -> String {
    if name.hasPrefix("implied_by ") { return "已由\(name.dropFirst("implied_by ".count))列出" }
    return excuses[name] ?? name
  }

  static let excuses: [String: String] = [
    "BACK_PAYMENT": "补发",
    "CASE_IN_NEW_DISTRICT": "新区已有其户",
    "CASE_NOT_ON_ROLL": "当月本户不在册",
    "COMMUNITY_CORRECTION": "社区矫正",
    "CUSTODIAN": "代管备案",
    "DEAD": "已死亡",
    "DEAD_HOLDER": "开户人已故（另列）",
    "DEAD_MEMBER": "已故成员的账户（另列）",
    "DECLINED": "本人声明不申请",
    "ENDED_BY_DEATH": "已因死亡终止",
    "ENDING_THIS_MONTH": "本月终止",
    "FAMILY_CARD": "同户籍家庭的账户",
    "FORMER_NAME": "曾用名",
    "INSTITUTION": "供养机构代管",
    "NAME_IN_SAME_CASE": "同户成员的姓名",
    "NAME_VARIANT": "成员姓名写法不同",
    "NOT_CONVICTED": "未判决羁押",
    "NOT_IN_THE_CITY": "户籍不在本市",
    "NO_HOLDER_NAME": "没有户名",
    "ON_ROLL": "已在册",
    "OTHER_NAME": "姓名不同",
    "PROGRAMS_GO_TOGETHER": "可同时享受的项目",
    "REGISTER_EVENT": "其后的户籍变动",
    "REGISTER_IS_OLDER": "户籍快照早于在册日期",
    "REGISTER_NAME": "成员的户籍姓名",
    "REJECTED_LATELY": "近期复核超标",
    "RELEASED_LATER": "其后的释放记录",
    "STUDENT": "在校学生集体户",
    "TAPER": "渐退期",
    "UPLIFT": "重残重病分类施保",
    "key_empty": "匹配字段为空",
    "key_invalid": "匹配字段不可用",
    "compare_empty": "比对字段为空",
    "compare_invalid": "比对字段不可用",
    "where_unknown": "条件无法判断",
    "unknown": "条件无法判断",
    "no_column": "缺少所需的列",
    "no_source": "缺少所需的数据源"
  ]
}
