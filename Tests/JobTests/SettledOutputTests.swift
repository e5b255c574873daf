import Foundation
import MatchEngine
import Testing

/// What a run of the committed synthetic city, under the rules of the notice, leaves for people.
@Suite struct SettledOutputTests {
  private func place(_ lines: String = "") throws -> RunPlace {
    let place = try RunPlace()
    try place.copyNoticeCity()
    if !lines.isEmpty { try place.write("job.yml", try place.text("job.yml") + lines) }
    return place
  }

  private func run(_ place: RunPlace, out: String = "out", change: (inout RunOptions) -> Void = { _ in }) throws
    -> RunResult
  {
    var options = RunOptions()
    options.threads = 2
    options.isQuiet = true
    change(&options)
    return try JobRun.run(jobFile: place("job.yml"), out: place(out), options: options)
  }

  /// The cells of a file without line ends in its cells, by header.
  private func rows(_ text: String) -> [[String: String]] {
    func cells(_ line: ArraySlice<UInt8>) -> [String] {
      var cells: [String] = []
      var cell: [UInt8] = []
      var isQuoted = false
      for byte in line {
        if byte == UInt8(ascii: "\"") {
          isQuoted.toggle()
        } else if byte == UInt8(ascii: ","), !isQuoted {
          cells.append(String(decoding: cell, as: UTF8.self))
          cell.removeAll(keepingCapacity: true)
        } else {
          cell.append(byte)
        }
      }
      return cells + [String(decoding: cell, as: UTF8.self)]
    }
    let lines = Array(text.utf8).split { $0 == 10 || $0 == 13 }
    let headers = cells(lines.first ?? []).map { $0.replacingOccurrences(of: "\u{FEFF}", with: "") }
    return lines.dropFirst().map { Dictionary(zip(headers, cells($0))) { first, _ in first } }
  }

  @Test func numbersComeFromTheKeyAndAreTheSameOnEveryList() throws {
    let place = try place()
    let key = SiteKey(bytes: Array(0..<32))
    _ = try run(place) { $0.siteKey = key }
    _ = try run(place, out: "again") {
      $0.siteKey = key
      $0.threads = 1
      $0.chunkByteCount = 4096
    }
    #expect(try place.results() == place.results("again"))
    #expect(try place.manifest()["site_key"].string == key.name)
    let flags = rows(try place.text("out/flags.csv"))
    #expect(flags.count == 158)
    let numbers = Set(flags.map { $0["flag_id"] ?? "" })
    #expect(numbers.count == 158)
    #expect(flags.allSatisfy { ($0["flag_id"] ?? "").hasPrefix("\($0["rule"] ?? "?")-") })
    // The quality lists are for the owner of the data.
    let leads = rows(try place.text("out/leads.csv"))
    let shown = Set(leads.map { $0["线索编号"] ?? "" })
    let lists = ["ID_UNUSABLE", "ID_LEGACY"]
    #expect(shown == Set(flags.filter { !lists.contains($0["rule"] ?? "") }.map { $0["flag_id"] ?? "" }))
    let lines = rows(try place.text("out/flag_lines.csv"))
    #expect(Set(lines.map { $0["flag_id"] ?? "" }).isSubset(of: numbers))
    var byDistrict: Set<String> = []
    for district in try place.names("out/by_district") {
      #expect(try place.names("out/by_district/\(district)") == ["leads.csv", "leads.xlsx"])
      byDistrict.formUnion(rows(try place.text("out/by_district/\(district)/leads.csv")).map { $0["线索编号"] ?? "" })
    }
    #expect(byDistrict == shown)

    _ = try run(place, out: "other") { $0.siteKey = SiteKey(bytes: Array(1...32)) }
    #expect(Set(rows(try place.text("other/flags.csv")).map { $0["flag_id"] ?? "" }).isDisjoint(with: numbers))
  }

  @Test func withoutAKeyNumbersAreThoseOfTheRunAndTheRunSaysSo() throws {
    let place = try place()
    let result = try run(place)
    #expect(result.summary.contains("warning: flag numbers are those of this run only"))
    #expect(try place.manifest()["site_key"].string == nil)
    #expect(try place.manifest()["warnings"].list.contains { $0.string?.hasPrefix("flag numbers") == true })
    #expect(rows(try place.text("out/flags.csv")).first?["flag_id"] == "run-000001")
  }

  @Test func keyThatIsNoneIsWrongUsage() throws {
    let place = try place()
    let outcome = try Program.run(
      "run", "\(place.path)/job.yml", "--out", "\(place.path)/out", "--key", "\(place.path)/job.yml")
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("match-run: error: \(place.path)/job.yml: not used as a site key: "))
    #expect(!(try place.names().contains("out")))
  }

  /// Names, and numbers of people and accounts, as the feeds have them.
  private func secrets(_ place: RunPlace) throws -> Set<String> {
    var secrets: Set<String> = []
    for file in try place.names() where file.hasSuffix(".csv") && !["truth.csv", "judicial.csv"].contains(file) {
      let text = try place.text(file)
      let start = file == "funeral.csv" ? text.drop { !$0.isNewline }.dropFirst() : text[...]
      for row in rows(String(start)) where !row.values.contains("合计") {
        for (header, value) in row {
          let value = value.trimmingCharacters(in: CharacterSet(charactersIn: " '\u{3000}"))
          let isName = header.hasSuffix("姓名") || ["开户名", "曾用名"].contains(header)
          let isNumber = header.hasSuffix("身份证号") || header == "公民身份号码" || header.hasSuffix("账号")
          if isName && value.count > 1 || isNumber && value.count > 7 { secrets.insert(value) }
        }
      }
    }
    return secrets
  }

  /// Runs of letters and digits of a text, and all pieces of two to four Chinese characters.
  private func pieces(_ text: String) -> Set<String> {
    var pieces: Set<String> = []
    let scalars = Array(text.unicodeScalars)
    var run = ""
    for (place, scalar) in scalars.enumerated() {
      if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        run.unicodeScalars.append(scalar)
      } else {
        pieces.insert(run)
        run = ""
        for count in 2...4 where place + count <= scalars.count {
          pieces.insert(String(String.UnicodeScalarView(scalars[place..<place + count])))
        }
      }
    }
    return pieces.union([run])
  }

  @Test func maskedListsHoldNoNameAndNoNumber() throws {
    let place = try place()
    _ = try run(place) { $0.siteKey = SiteKey(bytes: Array(0..<32)) }
    let secrets = try secrets(place)
    #expect(secrets.count > 6_000)
    #expect(pieces("证件11010519491231002X，姓名李雷。").isSuperset(of: ["11010519491231002X", "李雷"]))
    let files = try place.names("out/by_district").map { "out/by_district/\($0)/leads.csv" } + ["out/leads.csv"]
    for file in files {
      for row in rows(try place.text(file)) {
        let columns = ["姓名", "证件号", "核对事实", "排除条件核验", "矛盾证据", "理由"]
        let cells = columns.map { row[$0] ?? "" }.joined(separator: "\n")
        #expect(pieces(cells).isDisjoint(with: secrets), "\(file) \(row["规则编号"] ?? "")")
      }
    }
    #expect(pieces(try place.text("out/summary.html")).isDisjoint(with: secrets))
    // The same look at lists that are not masked finds somebody.
    #expect(!pieces(try place.text("out/flags.csv")).isDisjoint(with: secrets))
  }

  @Test func jobMaySayThatDistrictsNeedIdentities() throws {
    let place = try place("output: {district_files: {identity: full}}\n")
    _ = try run(place)
    let people = Set(rows(try place.text("out/flags.csv")).map { $0["id_no"] ?? "" })
    let shown = Set(rows(try place.text("out/leads.csv")).map { $0["证件号"] ?? "" })
    #expect(shown.count > 40)
    #expect(shown.isSubset(of: people))
  }

  /// The first planted death of a head who lived alone, as roll and funeral feed have it.
  @Test func detailsOfALeadAreThoseOfTheRoll() throws {
    let place = try place()
    _ = try run(place)
    let lead = try #require(
      rows(try place.text("out/leads.csv")).first {
        $0["户编号"] == "DB31010161453376" && $0["规则编号"] == "DEATH_STOP"
      })
    #expect(lead["街镇"] == "新河街道")
    #expect(lead["救助项目"] == "低保")
    #expect(lead["与户主关系"] == "户主")
    #expect(lead["户内在保人数"] == "1")
    #expect(lead["来源日期"] == "2026-10-06")
    #expect(lead["保护标记"] == "")
  }

  @Test func whatDiffersFromThePackIsCountedAndListed() throws {
    let place = try place(
      """
      parameters: {large_factor: 50}
      off: [HUKOU_CANCELLED]
      exempt: {SHARED_ACCOUNT: {FRIENDS: {where: account_no is valid}}}

      """)
    let plain = try self.place()
    _ = try run(plain)
    func count(_ rule: String) throws -> Int? { try plain.manifest()["rules"][rule]["flags"].int }
    #expect(try count("PAY_LARGE") == 4)
    #expect(try count("HUKOU_CANCELLED") == 4)
    #expect(try count("SHARED_ACCOUNT") == 8)
    #expect(try plain.manifest()["pack_differences"].list.isEmpty)

    let result = try run(place)
    let sentences = [
      "notice-2021-6: parameter large_factor is 50, shipped 1.5; flags removed: 4",
      "notice-2021-6: rule HUKOU_CANCELLED is switched off; flags removed: 4",
      "notice-2021-6: added exemption SHARED_ACCOUNT.FRIENDS; flags removed: 8"
    ]
    #expect(Set(try place.manifest()["pack_differences"].list.compactMap(\.string)) == Set(sentences))
    for sentence in sentences { #expect(result.summary.contains("differs from the pack \(sentence)\n")) }
    let page = try place.text("out/summary.html")
    #expect(page.contains("停用的规则 HUKOU_CANCELLED"))
    #expect(!page.contains("没有差异"))
  }

  /// The number is that of annex A of GB 11643-1999.
  @Test func otherViewIsADifferenceThatIsNotCounted() throws {
    let place = try RunPlace()
    try place.write(
      "small.yml",
      """
      pack: small
      sources:
        roll: {fields: {case_id: text, id_no: resident_id}}
        funeral: {fields: {id_no: resident_id, status: code}}
      views:
        dead: {fields: {id_no: resident_id}, rows: [{from: funeral}]}
      rules:
        DEAD: {kind: presence, version: 1, subject: roll, find: {in: dead, key: id_no}}

      """)
    try place.write(
      "job.yml",
      """
      version: 1
      as_of: 2026-10-31
      use: [./small.yml]
      sources: {roll: {path: roll.csv}, funeral: {path: funeral.csv}}
      views:
        dead: {fields: {id_no: resident_id}, rows: [{from: funeral, where: status = '有效'}]}

      """)
    try place.write("roll.csv", "case_id,id_no\n1,11010519491231002X\n")
    try place.write("funeral.csv", "id_no,status\n11010519491231002X,有效\n")
    let result = try run(place)
    #expect(result.summary.contains("differs from the pack small: view dead is another; flags removed: not counted\n"))
    #expect(try place.text("out/summary.html").contains("未统计"))
  }

  @Test func onlyNamesSettledRules() throws {
    let place = try place()
    _ = try run(place) { $0.only = ["DEATH_STOP"] }
    #expect(Set(rows(try place.text("out/flags.csv")).map { $0["rule"] ?? "" }) == ["DEATH_STOP"])
  }

  @Test func streamedJobsHaveNoLists() throws {
    let place = try RunPlace()
    try place.makeCity()
    _ = try run(place)
    let names = try place.names("out")
    #expect(names == ["flags.csv", "job.yml", "manifest.json", "quality.json", "rejects", "timing.json"])
  }
}
