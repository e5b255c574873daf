import Normalizers
import Testing

/// Names in their two strengths, by the vector files.
struct NameTests {
  @Test(arguments: Vector.load("name"))
  func comesToWhatTheVectorSays(vector: Vector) {
    let expected = Outcome(status: vector.columns[0], normalized: vector.columns[1], codes: vector.columns[2])
    #expect(canonical(vector.field).outcome == expected)
  }

  @Test(arguments: Vector.load("name"))
  func keepsCanonicalFormsAsTheyAre(vector: Vector) {
    let first = canonical(vector.field)
    guard !first.codes.isInvalid else {
      #expect(first.bytes.isEmpty)
      return
    }
    #expect(first.codes.isRepaired == (first.bytes != vector.field))
    let second = canonical(first.bytes)
    #expect(second.bytes == first.bytes)
    #expect(!second.codes.isInvalid && !second.codes.isRepaired)
  }

  @Test(arguments: Vector.load("name-key"))
  func keysAgreeForTheSameNameOnly(vector: Vector) {
    let left = key(vector.field)
    let right = key(Array(vector.columns[1].utf8))
    #expect(!left.isEmpty && !right.isEmpty)
    #expect((left == right) == (vector.columns[0] == "same"))
  }

  @Test(
    arguments: [
      ("陳小明", "陈小明"), ("LÜ WEI", "LYUWEI"), ("LV", "LYU"), ("LI, XIAOMING", "LIXIAOMING"), ("阿里·買提", "阿里买提"),
      ("王明(王小明)", "王明(王小明)"), ("﨑", "崎"), ("王*", "")
    ] as [(String, String)])
  func keyIsWritten(name: String, expected: String) {
    #expect(String(decoding: key(Array(name.utf8)), as: UTF8.self) == expected)
  }

  @Test
  func keyHasTheCodesOfTheCanonicalForm() {
    var output: [UInt8] = []
    let field = Array("陳 明（亡）".utf8)
    let codes = PersonName.comparisonKey(field.span, into: &output)
    #expect(codes.list == ["R-SPACE", "R-ANNOT"])
  }

  @Test
  func appendsBehindWhatIsThere() {
    var output = Array("x".utf8)
    for name in ["王 明", "王*"] {
      let field = Array(name.utf8)
      _ = PersonName.canonical(field.span, into: &output)
    }
    output += key(Array("陳".utf8))
    #expect(String(decoding: output, as: UTF8.self) == "x王明陈")
  }

  @Test(arguments: Vector.load("name"))
  func plainNamesNeedNoRules(vector: Vector) {
    guard PersonName.isPlain(vector.field.span) else { return }
    #expect(vector.columns[0] == "ok")
    #expect(Array(vector.columns[1].utf8) == vector.field)
  }

  @Test(
    arguments: [
      ("王明", true), ("欧阳小明", true), ("李四之子", true), ("欧阳王小明", true), (String(repeating: "明", count: 49), true),
      (String(repeating: "明", count: 50), true), (String(repeating: "明", count: 51), false), ("一鿿", true), ("王", false),
      ("", false), ("王某", false), ("某某", false), ("李四某甲乙", false), ("李四甲某乙", false), ("李四甲乙某", false), ("已故王明", false),
      ("亡故王明甲乙", false), ("未知", false), ("不详", false), ("暂无", false), ("不详明", true), ("王䶿", false), ("王ꀀ", false),
      ("王·明", false),
      ("LIWEIX", false), ("王a", false), ("王明a", false), ("王明甲乙丙。", false), ("王明甲乙。丙", false), ("王é", false),
      ("𠮷𠮷𠮷", false)
    ] as [(String, Bool)])
  func knowsPlainNames(name: String, isPlain: Bool) {
    let field = Array(name.utf8)
    let answer = PersonName.isPlain(field.span)
    #expect(answer == isPlain)
  }

  /// Every character of three bytes, at each place of names of two, three and six characters, against the rules.
  @Test(arguments: [2, 3, 6])
  func plainNamesOfAnyCharacterAreCanonical(count: Int) {
    var wrong: [String] = []
    var plainCount = 0
    for scalar in (UInt32(0x0800)...0xFFFF).compactMap(Unicode.Scalar.init) {
      let place = Int(scalar.value) % count
      var text = String(repeating: "明", count: place)
      text.unicodeScalars.append(scalar)
      text += String(repeating: "明", count: count - 1 - place)
      let field = Array(text.utf8)
      guard PersonName.isPlain(field.span) else { continue }
      plainCount += 1
      let draft = canonical(field)
      if draft.bytes != field || draft.codes.isInvalid || draft.codes.isRepaired { wrong.append(text) }
    }
    #expect(wrong.isEmpty)
    #expect(plainCount > 20_000)
  }

  /// Mixtures of everything the rules know: canonical forms are fixed points, and `ok` means unchanged.
  @Test(arguments: 0..<4)
  func anyMixtureComesToAFixedPoint(seed: UInt64) {
    let pieces =
      [
        "王", "明", "已故", "亡故", "（", "）", "(", ")", "亡", "户主", " ", "\u{3000}", "\u{A0}", "\u{200B}", "·", "•", "。", ".",
        "．", "L", "i",
        "XX", "X", "ü", "u", "\u{308}", "\u{304}", "\u{323}", "'", "\"", "=\"", "“", "”", "*", "?", "1", "某", "之子", "无",
        "名氏", "\u{E863}",
        "\u{E815}", "\u{F92C}", "⽂", "-", "/", ",", "－", "Ａ", "NULL", "未知", "龑", "\u{FE0F}", "【", "】", "°", "𠮷", "é",
        "Íõ", "鐜嬫槑"
      ].map { Array($0.utf8) } + [[0xC3], [0xE6, 0x98], [0x80], [0xFF], [0x00], [0x07]]
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func next(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var wrong: [[UInt8]] = []
    for _ in 0..<5_000 {
      let field = (0...next(below: 8)).flatMap { _ in pieces[next(below: pieces.count)] }
      let first = canonical(field)
      if first.codes.isInvalid {
        if !first.bytes.isEmpty { wrong.append(field) }
        continue
      }
      let second = canonical(first.bytes)
      let isFixed = second.bytes == first.bytes && !second.codes.isInvalid && !second.codes.isRepaired
      if !isFixed || first.codes.isRepaired != (first.bytes != field) { wrong.append(field) }
    }
    #expect(wrong.map { String(decoding: $0, as: UTF8.self) } == [])
  }

  private func canonical(_ field: [UInt8]) -> (bytes: [UInt8], codes: Codes, outcome: Outcome) {
    var output: [UInt8] = []
    let codes = PersonName.canonical(field.span, into: &output)
    return (output, codes, Outcome(codes, output))
  }

  private func key(_ field: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    _ = PersonName.comparisonKey(field.span, into: &output)
    return output
  }
}
