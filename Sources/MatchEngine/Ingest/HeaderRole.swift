/// What a column of an office's file holds, told by its header; the raw value is the word after `role:` in job files.
package enum HeaderRole: String, CaseIterable, Sendable {
  case id, name, account
  case accountName = "account_name"
  case deathDate = "date_death"
  case cremationDate = "date_cremation"
  case birthDate = "date_birth"
  case paymentDate = "date_paid"
  case month, amount, sex, address, district, street, committee, phone, relation

  /// The headers of this role, the plain ones first; all of one group rank equally.
  ///
  /// A group is asked only when no column has a header of the groups before it: in a file with a plain `姓名` the
  /// column `户主姓名` is the householder's name, not the person's.
  package var synonyms: [[String]] {
    switch self {
    case .id:
      [
        [
          "身份证号", "身份证号码", "身份证", "身份证件号码", "居民身份证号", "居民身份证号码", "公民身份号码",
          "公民身份证号码", "证件号码", "证件号", "有效证件号码", "sfzh", "sfzhm", "zjhm", "gmsfhm", "id_no"
        ],
        ["死者身份证号", "逝者身份证号", "本人身份证号", "救助对象身份证号"],
        ["户主身份证号", "申请人身份证号"]
      ]
    case .name:
      [
        ["姓名", "xm", "name"],
        ["死者姓名", "逝者姓名", "救助对象姓名", "保障对象", "低保对象姓名", "本人姓名", "被执行人", "被执行人姓名", "当事人"],
        ["户主姓名", "申请人", "申请人姓名"]
      ]
    case .account:
      [
        [
          "银行账号", "银行帐号", "账号", "帐号", "卡号", "银行卡号", "存折账号", "存折帐号", "社保卡号", "一卡通账号",
          "一卡通帐号", "开户账号", "开户帐号", "收款账号", "收款帐号", "yhzh", "account"
        ]
      ]
    case .accountName:
      [
        [
          "开户名", "户名", "账户名", "帐户名", "开户人", "开户人姓名", "收款人", "收款人姓名", "账户姓名", "帐户姓名",
          "持卡人"
        ]
      ]
    case .deathDate: [["死亡日期", "死亡时间", "去世日期", "逝世日期"]]
    case .cremationDate: [["火化日期", "火化时间"]]
    case .birthDate: [["出生日期", "出生年月日", "生日", "csrq", "birth_date"]]
    case .paymentDate: [["发放日期", "发放时间", "支付日期"]]
    case .month: [["发放月份", "所属月份", "月份"]]
    case .amount: [["金额", "发放金额", "救助金额", "低保金", "保障金额", "实发金额", "月保障金"]]
    case .sex: [["性别"]]
    case .address: [["住址", "家庭住址", "户籍地址", "现住址", "地址"]]
    case .district: [["区", "区县", "所属区"]]
    case .street: [["街道", "街镇", "乡镇"]]
    case .committee: [["居委", "村居", "居委会"]]
    case .phone: [["联系电话", "电话", "手机", "手机号", "手机号码"]]
    case .relation: [["与户主关系", "关系", "家庭关系"]]
    }
  }

  /// The role of a header word and the rank of its group, 0 for the plain one.
  package struct Meaning: Hashable, Sendable {
    package var role: HeaderRole
    package var rank: Int
  }

  /// What `word` stands for, nil when it is no synonym of any role.
  package static func meaning(of word: HeaderWord) -> Meaning? { meanings[word] }

  private static let meanings: [HeaderWord: Meaning] = {
    var meanings: [HeaderWord: Meaning] = [:]
    for role in allCases {
      for (rank, group) in role.synonyms.enumerated() {
        for word in group { meanings[HeaderWord(word)] = Meaning(role: role, rank: rank) }
      }
    }
    return meanings
  }()
}
