import Foundation
import MatchEngine
import Testing

@Suite struct LeadFileTests {
  private static let flags = [LeadSamples.death, LeadSamples.holder, LeadSamples.help, LeadSamples.unusable]
  private static let secrets = [
    LeadSamples.idNumber, LeadSamples.account, "6222 0200", "阿依·古丽", "欧阳示例", "钱示例", "周示例"
  ]

  private func files(
    _ flags: [SettledFlag], _ display: IdentityDisplay, in place: RunTemporaryFolder, _ name: String = "out",
    gone: [GoneLead]? = nil
  ) throws {
    let folder = try OutputFolder(at: place(name))
    let list = LeadSamples.list(flags)
    let shown = gone.map { list.marked([:], gone: $0) } ?? list
    try LeadFiles(shown, display: display, asOf: LeadSamples.asOf).write(into: folder)
    var manifest = Manifest(engineVersion: "1", jobName: "test", asOf: "2026-10-31", jobDigest: "")
    manifest.setFiles(folder.finished)
    let file = try folder.makeFile(Manifest.fileName)
    try file.append(manifest.json.document)
    try folder.finish(file)
    #expect(try folder.commit() == nil)
  }

  private func bytes(_ place: RunTemporaryFolder, _ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: place(name))))
  }

  @Test func aDistrictGetsAFolderOfItsOwn() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .masked, in: place)
    #expect(try place.names("out") == ["by_district", "flag_lines.csv", "leads.csv", "manifest.json"])
    #expect(try place.names("out/by_district") == ["310101", "黄浦__b_"])
    #expect(try place.names("out/by_district/310101") == ["leads.csv", "leads.xlsx"])
    #expect(try place.mode("out/by_district/310101") == 0o700)
    #expect(try place.mode("out/by_district/310101/leads.xlsx") == 0o600)
    #expect(try place.text("out/manifest.json").contains("\"path\": \"by_district/310101/leads.xlsx\""))
    // The folder of an earlier run is exchanged, with its folders inside folders.
    try files(Self.flags, .masked, in: place)
    #expect(try place.names() == ["out"])
  }

  @Test func leadsAreOneLineEach() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .masked, in: place)
    let lines = try place.text("out/leads.csv").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0]
        == "\u{FEFF}线索编号,比对基准日,区,街镇,规则编号,规则名称,规则版本,问题类别,户编号,救助项目,姓名,证件号,与户主关系,户内在保人数,核对事实,比对来源,来源日期,身份一致等级,理由,"
        + "排除条件核验,矛盾证据,严重程度,优先顺序,涉及月份,涉及金额,金额口径,建议处置,办理时限,政策依据,核查要点,保护标记,证据指纹")
    let hash = FlagIdentity(key: LeadSamples.key).evidenceHash(of: LeadSamples.death, under: LeadSamples.rules[0])
    let death = """
      DEATH_STOP-3HFEXZ6PIBAV3IIEV4JOWXQR4Y,2026-10-31,310101,,DEATH_STOP,死亡未停,1,停保类,C-1,,阿***丽,110105********002X,,,\
      阿***丽于2026-09-03死亡（110105********002X），至2026-10-31仍在低保名册,roll、funeral,,B 身份基本一致,姓名间隔点写法不同,\
      因死亡已停：无,户籍变动：无,5 紧急,1,2026-09,1330.00,全额,复核后停发；下期发放前人工确认（建议，须人工核实）,2026-12-03,\
      沪民救发[2021]6号 二(一)；社会救助暂行办法 第十三条,核实死亡与户内人数,,
      """
    #expect(lines[1] == death + hash)
    // Findings about the data are for its owner, not for a district.
    #expect(lines.count == 5)
    #expect(lines[2].hasPrefix("HOLDER_MISMATCH-") && lines[3].hasPrefix("UNCOVERED_HARDSHIP-") && lines[4] == "")
  }

  @Test func theDistrictsTableHasRoomForReplies() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .masked, in: place)
    let lines = try place.text("out/by_district/310101/leads.csv").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[0].hasSuffix(
        ",证据指纹,核查结论,原因,核查方式,核查人,第二核查人,核查日期,处理决定,生效月份,月减增额,应追回金额,已追回金额,追回日期,告知日期,是否异议,复查结论,文书号,说明"))
    #expect(lines[1].hasSuffix(String(repeating: ",", count: 17)))
  }

  @Test func linesShowWhatIsBehindAFlag() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .masked, in: place)
    let holder = FlagIdentity(key: LeadSamples.key).flagID(
      rule: "HOLDER_MISMATCH", subject: FlagSubject(idNumber: "", caseID: "C-1"),
      flagKey: ["C-1", LeadSamples.account])
    #expect(
      try place.text("out/flag_lines.csv")
        == """
        flag_id,month,amount,facts
        DEATH_STOP-3HFEXZ6PIBAV3IIEV4JOWXQR4Y,2026-09,1330.00,P1|=1+1
        \(holder),2026-08,1330.00,6222020000000000000|欧阳示例
        \(holder),2026-09,1330.00,6222 0200 0000 0000 000|欧阳示例

        """)
  }

  @Test func maskedListsShowNobody() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .masked, in: place)
    var texts = [try place.text("out/leads.csv")]
    for folder in try place.names("out/by_district") {
      texts.append(try place.text("out/by_district/\(folder)/leads.csv"))
      texts += try ZipReader(try bytes(place, "out/by_district/\(folder)/leads.xlsx")).parts.values
    }
    let shown = Self.secrets.filter { secret in texts.contains { $0.contains(secret) } }
    #expect(shown == [])
    try files(Self.flags, .full, in: place)
    let full = try place.text("out/leads.csv")
    #expect(full.contains(LeadSamples.idNumber) && full.contains("阿依·古丽") && full.contains("欧阳示例"))
  }

  /// What a list shows of numbers that stand in a sentence.
  @Test(
    arguments: [
      ("账号6222020000000000000，户名", "账号622202*********0000，户名"),
      ("账号 6222 0200 0000 0000 000。", "账号 6222 0************* 000。"),
      ("号码１２３４５６７８９０１２３４５", "号码１２３４５６*****２３４５"), ("自2026-01-31至2026-12-31", "自2026-01-31至2026-12-31"),
      ("2026-01 2026-02 2026-03 2026-04", "2026-01 2026-02 2026-03 2026-04"), ("证明BZ20260903001", "证明BZ20260903001"),
      ("户310101200800012在册", "户310101200800012在册"), ("11010519491231002x", "110105********002x")
    ])
  func numbersInSentencesAreMasked(fact: String, shown: String) throws {
    var flag = LeadSamples.death
    flag.fact = fact
    flag.caseID = "310101200800012"
    let place = try RunTemporaryFolder()
    try files([flag], .masked, in: place)
    #expect(try place.text("out/leads.csv").contains(",\(shown),roll"))
  }

  @Test(
    arguments: [
      ("310101", "310101"), ("黄浦区", "黄浦区"), ("", "unknown"), ("../../etc", "______etc"), ("a b\u{0}c", "a_b_c"),
      (LeadSamples.idNumber, "other"), (String(repeating: "长", count: 90), String(repeating: "长", count: 40)),
      ("Ａ区", "_区")
    ])
  func foldersOfDistrictsHaveSafeNames(district: String, name: String) throws {
    var flag = LeadSamples.death
    flag.district = district
    let place = try RunTemporaryFolder()
    try files([flag], .masked, in: place)
    #expect(try place.names("out/by_district") == [name])
  }

  @Test func districtsThatLookAlikeKeepTheirOwnFolders() throws {
    var flags: [SettledFlag] = []
    for district in ["a/b", "a?b", "A_B", "a_b-2"] {
      flags.append(LeadSamples.death)
      flags[flags.count - 1].district = district
    }
    let place = try RunTemporaryFolder()
    try files(flags, .masked, in: place)
    #expect(try place.names("out/by_district") == ["A_B", "a_b-2", "a_b-3", "a_b_2"])
  }

  // MARK: - Leads that are gone

  private static func gone(_ number: String, _ change: LeadChange, rule: String = "DEATH_STOP") -> GoneLead {
    GoneLead(
      flagID: number, rule: rule, caseID: "C-7", idNumber: LeadSamples.idNumber, district: "310104", change: change,
      reason: "=1+1")
  }

  @Test func leadsThatAreGoneAreListedWhereTheyWere() throws {
    let place = try RunTemporaryFolder()
    let gone = [
      Self.gone("N-2", .cleared, rule: "NO_MORE"), Self.gone("N-1", .cleared), Self.gone("N-3", .withdrawn)
    ]
    try files(Self.flags, .masked, in: place, gone: gone)
    // A district that has no other lead gets its list as well, and nobody gets one without need.
    #expect(try place.names("out/by_district/310104") == ["gone.csv", "leads.csv", "leads.xlsx"])
    #expect(try place.names("out/by_district/310101") == ["leads.csv", "leads.xlsx"])
    #expect(try place.text("out/by_district/310104/leads.csv").split(separator: "\n").count == 1)
    #expect(
      try place.text("out/by_district/310104/gone.csv") == """
        \u{FEFF}线索编号,本次变化,变化原因,比对基准日,规则编号,规则名称,户编号,证件号
        N-3,撤回更正,'=1+1,2026-10-31,DEATH_STOP,死亡未停,C-7,110105********002X
        N-1,已消除,'=1+1,2026-10-31,DEATH_STOP,死亡未停,C-7,110105********002X
        N-2,已消除,'=1+1,2026-10-31,NO_MORE,,C-7,110105********002X

        """)
    let parts = try ZipReader(try bytes(place, "out/by_district/310104/leads.xlsx")).parts
    #expect(parts["xl/workbook.xml"]?.contains("name=\"移出清单\"") == true)
    let sheet = try #require(parts["xl/worksheets/sheet3.xml"])
    let order = ["N-3", "N-1", "N-2"].map { sheet.range(of: "<t>\($0)</t>")?.lowerBound }
    #expect(!order.contains(nil) && order.compactMap(\.self) == order.compactMap(\.self).sorted())
    #expect(sheet.contains("<t>撤回更正</t>") && sheet.contains("<sheetProtection sheet=\"1\""))
    #expect(!parts.values.contains { $0.contains(LeadSamples.idNumber) })
    let others = try ZipReader(try bytes(place, "out/by_district/310101/leads.xlsx")).parts
    #expect(others["xl/workbook.xml"]?.contains("移出清单") == false)
    try files(Self.flags, .full, in: place, gone: gone)
    #expect(try place.text("out/by_district/310104/gone.csv").contains(LeadSamples.idNumber))
  }

  // MARK: - Workbook

  @Test func theWorkbookHoldsTextsListsAndLocks() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .full, in: place)
    let zip = try ZipReader(try bytes(place, "out/by_district/310101/leads.xlsx"))
    let sheet = try #require(zip.parts["xl/worksheets/sheet1.xml"])
    // t="inlineStr": a text, whatever it looks like.
    #expect(sheet.contains("t=\"inlineStr\"><is><t>\(LeadSamples.idNumber)</t></is>"))
    #expect(sheet.contains("<t>DEATH_STOP-3HFEXZ6PIBAV3IIEV4JOWXQR4Y</t>"))
    #expect(sheet.contains("户编号 C-1"))
    #expect(sheet.contains("因死亡已停：无"))
    #expect(!sheet.contains("<f>"))
    #expect(sheet.contains("<sheetProtection sheet=\"1\""))
    #expect(sheet.contains("<v>1330</v>"))
    #expect(sheet.contains("<dataValidations count=\"12\">"))
    #expect(sheet.contains("<formula1>\"属实,情况属实但符合政策,部分属实,不属实,核查中,无法核实\"</formula1>"))
    #expect(sheet.contains("<formula1>\"停发,减发,增发,维持,更正信息,补备案,追回,纳入保障,转办,不予处理\"</formula1>"))
    #expect(sheet.contains("type=\"date\"") && sheet.contains("type=\"decimal\""))
    let lines = try #require(zip.parts["xl/worksheets/sheet2.xml"])
    #expect(lines.contains("<t>P1 | =1+1</t>") && lines.contains("<t>\(LeadSamples.account) | 欧阳示例</t>"))
    #expect(lines.contains("<sheetProtection sheet=\"1\""))
    #expect(zip.parts["xl/worksheets/sheet3.xml"]?.contains("填写说明") == true)
    // Only the three styles of replies are open.
    let styles = try #require(zip.parts["xl/styles.xml"])
    #expect(styles.components(separatedBy: "<protection locked=\"0\"/>").count == 4)
  }

  @Test func equalRunsGiveEqualBytes() throws {
    let place = try RunTemporaryFolder()
    try files(Self.flags, .masked, in: place, "one")
    try files(Self.flags.reversed(), .masked, in: place, "two")
    for name in ["leads.csv", "flag_lines.csv", "by_district/310101/leads.csv", "by_district/310101/leads.xlsx"] {
      #expect(try bytes(place, "one/\(name)") == bytes(place, "two/\(name)"), "\(name)")
    }
    let core = try #require(
      try ZipReader(try bytes(place, "one/by_district/310101/leads.xlsx")).parts["docProps/core.xml"])
    #expect(core.contains("2026-10-31T00:00:00Z"))
  }

  @Test func aCaseIsOneBlockWithTheMostUrgentFirst() throws {
    var other = LeadSamples.holder
    other.caseID = "C-0"
    other.severity = 2
    let place = try RunTemporaryFolder()
    try files([other, LeadSamples.holder, LeadSamples.death], .masked, in: place)
    let sheet = try #require(
      try ZipReader(try bytes(place, "out/by_district/310101/leads.xlsx")).parts["xl/worksheets/sheet1.xml"])
    let bands = sheet.components(separatedBy: "<t>户编号 ").dropFirst().map { $0.prefix(9) }
    #expect(bands == ["C-1　2 条线索", "C-0　1 条线索"])
    let death = try #require(sheet.range(of: "<t>DEATH_STOP-"))
    let holder = try #require(sheet.range(of: "<t>HOLDER_MISMATCH-"))
    #expect(death.lowerBound < holder.lowerBound)
  }
}
