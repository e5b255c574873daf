/// The words of code columns, as the rules know them.
enum Word {
  static let active = "在保"
  static let suspended = "暂停"
  static let ended = "终止"

  static let endedByDeath = "死亡"
  static let endedByMove = "迁出"
  static let endedByWish = "自愿"
  static let endedByReview = "复核超标"

  static let head = "户主"
  static let spouse = "配偶"
  static let child = "子女"
  static let parent = "父母"

  static let residentCard = "居民身份证"
  static let passport = "护照"

  static let allowance = "低保"
  static let support = "特困"
  static let disabilityAid = "残疾人两项补贴"
  static let priceAid = "物价补贴"
  static let funeralAid = "丧葬补贴"
  static let emergencyAid = "临时救助"

  static let wholeHousehold = "整户"
  static let singlePerson = "单人保"

  static let paid = "成功"
  static let returned = "退票"
  static let reversed = "冲正"

  static let regular = "常规"
  static let backPayment = "补发"
  static let oneOff = "一次性"

  static let cancelledByDeath = "死亡注销"
  static let cancelledAsDouble = "重复户口注销"
  static let settledAbroad = "出国定居"
  static let movedOut = "迁出"
  static let movedIn = "迁入"
  static let movedInCity = "市内迁移"

  static let relative = "亲属"
  static let committeeWorker = "村居工作人员"
  static let institution = "机构"

  static let police = "公安"
  static let health = "卫健"

  static let limb = "肢体"
  static let intellect = "智力"
  static let mental = "精神"
}
