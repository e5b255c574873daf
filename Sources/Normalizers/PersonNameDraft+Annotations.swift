extension PersonNameDraft {
  /// Drops one annotation: 已故 or 亡故 in front, or a word of the closed list in brackets at the end.
  mutating func dropAnnotation() -> Bool {
    if scalars.count >= 2, scalars[1].value == 0x6545, scalars[0].value == 0x5DF2 || scalars[0].value == 0x4EA1 {
      scalars.removeFirst(2)
      codes.insert(.annotation)
      return true
    }
    guard let last = scalars.last, last.isBracket else { return false }
    guard let open = scalars.lastIndex(where: { $0.closingBracket == last.value }) else { return false }
    guard let content = PersonNameWord(scalars[(open + 1)..<(scalars.count - 1)]), Self.annotations.contains(content)
    else { return false }
    scalars.removeSubrange(open...)
    codes.insert(.annotation)
    return true
  }

  /// Words in brackets that say something about the person and are no part of the name.
  private static let annotations = words(
    """
    亡 已亡 死亡 已死亡 故 已故 殁 逝 已逝 去世 已去世 病故 注销 已注销 销户 停发 已停 退出 户主 本人 代 代领 代管 监护人 男 女 残 孤 \
    迁出 迁入 曾
    """)

  /// Ends of a name that name another person by the relation.
  static let relatives = words("之子 之女 之妻 之夫 之母 之父 遗孀 的儿子 的女儿 的妻子 的丈夫 的母亲 的父亲 家属")

  /// The last characters of `relatives`.
  static let relativeEnds = relatives.map { $0.packed & 0x1F_FFFF }

  /// Beginnings of what is written for people without a known name.
  static let pseudonyms = words("无名氏 无名女 无名男 弃婴")

  private static func words(_ list: String) -> [PersonNameWord] {
    list.unicodeScalars.split(separator: " ").compactMap { word in
      PersonNameWord(word.map { PersonNameScalar($0.value) }[...])
    }
  }
}
