/// A file of the city, or the payments with a file a month.
enum NoticeFeed: String, CaseIterable {
  case roll, funeral
  case otherDeaths = "death_other"
  case judicial
  case register = "hukou"
  case payments, custodians, officials, disability, illness, unemployed
  case lowMargin = "low_margin"
  case otherHardship = "hardship_other"
  case declined, standards
  case exclusivePrograms = "exclusive_programs"
  case statusCodes = "status_codes"
  case divisions
  case accountMap = "account_map"

  /// A column: its header, and the field of the rules that it gives; nil where no rule knows it.
  struct Column {
    var header: String
    var field: String?
    var type: String
  }

  /// What the people who deliver it call it.
  var title: String {
    switch self {
    case .roll: "低保特困名册"
    case .funeral: "殡葬"
    case .otherDeaths: "公安、卫健死亡登记"
    case .judicial: "司法"
    case .register: "户籍"
    case .payments: "发放明细"
    case .custodians: "代管备案"
    case .officials: "村居工作人员"
    case .disability: "残疾人证"
    case .illness: "重病名单"
    case .unemployed: "失业登记"
    case .lowMargin: "低保边缘"
    case .otherHardship: "其他困难"
    case .declined: "本人不申请"
    case .standards: "保障标准"
    case .exclusivePrograms: "互斥项目"
    case .statusCodes: "司法状态代码"
    case .divisions: "区划沿革"
    case .accountMap: "换卡对照"
    }
  }

  var isGB18030: Bool { self == .judicial }

  /// A line of its own stands above the header, and a total below the rows.
  var hasTitle: Bool { self == .funeral || self == .judicial }

  /// People outside the roll and its situations have rows here.
  var hasStrangers: Bool {
    switch self {
    case .funeral, .otherDeaths, .judicial, .register, .disability, .unemployed, .lowMargin: true
    default: false
    }
  }

  /// Tells apart the damage and the order of the files.
  var number: Int { NoticeFeed.allCases.firstIndex(of: self) ?? 0 }

  var columns: [Column] {
    switch self {
    case .roll: Self.rollColumns
    case .funeral: Self.columns("序号 - text") + Self.deathColumns("死者姓名", "死者身份证号")
    case .otherDeaths: Self.deathColumns("姓名", "公民身份号码") + Self.columns("数据来源 source code")
    case .judicial: Self.columns(JudicialWords.columns)
    case .register: Self.registerColumns
    case .payments: Self.paymentColumns
    case .custodians:
      Self.columns(
        """
        户编号 case_no text,代管对象身份证号 beneficiary_id resident_id,代管人身份证号 custodian_id resident_id,
        代管人姓名 custodian_name person_name,代管人类别 kind code,代管账号 account_no account,
        协议编号 agreement_no text,备案日期 filed_date date,有效期起 valid_from date,有效期止 valid_to date,
        撤销日期 revoke_date date
        """)
    case .officials:
      Self.columns(
        "身份证号 id_no resident_id,姓名 name person_name,单位 unit text,职务 post text,任职日期 from date,离任日期 to date")
    case .disability:
      Self.columns(
        """
        残疾人证号 cert_no text,身份证号 id_no resident_id,姓名 name person_name,残疾类别 category code,
        残疾等级 level number,有效期至 valid_to date
        """)
    case .illness: Self.columns("身份证号 id_no resident_id,姓名 name person_name,登记日期 record_date date")
    case .unemployed:
      Self.columns(
        """
        身份证号 id_no resident_id,姓名 name person_name,登记日期 registered_from date,是否参保 insured code,
        失业金领至 benefit_to date
        """)
    case .lowMargin:
      Self.columns(
        """
        边缘户编号 household_no text,身份证号 id_no resident_id,姓名 name person_name,认定日期 valid_from date,
        有效期至 valid_to date
        """)
    case .otherHardship:
      Self.columns(
        """
        身份证号 id_no resident_id,姓名 name person_name,困难类别 kind code,认定日期 valid_from date,
        有效期至 valid_to date
        """)
    case .declined: Self.columns("身份证号 id_no resident_id,姓名 name person_name,声明日期 date date")
    case .standards:
      Self.columns("救助项目 program code,区划代码 division code,执行日期 valid_from date,月标准 monthly_amount money")
    case .exclusivePrograms: Self.columns("救助项目 program code,互斥项目 other code")
    case .statusCodes: Self.columns("代码 code code,名称 title text,类别 class code")
    case .divisions: Self.columns("区划代码 division code,撤销日期 retired date,并入区划 successor code")
    case .accountMap:
      Self.columns("原账号 old_account account,新账号 new_account account,变更日期 change_date date")
    }
  }

  private static let rollColumns = columns(
    """
    区划代码 district code,街镇 street text,户编号 case_no text,证件类型 id_type code,身份证号 id_no resident_id,
    姓名 name person_name,性别 sex code,出生日期 birth date,与户主关系 relation code,救助项目 program code,
    保障类型 sub_type code,状态 status code,起始日期 start_date date,终止日期 end_date date,终止原因 end_reason code,
    月保障金额 monthly_amount money,家庭人口 household_size number,银行账号 account_no account,
    开户名 holder_name person_name,最近核查日期 last_review_date date,核查类别 review_class code,
    渐退期至 taper_until date,保护标记 protected code
    """)

  private static let registerColumns = columns(
    """
    公民身份号码 id_no resident_id,姓名 name person_name,曾用名 former_name person_name,性别 sex code,
    出生日期 birth date,户号 hukou_no text,行政区划 division code,集体户 collective code,户籍状态 status code,
    变动类型 event code,变动日期 event_date date,迁往地区划 dest_division code,原公民身份号码 old_id_no resident_id
    """)

  private static let paymentColumns = columns(
    """
    流水号 pay_id text,批次号 batch text,发放日期 pay_date date,所属月份 period month,救助项目 program code,
    发放类型 pay_kind code,补发月数 months_covered number,区划代码 district code,户编号 case_no text,
    身份证号 id_no resident_id,姓名 name person_name,银行账号 account_no account,开户名 holder_name person_name,
    开户人身份证号 holder_id resident_id,发放金额 amount money,发放结果 result code,原流水号 reversed_pay_id text,
    退票原因 fail_reason text
    """)

  private static func deathColumns(_ name: String, _ id: String) -> [Column] {
    columns(
      """
      \(name) name person_name,\(id) id_no resident_id,性别 sex code,出生日期 birth date,死亡日期 death_date date,
      火化日期 cremation_date date,办理机构 facility text,证明编号 cert_no text,登记日期 record_date date,
      记录状态 record_status code
      """)
  }

  /// Columns from `header field type`, joined by commas; `-` for no field.
  private static func columns(_ text: String) -> [Column] {
    text.split { $0 == "," || $0 == "\n" }.map { column in
      let parts = column.split(separator: " ").map(String.init)
      return Column(header: parts[0], field: parts[1] == "-" ? nil : parts[1], type: parts[2])
    }
  }

  var headerLine: String { columns.map(\.header).joined(separator: ",") }

  /// The line above the header; as many cells as the header.
  var titleLine: String {
    let commas = String(repeating: ",", count: columns.count - 1)
    return self == .judicial ? JudicialWords.title + commas : "样例市殡葬服务信息月报（演示数据，人物均为虚构）" + commas
  }
}
