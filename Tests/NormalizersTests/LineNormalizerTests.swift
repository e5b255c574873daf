import Normalizers
import Testing

struct LineNormalizerTests {
  @Test(arguments: 1...40)
  func givesTheSameLinesHoweverTheInputIsCut(pieceByteCount: Int) {
    let input = Array("11010519491231002X\r\n\n 11010519491231002x\n３１０\n11010519491231002X".utf8)
    let expected = """
      repaired\t11010519491231002X\tR-SPACE
      invalid\t\tE-EMPTY
      repaired\t11010519491231002X\tR-SPACE,R-CASE
      invalid\t\tE-LENGTH
      ok\t11010519491231002X\t

      """
    var lines = LineNormalizer(kind: .id, encoding: .utf8, asOf: Vector.today)
    var output: [UInt8] = []
    for start in stride(from: 0, to: input.count, by: pieceByteCount) {
      lines.append(Array(input[start..<min(start + pieceByteCount, input.count)]).span, to: &output)
    }
    lines.finish(to: &output)
    #expect(String(decoding: output, as: UTF8.self) == expected)
    #expect(lines.invalidCount == 2)
  }

  // 王明 is CD F5 C3 F7; FF is never a byte of GB 18030.
  @Test(
    arguments: [
      (NormalizerKind.name, [0xCD, 0xF5, 0xC3, 0xF7], "ok\t王明\t\n"),
      (.name, [0xCD, 0xF5, 0x20, 0xC3, 0xF7], "repaired\t王明\tR-SPACE\n"),
      (.name, [0xCD, 0xF5, 0xFF], "invalid\t\tE-DECODE\n"),
      (.text, [0xCD, 0xF5, 0xFF, 0x0D], "invalid\t王\u{FFFD}\r\tE-DECODE\n"),
      (.amount, [0xA3, 0xB1, 0xA3, 0xAE, 0xA3, 0xB5, 0xA3, 0xB0], "repaired\t1.50\tR-WIDTH\n"),
      (.id, [0x31, 0xFF], "invalid\t\tE-DECODE\n")
    ] as [(NormalizerKind, [UInt8], String)])
  func readsGB18030(kind: NormalizerKind, bytes: [UInt8], expected: String) {
    var lines = LineNormalizer(kind: kind, encoding: .gb18030, asOf: Vector.today)
    var output: [UInt8] = []
    lines.append((bytes + [0x0A]).span, to: &output)
    lines.finish(to: &output)
    #expect(String(decoding: output, as: UTF8.self) == expected)
  }

  @Test(
    arguments: [
      (NormalizerKind.text, "a b\r\n", "ok\ta b\r\t\n"), (.text, "\n", "ok\t\t\n"), (.nameKey, "王·明\n", "ok\t王明\t\n"),
      (.name, "王·明\n", "ok\t王·明\t\n"), (.name, "无\n", "invalid\t\tE-EMPTY\n"),
      (.date, "2026/1/31\n", "repaired\t2026-01-31\tR-FORMAT\n")
    ] as [(NormalizerKind, String, String)])
  func writesThreeColumns(kind: NormalizerKind, input: String, expected: String) {
    var lines = LineNormalizer(kind: kind, encoding: .utf8, asOf: Vector.today)
    var output: [UInt8] = []
    lines.append(Array(input.utf8).span, to: &output)
    lines.finish(to: &output)
    #expect(String(decoding: output, as: UTF8.self) == expected)
  }

  @Test
  func noInputGivesNoLine() {
    var lines = LineNormalizer(kind: .id, encoding: .utf8, asOf: Vector.today)
    var output: [UInt8] = []
    lines.finish(to: &output)
    #expect(output.isEmpty)
  }
}
