/// What sources, views and fields are called in an explanation.
struct ExplainWords {
  let job: Job
  /// By source.
  let files: [[SourceFile]]

  func relation(_ number: Int) -> String {
    Self.title(of: job.relations[number].name)
  }

  /// What a source or view of the packs is called in Chinese; another has its name. Several that a rule asks together
  /// are named one after the other.
  static func title(of relation: String) -> String {
    relation.split(separator: "+").map { relations[String($0)] ?? String($0) }.joined(separator: "、")
  }

  /// The header in the delivered file, or a word of the glossary; else the name in the job.
  func field(_ field: Int, of relation: Int) -> String {
    if relation < job.sources.count { return sourceField(field, of: relation) }
    let name = job.relations[relation].fields[field].name
    if let word = Self.fields[name] { return word }
    guard relation < job.calendar else { return name }
    for part in job.views[relation - job.sources.count].parts {
      if case .field(let reference, _)? = part.values[field] { return self.field(reference.field, of: part.relation) }
    }
    return name
  }

  private func sourceField(_ field: Int, of source: Int) -> String {
    let known = job.sources[source].fields[field]
    if let file = files[source].first, let column = file.columns[field] {
      let header = file.layout.columns[column]
      if Self.isChinese(header) { return header }
    }
    return known.columns.first(where: Self.isChinese) ?? Self.fields[known.name] ?? known.name
  }

  private static func isChinese(_ text: String) -> Bool { text.unicodeScalars.contains { $0.value >= 0x3400 } }

  /// Codes that the tables of the rules use among themselves.
  static let codes: [String: String] = [
    "PRISON": "监狱服刑", "COMPULSORY_DETOX": "强制隔离戒毒", "COMMUNITY": "社区矫正", "HELD": "羁押未决",
    "SHORT_DETENTION": "短期拘留", "DECLARED_MISSING": "宣告失踪", "DIFFERENT": "不同", "LEGACY_ID": "15位旧号码",
    "W-ZEROED": "末位为零", "W-BIRTH": "出生日期与号码不符", "W-SEX": "性别与号码不符"
  ]

  private static let relations: [String: String] = [
    "roll": "低保名册", "funeral": "殡葬火化记录", "death_other": "其他部门死亡登记", "judicial": "司法羁押记录",
    "hukou": "户籍登记", "payments": "发放记录", "next_batch": "下期发放名单", "custodians": "代管备案", "officials": "工作人员名单",
    "disability": "残疾人登记", "illness": "重病名单", "unemployed": "失业登记", "low_margin": "低保边缘名单",
    "declined": "放弃申请声明", "rejected": "不予批准记录", "applications": "申请记录", "standards": "保障标准",
    "exclusive_programs": "互斥项目表", "status_codes": "司法状态代码表",
    "divisions": "行政区划表", "account_map": "新旧账号对照表", "deaths": "死亡记录", "custody": "服刑和羁押记录",
    "custody_records": "各次服刑和羁押",
    "reversals": "退票和冲正记录", "renumbered": "身份证号更正记录", "odd_payments": "户名与成员不一致的发放",
    "repeats": "同期多笔的发放", "shared_payments": "与他户同账户的发放", "payment_limits": "没有标准的项目的高位发放额", "enrolments": "多处在册的记录",
    "other_names": "同号异名的记录", "feed_names": "比对数据中的姓名", "name_hints": "姓名相同的死亡记录", "death_records": "各部门死亡登记",
    "dead_holders": "可能已故的开户人", "severe_needs": "重残重病记录",
    "hardship": "困难情形记录", "unusable": "号码不能使用的名册记录", "months": "月份"
  ]

  private static let fields: [String: String] = [
    "id_no": "身份证号", "name": "姓名", "former_name": "曾用名", "case_no": "户编号", "day": "日期", "day_of": "日期性质",
    "cert_no": "证明编号", "recorded": "登记日期", "origin": "来源", "kind": "类别", "class": "状态类别", "facility": "机构",
    "started": "开始日期", "ended": "结束日期", "expected": "预计期满日期", "original": "原流水号", "old": "原身份证号",
    "new": "现身份证号", "pay_id": "流水号", "pay_date": "发放日期", "period": "所属月份", "program": "救助项目",
    "pay_kind": "发放类型", "district": "区代码", "account_no": "银行账号", "holder_name": "户名", "holder_id": "开户人身份证号",
    "amount": "金额", "corrected": "号码已更正", "status": "状态", "start_date": "起始日期", "end_date": "终止日期",
    "end_reason": "终止原因", "monthly_amount": "月保障金额", "household_size": "家庭人口", "relation": "与户主关系",
    "valid_from": "有效期起", "valid_to": "有效期至", "sign": "困难情形", "strong": "重点困难", "death_date": "死亡日期",
    "cremation_date": "火化日期", "record_date": "登记日期", "record_status": "记录状态", "result": "发放结果",
    "event": "变动类型", "event_date": "变动日期", "division": "区划代码", "dest_division": "迁往地", "hukou_no": "户号",
    "date": "日期", "line_month": "月份", "street": "街镇", "id_type": "证件类型", "sub_type": "保障方式",
    "taper_until": "渐退期至", "release_date": "释放日期", "expected_end": "预计期满日期", "status_code": "状态代码",
    "custodian_name": "代管人", "revoke_date": "撤销日期", "batch": "批次号", "months_covered": "补发月数",
    "reversed_pay_id": "原流水号", "fail_reason": "退票原因", "old_id_no": "原身份证号", "collective": "集体户",
    "category": "类别", "level": "等级", "from": "起始日期", "to": "截止日期",
    "birth": "出生日期", "sex": "性别", "limit_amount": "高位发放额"
  ]
}
