/// What the reason codes say, in the words of an office.
package struct CodeMeaning {
  /// The phrase for `code`; the code itself where none is known.
  package static func phrase(_ code: String) -> String { phrases[code] ?? code }

  /// Every code of a value or record, with its phrase.
  package static let phrases: [String: String] = [
    "R-SPACE": "去掉空格或不可见字符",
    "R-EXCEL-TEXT": "去掉表格软件的文本公式外壳",
    "R-QUOTE": "去掉引号或撇号",
    "R-WIDTH": "全角改为半角",
    "R-SEP": "去掉数字间的连字符",
    "R-DOTZERO": "去掉末尾的“.0”",
    "R-CASE": "小写字母改为大写",
    "R-LOOKALIKE": "形似字符改为字母X",
    "R-ID15": "15位身份证号升为18位",
    "R-DISABLED-CARD": "残疾人证号取前18位",
    "R-DOT": "间隔点改为规范写法",
    "R-COMPAT": "兼容汉字改为通用汉字",
    "R-PUA": "旧编码私用区汉字改为标准汉字",
    "R-ANNOT": "去掉姓名后的注记",
    "R-FORMAT": "改为规范格式",
    "R-TIME": "去掉日期后的时间",
    "R-SERIAL": "表格软件的日期序号改为日期",
    "R-GROUP": "去掉千位分隔符",
    "R-UNIT": "去掉或折算货币单位",
    "R-SIGN": "改写负数的表示",
    "R-SCI": "科学计数法还原为金额",
    "R-FLOAT": "修正浮点误差",
    "E-EMPTY": "空值",
    "E-LENGTH": "位数不对",
    "E-CHAR": "含有不应有的字符",
    "E-MASKED": "已脱敏（含星号等）",
    "E-LOST": "含有导出时丢失的字符",
    "E-SCI": "科学计数法，数字已丢失",
    "E-DIVISION": "地区码不存在",
    "E-DATE": "日期不存在",
    "E-DATE-RANGE": "日期超出合理范围",
    "E-CHECK": "校验码不符",
    "E-MULTI": "一格内有多个值",
    "E-KIND": "属于其他证件",
    "E-PARTIAL": "日期不完整",
    "E-YEAR2": "年份只有两位",
    "E-ORDER": "日月顺序不明",
    "E-ZERO": "全零日期",
    "E-FORMAT": "格式无法识别",
    "E-PRECISION": "小数位过多",
    "E-RANGE": "数值过大",
    "E-DECODE": "编码错误，无法解码",
    "W-DIVISION": "地区码少见",
    "W-SEQ": "顺序码为000",
    "W-OLD": "年龄超过120岁",
    "W-ZEROED": "第15位之后为零，疑被表格软件改写",
    "W-LUHN": "银行卡校验位不符",
    "W-PUA": "含有私用区字符",
    "W-RELATIVE": "写的是其亲属",
    "W-ALIAS": "括号内有别名",
    "W-PSEUDO": "不是真实姓名",
    "W-SHORT": "姓名只有一个字",
    "W-LONG": "姓名过长",
    "W-MOJIBAKE": "疑似乱码",
    "W-FUTURE": "日期在将来",
    "W-BIRTH": "出生日期与身份证号不符",
    "W-SEX": "性别与身份证号不符",
    "W-SENTINEL": "系统默认日期",
    "N-HMT": "港澳台居民居住证",
    "N-FOREIGN": "外国人永久居留证",
    "E-QUOTE": "引号未闭合",
    "E-RECORD-LENGTH": "记录过长",
    "E-COLUMNS": "列数过多",
    "E-ROW-KEY": "变更记录没有可用的主键",
    "E-OPERATION": "变更操作无法识别"
  ]
}

extension FieldType {
  /// The type in the words of an office.
  var chineseName: String {
    switch self {
    case .residentID: "身份证号"
    case .personName: "姓名"
    case .account: "账号"
    case .date: "日期"
    case .month: "月份"
    case .money: "金额"
    case .text: "文本"
    case .code: "代码"
    case .number: "数字"
    }
  }
}
