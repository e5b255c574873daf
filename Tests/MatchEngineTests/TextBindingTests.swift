import Testing

@testable import MatchEngine

@Suite struct TextBindingTests {
  private func field(
    _ name: String, columns: [String] = [], role: String? = nil, isRequired: Bool = true
  ) -> Job.Field {
    Job.Field(
      name: name, type: .text, columns: columns, role: role, values: [:], isRequired: isRequired,
      position: Position(line: 7, column: 5))
  }

  private func bind(_ header: String, _ field: Job.Field) -> ColumnBinding {
    SourceLayout(
      head: Array((header + "\n").utf8).span, isFinal: true, delimiter: .comma,
      headerWords: field.columns.isEmpty ? [field.name] : field.columns
    ).bind([field])
  }

  @Test(
    arguments: [
      // `column:` and the first of its headers that is there.
      ("a,b,c", ["b"], "x", nil, 1), ("a,b,c", ["z", "c", "a"], "x", nil, 2), (" b ,c", ["b"], "x", nil, 0),
      // Exactly as written before the clean-up.
      ("金额（元）,金额", ["金额"], "x", nil, 1), ("金额（元）,b", ["金额"], "x", nil, 0), ("金额,b", ["金额（元）"], "x", nil, 0),
      ("姓 名,b", ["姓名"], "x", nil, 0),
      ("备注,备注", ["备注_2"], "x", nil, 1),
      // The field's own name.
      ("a,amount,金额", [], "amount", nil, 1), ("Case_ID,b", [], "case_id", nil, 0),
      // The synonyms of the role that the name belongs to, or that `role:` names.
      ("姓名,身份证号", [], "id_no", nil, 1), ("姓名,公民身份号码", [], "身份证号", nil, 1), ("户主姓名,姓名", [], "name", nil, 1),
      ("开户人,卡号", [], "x", "account", 1), ("户主姓名,b", [], "xm", nil, 0), ("姓名,证件号", ["x"], "y", "id", 1)
    ] as [(String, [String], String, String?, Int)])
  func findsTheColumn(header: String, columns: [String], name: String, role: String?, column: Int) {
    let binding = bind(header, field(name, columns: columns, role: role))
    #expect(binding.columns == [column])
    #expect(binding.problems == [])
  }

  @Test(
    arguments: [
      (
        "姓名,身份证号", requiredField("case_id"),
        "field 'case_id': no column 'case_id' in the header; columns: '姓名', '身份证号'"
      ),
      // A row of data in the header's place is shown masked.
      (
        "林小安,110101 19900307 0118,note", requiredField("case_id"),
        "field 'case_id': no column 'case_id' in the header; "
          + "columns: '林**', '110101**********0118', 'n**e'; this looks like a row of data, not like a header"
      ),
      (
        "金额2026年08月,b", requiredField("case_id"),
        "field 'case_id': no column 'case_id' in the header; columns: '金额2026年08月', 'b'"
      ),
      // Headers that are named shut out the synonyms of the name.
      (
        "姓名,身份证号", requiredField("id_no", ["a", "b"]),
        "field 'id_no': no column 'a', 'b' in the header; columns: '姓名', '身份证号'"
      ),
      // Nothing is found by type or by a role's name.
      (
        "死亡日期,b", requiredField("date_death"),
        "field 'date_death': no column 'date_death' in the header; columns: '死亡日期', 'b'"
      ),
      (
        "姓名,b,姓名", requiredField("姓名"),
        "field '姓名': '姓名' (column 1), '姓名_2' (column 3) fit equally; name one with 'column:'"
      ),
      (
        "身份证号,证件号码", requiredField("id_no"),
        "field 'id_no': '身份证号' (column 1), '证件号码' (column 2) fit equally; name one with 'column:'"
      ),
      (
        "金额（元）,金额(万)", requiredField("x", ["金额"]),
        "field 'x': '金额（元）' (column 1), '金额(万)' (column 2) fit equally; name one with 'column:'"
      ),
      ("", requiredField("a"), "field 'a': no column 'a' in the header; columns: none, the file has no header")
    ] as [(String, Job.Field, String)])
  func saysWhyThereIsNoColumn(header: String, field: Job.Field, message: String) {
    let binding = bind(header, field)
    #expect(binding.columns == [nil])
    #expect(binding.problems == [.init(field: 0, position: Position(line: 7, column: 5), message: message)])
  }

  @Test func aFieldThatIsNotRequiredMayBeAbsentButNotDoubled() {
    #expect(bind("a,b", field("c", isRequired: false)).columns == [nil])
    #expect(bind("a,b", field("c", isRequired: false)).problems == [])
    #expect(bind("a,a", field("a", isRequired: false)).problems.count == 1)
  }
}

private func requiredField(_ name: String, _ columns: [String] = []) -> Job.Field {
  Job.Field(
    name: name, type: .text, columns: columns, role: nil, values: [:], isRequired: true,
    position: Position(line: 7, column: 5))
}
