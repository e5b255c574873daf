extension NoticeFeed {
  /// Writes what a unit gives to this feed; payments are written month by month instead.
  func write(_ unit: NoticeUnit, to rows: inout RecordWriter) {
    switch self {
    case .roll: writeRoll(unit, isTail: false, to: &rows)
    case .funeral: for death in unit.funeral { write(death, to: &rows) }
    case .otherDeaths: for death in unit.otherDeaths { write(death, to: &rows) }
    case .judicial: for custody in unit.custody { write(custody, to: &rows) }
    case .register: writeRegister(unit, to: &rows)
    case .custodians: for custodian in unit.custodians { write(custodian, to: &rows) }
    case .officials: for official in unit.officials { write(official, to: &rows) }
    case .disability, .illness, .unemployed, .lowMargin, .otherHardship, .declined:
      for row in hardship(of: unit) { write(row, to: &rows) }
    case .accountMap:
      for change in unit.accountChanges {
        rows.account(change.old)
        rows.account(change.new)
        rows.date(change.date)
        rows.endRecord()
      }
    case .payments, .standards, .exclusivePrograms, .statusCodes, .divisions: break
    }
  }

  private func hardship(of unit: NoticeUnit) -> [HardshipRow] {
    switch self {
    case .disability: unit.disability
    case .illness: unit.illness
    case .unemployed: unit.unemployed
    case .lowMargin: unit.lowMargin
    case .otherHardship: unit.otherHardship
    default: unit.declined
    }
  }

  /// Rows that swallow what follows them come when all others are written, which is the `isTail` of the file.
  func writeRoll(_ unit: NoticeUnit, isTail: Bool, to rows: inout RecordWriter) {
    for family in unit.families {
      let file = family.file
      let size = file.size ?? family.size
      for member in family.members where member.isOnRoll && (member.rowDamage == .openQuote) == isTail {
        rows.district(file.district)
        rows.text(rows.vocabulary.streets[file.street])
        rows.caseNumber(file.caseNumber)
        rows.text(member.idType)
        rows.identity(member.rollID)
        rows.name(member.rollName)
        rows.text(member.isMale ? rows.vocabulary.male : rows.vocabulary.female)
        rows.date(member.birth)
        rows.text(member.relation)
        rows.text(file.program)
        rows.text(file.subType)
        rows.word(member.status ?? file.status)
        rows.date(member.start ?? file.start)
        rows.date(member.end ?? file.end)
        rows.text(member.endReason.isEmpty ? file.endReason : member.endReason)
        rows.money(file.monthlyAmount, isQuotable: false)
        rows.number(size)
        rows.account(file.account)
        rows.name(file.holder)
        rows.date(file.lastReview)
        rows.text(file.reviewClass)
        rows.date(file.taperUntil)
        rows.text("否")
        rows.endRecord(damaged: member.rowDamage)
      }
    }
  }

  private func writeRegister(_ unit: NoticeUnit, to rows: inout RecordWriter) {
    for family in unit.families {
      for member in family.members where member.isInRegister {
        rows.identity(member.id)
        rows.name(member.registerName)
        rows.name(member.formerName)
        rows.text(member.isMale ? rows.vocabulary.male : rows.vocabulary.female)
        rows.date(member.birth)
        rows.code("3", family.file.hukouNumber, width: 9)
        rows.district(member.division ?? Districts.current(family.file.district))
        rows.text(member.isCollective ? "是" : "否")
        rows.word(member.isCancelled ? "注销" : "正常")
        rows.text(member.event)
        rows.date(member.eventDate)
        rows.district(member.destination)
        rows.identity(member.oldID)
        rows.endRecord()
      }
    }
  }

  private func write(_ death: DeathRow, to rows: inout RecordWriter) {
    if self == .funeral { rows.number(rows.count + 1) }
    rows.name(death.name)
    rows.identity(death.id)
    rows.text(death.isMale ? rows.vocabulary.male : rows.vocabulary.female)
    rows.date(death.birth)
    rows.date(death.date)
    rows.date(self == .funeral ? death.cremation : nil)
    if self == .funeral {
      rows.text(rows.vocabulary.funeralHomes[death.certificate % rows.vocabulary.funeralHomes.count])
    } else {
      rows.text(death.source == Word.police ? "户籍派出所" : "医疗机构")
    }
    rows.code(self == .funeral ? "HH" : "SW", death.certificate, width: 9)
    rows.date(death.recorded)
    rows.text(death.isWithdrawn ? "撤回" : "有效")
    if self == .otherDeaths { rows.text(death.source) }
    rows.endRecord()
  }

  private func write(_ custody: CustodyRow, to rows: inout RecordWriter) {
    rows.identity(custody.id)
    rows.name(custody.name)
    rows.text(custody.code)
    let place = custody.code == "01" ? abs(custody.start) % 2 : custody.code == "02" ? 2 : 3
    rows.text(JudicialWords.facilities[place])
    rows.date(custody.start)
    rows.date(custody.expectedEnd)
    rows.date(custody.release)
    rows.date(custody.recorded)
    rows.endRecord()
  }

  private func write(_ custodian: CustodianRow, to rows: inout RecordWriter) {
    rows.caseNumber(custodian.caseNumber)
    rows.identity(custodian.beneficiary)
    rows.identity(custodian.custodian)
    rows.name(custodian.name)
    rows.text(custodian.kind)
    rows.account(custodian.account)
    rows.code("DG", custodian.agreement, width: 9)
    rows.date(custodian.filed)
    rows.date(custodian.validFrom)
    rows.date(custodian.validTo)
    rows.date(custodian.revoked)
    rows.endRecord()
  }

  private func write(_ official: OfficialRow, to rows: inout RecordWriter) {
    rows.identity(official.id)
    rows.name(official.name)
    rows.text("居民委员会")
    rows.text("社会救助协理员")
    rows.date(Month(2021, 3).day(1))
    rows.nothing()
    rows.endRecord()
  }

  private func write(_ row: HardshipRow, to rows: inout RecordWriter) {
    if self == .disability { rows.code("3199", row.household, width: 12) }
    if self == .lowMargin { rows.code("BY", row.household, width: 9) }
    rows.identity(row.id)
    rows.name(row.name)
    switch self {
    case .disability:
      rows.text(row.category)
      rows.number(row.level)
      rows.date(row.to)
    case .unemployed:
      rows.date(row.from)
      rows.text(row.isMarked ? "是" : "否")
      rows.date(row.to)
    case .lowMargin:
      rows.date(row.from)
      rows.date(row.to)
    case .otherHardship:
      rows.text(row.category)
      rows.date(row.from)
      rows.date(row.to)
    default: rows.date(row.from)
    }
    rows.endRecord()
  }
}
