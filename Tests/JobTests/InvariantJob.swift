/// The jobs that the invariants are shown on beside the committed city.
enum InvariantJob {
  /// Looks for the people of a short roll in a feed of any length.
  static let rollAndFeed = """
    version: 1
    name: roll-and-feed
    as_of: 2026-10-31
    sources:
      roll:
        path: roll.csv
        fields:
          case_id: {type: text}
          id_no: {type: resident_id}
      feed:
        path: feed.csv
        fields:
          cert_no: {type: text}
          id_no: {type: resident_id}
    rules:
      FOUND:
        title: found
        kind: presence
        subject: roll
        find: {in: feed, key: id_no}
        evidence: [feed.cert_no]

    """

  /// A register that stands nowhere else in the repository.
  static let ferryPasses = """
    version: 1
    name: ferry-passes
    as_of: 2026-10-31
    sources:
      roll:
        path: roll.csv
        fields:
          case_id: {type: text}
          id_no: {type: resident_id}
      ferry:
        path: ferry.csv
        fields:
          pass_no: {type: text, column: 渡轮季票号}
          holder: {type: resident_id, column: 持票人证件}
          price: {type: money, column: 票价}
          since: {type: date, column: 起用日}
    rules:
      COSTLY_PASS:
        title: 渡轮季票
        kind: presence
        subject: roll
        find: {in: ferry, key: {id_no: holder}, where: price >= 1000 and since <= as_of}
        evidence: [ferry.pass_no, ferry.price]
      MANY_PASSES:
        title: 一人多票
        kind: aggregate
        subject: ferry
        by: [holder]
        having: count(distinct pass_no) >= 3
        evidence: [holder, count(distinct pass_no)]

    """
}
