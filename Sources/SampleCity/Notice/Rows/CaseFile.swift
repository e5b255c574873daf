/// What the roll says about a case as a whole.
struct CaseFile {
  /// Number of the household in the city; the case number and the account follow from it.
  var index = 0
  /// The district that is in the case number; it stays when the case moves.
  var firstDistrict = 310101
  var district = 310101
  var street = 0
  var program = Word.allowance
  var subType = Word.wholeHousehold
  var status = Word.active
  /// Days since 1970-01-01, as all dates here.
  var start = 0
  var end: Int?
  var endReason = ""
  /// Yuan a month, in 1/100.
  var monthlyAmount = 0
  /// What the case got less before 2026-07, in 1/100 yuan.
  var raise = 0
  /// 家庭人口 as delivered; the active members where it is nil.
  var size: Int?
  var account: UInt64 = 0
  var holder = NameText.nothing
  var holderID = IdentityText.nothing
  var lastReview = 0
  var reviewClass = "A类"
  var taperUntil: Int?
  /// 户号 of the household register.
  var hukouNumber = 0
}

extension CaseFile {
  var caseNumber: CaseNumber { CaseNumber(district: firstDistrict, index: index) }

  /// The amount of a regular payment for `month`.
  func amount(for month: Month) -> Int {
    monthlyAmount - (month < Month(2026, 7) ? raise : 0)
  }
}
