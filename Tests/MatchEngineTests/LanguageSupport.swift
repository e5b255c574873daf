import MatchEngine

/// A roll with its membership, deaths from two sources, and payments: the head of the jobs of these tables.
enum LanguageJob {
  static let head = """
    version: 1
    parameters: {min_days: 30, factor: 1.5, review: no}
    sources:
      roll:
        path: roll.csv
        fields: {case_no: code, id_no: resident_id, name: person_name, status: code, start: date, end: date, pay: money}
      funeral:
        path: funeral.csv
        fields: {id_no: resident_id, name: person_name, died: date, state: code}
      hukou:
        path: hukou.csv
        snapshot_date: 2026-10-30
        fields: {id_no: resident_id, name: person_name, event: code, died: date, since: month}
      payments:
        path: payments.csv
        fields: {case_no: code, id_no: resident_id, period: month, paid_on: date, amount: money, result: code}
      tax: {optional: true, fields: {id_no: resident_id, income: money}}
    define:
      paid: result = '成功'
      active_on(day): start <= day and (end is empty or end > day)
    membership: {source: roll, case: case_no, person: id_no, name: name, active: status = '在保', from: start, to: end}
    views:
      deaths:
        fields: {id_no: resident_id, day: date, origin: code}
        rows:
          - {from: funeral, where: state <> '撤回', take: {day: died, origin: "'殡葬'"}}
          - {from: hukou, where: event = '死亡注销', take: {day: died}}
      incomes:
        fields: {id_no: resident_id, income: money}
        rows: [{from: tax}]

    """

  /// A job with one rule over the roll whose condition is `text`, on line 35 in column 12.
  static func job(where text: String) -> String {
    head + "rules:\n  T:\n    kind: condition\n    subject: roll\n    where: |-\n      \(text)\n"
  }

  static func mistakes(in text: String, packFolders: [String] = []) -> [String] {
    do throws(JobError) {
      _ = try Job.parse(text: text, file: "job.yml", packFolders: packFolders)
      return []
    } catch {
      return error.lines
    }
  }
}
