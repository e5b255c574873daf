/// The words of the city: every Chinese character of the feeds stands in this file, and all are GB 2312 characters.
///
/// scripts/make-city-tables reads this file and writes Tables/GB18030Codes.swift. Names are put together from these
/// lists at random; districts are Shanghai's, streets and institutions are invented.
///
/// A class, because it is handed on with every household: a copy is one reference and not forty.
final class Vocabulary: Sendable {
  /// No surname begins with another one, so that different parts never make the same name.
  let surnames = Phrases(
    characters: """
      沈陆顾朱徐周吴张王李陈金杨赵许何高林罗郑梁谢宋唐韩冯邓曹彭曾田董袁潘于蒋蔡余杜叶程苏魏吕丁任姚卢姜崔钟谭汪范石廖贾夏\
      韦方白邹孟熊秦邱江尹薛段雷侯龙史陶黎贺毛郝龚邵万钱严戴莫孔向汤孙胡郭马俞施倪费瞿奚庄桂乔柴
      """,
    words: ["欧阳", "上官", "司徒", "诸葛", "慕容", "东方"])
  let given = Phrases(
    characters: """
      安柏晨澄春达德恩芳飞峰福刚光国海涵航浩和宏厚华辉慧吉佳嘉建健杰洁锦瑾静娟军君俊凯康可兰岚乐磊丽力立莲良亮琳玲露梅美萌敏明\
      鸣宁培鹏平萍琪琦启倩勤青清晴庆泉仁荣容蓉瑞润森珊尚升胜诗淑树思松涛天婷桐彤伟玮文雯武希溪霞贤祥翔晓欣新馨兴星雄秀旭轩雪\
      雅艳燕阳瑶怡艺逸茵英颖莹永勇友雨语玉裕钰园圆远月悦云芸韵泽哲珍真振正芝志智中忠洲竹卓子紫
      """)
  let longFirst = Phrases(words: [
    "阿依努尔", "古丽娜尔", "吐尔洪", "买买提", "艾尔肯", "迪丽努尔", "帕提曼", "扎西", "卓玛", "次仁", "旺姆", "巴图", "其其格"
  ])
  let longSecond = Phrases(words: [
    "库尔班", "吐尔逊", "艾合买提", "玉素甫", "热合曼", "沙迪克", "依明", "尼玛", "多吉", "达娃", "平措", "苏和", "阿拉坦"
  ])
  let middleDot = "·"

  let districts: [(code: Int, name: String)] = [
    (310101, "黄浦区"), (310104, "徐汇区"), (310105, "长宁区"), (310106, "静安区"), (310107, "普陀区"), (310109, "虹口区"),
    (310110, "杨浦区"), (310112, "闵行区"), (310113, "宝山区"), (310114, "嘉定区"), (310115, "浦东新区"), (310116, "金山区"),
    (310117, "松江区"), (310118, "青浦区"), (310120, "奉贤区"), (310151, "崇明区")
  ]
  let streets = [
    "晨光街道", "望云街道", "梧桐街道", "新河街道", "双桥镇", "南塘镇", "柳湾镇", "松溪街道", "东亭街道", "北园街道", "石坊镇", "竹苑街道"
  ]

  let relations = ["户主", "配偶", "子", "女", "父", "母"]
  let male = "男"
  let female = "女"
  let programs = ["城镇低保", "农村低保"]
  let active = "在保"
  /// What two districts write for `active`; the job file maps it.
  let activeElsewhere = "正常"
  let suspended = "暂停"
  let ended = "终止"

  let funeralTitle = "样例市殡葬服务信息月报（演示数据，人物均为虚构）,,,,,,,"
  let funeralHeader = "序号,死者姓名,死者身份证号,性别,死亡日期,火化日期,殡仪馆,证明编号"
  let total = "合计"
  /// The last one holds a comma and is quoted.
  let funeralHomes = ["云岭殡仪馆", "安泽殡仪馆", "松涛殡仪馆", "\"安泽殡仪馆,二分部\""]

  let imprisoned = "监狱服刑"
  /// What some courts write for `imprisoned`; the job file maps it.
  let imprisonedElsewhere = "服刑"
  let detoxification = "强制隔离戒毒"
  let community = "社区矫正"
  let released = "刑满释放"
  let prisons = ["青石监狱", "北塘监狱", "南岭强制隔离戒毒所", "临河司法所"]
  let nothing = ["", "", "", "-", "无"]

  let registered = "正常"
  let cancelled = "注销"
  let movedOut = "迁出"
  let cancelledByDeath = "死亡注销"
  let cancelledAbroad = "出国定居"
  let movedToProvince = "迁出本市"
  let movedInCity = "市内迁移"

  let regular = "常规"
  let backPayment = "补发"

  let relative = "亲属"
  let committee = "村居工作人员"

  /// Signs that damage brings in, beside the full-width digits.
  let wideBlank = "　"
  let wideDot = "．"
  let wideDigits = Phrases(characters: "０１２３４５６７８９Ｘ")
  let headOfHouseholdNote = "（户主）"
  let year = "年"
  let month = "月"
  let day = "日"
  let yuan = "元"
  let yuanSign = "￥"
}
