import Normalizers
import Testing

/// Verdicts on two spellings of a name.
struct NameVerdictTests {
  @Test(
    arguments: [
      // The same characters.
      ("王明", "王明", .same), ("欧阳娜娜", "欧阳娜娜", .same), ("ＬＩ ＭＩＮＧ", "LI MING", .same),
      ("Li Ming", "LI MING", .same), ("\"王明\"", "王明", .same), (" 王明 ", "王明", .same), ("'王明", "王明", .same),
      ("RENE\u{301}", "REN\u{C9}", .same),
      // Dots and punctuation between the parts.
      ("阿里·买提", "阿里•买提", .dotVariant), ("阿里·买提", "阿里．买提", .dotVariant), ("阿里·买提", "阿里买提", .dotVariant),
      ("阿里・买提", "阿里 · 买提", .dotVariant), ("LI, XIAOMING", "LI XIAOMING", .dotVariant),
      ("D'ANGELO", "DANGELO", .dotVariant),
      // Blanks.
      ("王 明", "王明", .spaceVariant), ("王\u{3000}明", "王明", .spaceVariant), ("LI XIAOMING", "LIXIAOMING", .spaceVariant),
      ("王\u{200B}明", "王明", .spaceVariant),
      // Width of signs.
      ("王明（王小明）", "王明(王小明)", .widthVariant), ("LI，XIAOMING", "LI,XIAOMING", .widthVariant),
      // Variant characters.
      ("張偉", "张伟", .variantCharacter), ("龑", "䶮", .variantCharacter), ("王龑", "王䶮", .variantCharacter),
      ("\u{F92C}明", "郎明", .variantCharacter), ("LÜ WEI", "LYU WEI", .variantCharacter),
      ("阿里·買提", "阿里买提", .variantCharacter), ("王\u{E863}", "王䶮", .variantCharacter),
      ("葛\u{E0100}明", "葛明", .variantCharacter),
      // One sign for one rare character.
      ("王?", "王䶮", .placeholder), ("王？明", "王䶮明", .placeholder), ("王□", "王䶮", .placeholder),
      ("王〓", "王䶮", .placeholder), ("王*", "王䶮", .placeholder), ("?明", "䶮明", .placeholder),
      ("張?", "张䶮", .placeholder), ("王??", "王𬍛", .placeholder), ("王?", "王𬍛", .placeholder),
      // Cut off.
      ("阿卜杜热合", "阿卜杜热合曼·买买提", .cut), ("阿卜杜热", "阿卜杜热合曼·买买提", .cut),
      ("阿卜杜热", "阿卜杜热合曼", .cut), ("买买提·", "买买提·艾力", .cut), ("买买提", "买买提·艾力", .cut),
      ("阿卜杜热?", "阿卜杜热合曼", .cut), ("ABDURAHMAN MEM", "ABDURAHMAN MEMET", .cut),
      ("阿卜杜热合曼·阿卜杜克", "阿卜杜热合曼•阿卜杜克力木", .cut),
      // Remarks.
      ("王明(已故)", "王明", .annotated), ("王明（代）", "王明", .annotated), ("已故王明", "王明", .annotated),
      ("王明(王小明)", "王明", .annotated), ("王明（曾用名王二）", "王明", .annotated),
      // Other names.
      ("王明", "李明", .different), ("王明", "王小明", .different), ("王明", "王明明", .different), ("王小明", "王小明月", .different),
      ("萧红", "肖红", .different), ("李四之子", "李四", .different), ("阿里木江之子", "阿里木江", .different),
      ("王明(已故)", "李明", .different), ("LI NA", "LI NAN", .different), ("LI NA", "李娜", .different),
      ("王昇", "王升", .different), ("阿卜杜热合曼", "阿卜杜热合满", .different), ("王明(李四)", "李四", .different)
    ] as [(String, String, NameVerdict)])
  func saysHowNamesDiffer(left: String, right: String, expected: NameVerdict) {
    #expect(verdict(left, right) == expected)
    #expect(verdict(right, left) == expected)
  }

  @Test(
    arguments: [
      ("", "王明"), ("王明", "不详"), ("", ""), ("王?", "王明"), ("王?", "李䶮"), ("王?", "王?"), ("王*明", "王小明"),
      ("王某", "王䶮"), ("王??", "王䶮"), ("?", "䶮"), ("王明?", "王明"), ("阿卜?", "阿卜杜热合曼"), ("123", "王明"), ("鐜嬫槑", "王明")
    ])
  func saysNothingOfWhatIsNoName(left: String, right: String) {
    #expect(verdict(left, right) == nil)
    #expect(verdict(right, left) == nil)
  }

  @Test func bytesThatAreNoTextAreAPlaceholder() {
    let damaged = Array("王".utf8) + [0xFE]
    let whole = Array("王䶮".utf8)
    #expect(NameVerdict(damaged.span, whole.span) == .placeholder)
  }

  @Test func numbersFollowTheList() {
    #expect(NameVerdict.allCases.map(\.number) == Array(0..<9))
  }

  private func verdict(_ left: String, _ right: String) -> NameVerdict? {
    let (first, second) = (Array(left.utf8), Array(right.utf8))
    return NameVerdict(first.span, second.span)
  }
}
