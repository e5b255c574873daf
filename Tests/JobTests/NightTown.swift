import Normalizers

/// A seeded town whose feeds change from night to night, with the rows that stand at any time kept in plain
/// dictionaries: what a night has to come to is a run over these rows.
struct NightTown {
  /// One feed: its columns, and its rows by key.
  struct Feed {
    var name: String
    var columns: [String]
    var rows: [String: [String]] = [:]
    /// Changes that were not delivered yet, in order.
    var pending: [(operation: String, key: String, row: [String])] = []
  }

  private(set) var feeds: [Feed]
  private var random: SeededNumbers
  private var serial = 0
  /// Days since 1970-01-01.
  private(set) var day: Int32
  private var people: [String] = []

  static let names = ["王伟", "李娜", "张三丰", "欧阳修", "买买提·艾力", "陈一", "赵云", "王伟伟"]

  init(seed: UInt64) {
    random = SeededNumbers(seed: seed)
    day = 20_600
    feeds = [
      Feed(name: "roll", columns: ["roll_no", "case_id", "id_no", "name", "status", "start_date", "district"]),
      Feed(name: "funeral", columns: ["record_no", "id_no", "death_date", "state"]),
      Feed(name: "register", columns: ["reg_no", "id_no", "name", "hukou_status"]),
      Feed(name: "payments", columns: ["pay_id", "case_id", "id_no", "account_no", "pay_date", "amount"])
    ]
    people = (0..<14).map { _ in number() }
    for _ in 0..<18 { insert(0) }
    for _ in 0..<6 { insert(1) }
    for _ in 0..<16 { insert(2) }
    for _ in 0..<40 { insert(3) }
  }

  // MARK: - Values

  private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
  mutating func number(below count: Int) -> Int { below(count) }
  private mutating func one(of choices: [String]) -> String { choices[below(choices.count)] }

  /// A new identity number; a few belong to people who are born only in the next days.
  private mutating func number() -> String {
    var text: [UInt8] = []
    let isLater = oneIn(12)
    let birth = CalendarDate(days: isLater ? day + Int32(below(5)) : Int32(below(12_000)))
    birth.write(into: &text)
    let digits =
      "310101" + String(decoding: text, as: UTF8.self).filter { $0 != "-" }
      + String(100 + below(900))
    let body = digits.utf8.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 48) }
    return digits + String(UnicodeScalar(IDNumber.checkCharacter(body: body)))
  }

  /// A number as delivered: now and then damaged, missing or spelt otherwise.
  private mutating func delivered(_ number: String) -> String {
    switch below(24) {
    case 0: ""
    case 1: String(number.dropLast())
    case 2: "x" + number.dropFirst()
    case 3: number.lowercased() + " "
    default: number
    }
  }

  private mutating func date(around spread: Int) -> String {
    if oneIn(20) { return oneIn(2) ? "" : "2026-13-45" }
    var text: [UInt8] = []
    CalendarDate(days: day - Int32(spread) + Int32(below(spread + 6))).write(into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func person() -> String {
    if oneIn(9) {
      people.append(number())
      return people[people.count - 1]
    }
    return people[below(people.count)]
  }

  private mutating func row(_ feed: Int, _ key: String) -> [String] {
    let number = person()
    switch feed {
    case 0:
      return [
        key, "C\(below(9))", delivered(number), one(of: Self.names), one(of: ["active", "active", "ended"]),
        date(around: 400), one(of: ["徐汇", "长宁", "黄,浦"])
      ]
    case 1: return [key, delivered(number), date(around: 60), one(of: ["有效", "有效", "撤回"])]
    case 2: return [key, delivered(number), one(of: Self.names), one(of: ["normal", "normal", "cancelled"])]
    default:
      return [
        key, "C\(below(9))", delivered(number), "62170000000000000\(10 + below(6))", date(around: 90),
        one(of: ["100.00", "700", "25,000.00", "30000", "abc"])
      ]
    }
  }

  // MARK: - Changes

  private mutating func insert(_ feed: Int) {
    serial += 1
    let key = "K\(serial)"
    put(feed, key, row(feed, key), "insert")
  }

  private mutating func put(_ feed: Int, _ key: String, _ row: [String], _ operation: String) {
    feeds[feed].rows[key] = row
    feeds[feed].pending.append((operation, key, row))
  }

  private mutating func delete(_ feed: Int, _ key: String) {
    guard let row = feeds[feed].rows.removeValue(forKey: key) else { return }
    feeds[feed].pending.append(("delete", key, row))
  }

  /// Something happens: rows come, change, go and return, numbers are corrected, people move, deaths come late or are
  /// taken back.
  mutating func change() {
    let feed = below(4)
    guard let key = feeds[feed].rows.keys.sorted().randomElement(using: &random) else { return insert(feed) }
    guard var row = feeds[feed].rows[key] else { return }
    switch below(9) {
    case 0, 1: insert(feed)
    case 2: delete(feed, key)
    case 3:
      delete(feed, key)
      put(feed, key, row, "insert")
    case 4 where feed < 3:
      row[feed == 0 ? 2 : 1] = person()
      put(feed, key, row, "update")
    case 5 where feed == 0:
      row[6] = one(of: ["徐汇", "长宁"])
      put(feed, key, row, "update")
    case 6 where feed == 1:
      row[3] = row[3] == "撤回" ? "有效" : "撤回"
      put(feed, key, row, "update")
    case 7: put(feed, key, row, "update")
    default: put(feed, key, self.row(feed, key), "update")
    }
  }

  mutating func pass(days: Int32) { day += days }

  // MARK: - Files

  private static func cell(_ text: String) -> String {
    text.contains(",") || text.contains("\"") ? "\"\(text)\"" : text
  }

  private static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\n" }

  /// All rows of a feed, in an order of chance.
  mutating func whole(_ feed: Int) -> String {
    let rows = feeds[feed].rows.keys.sorted().shuffled(using: &random).compactMap { feeds[feed].rows[$0] }
    return Self.line(feeds[feed].columns) + rows.map(Self.line).joined()
  }

  /// Changes since the last call, `part` of them first where a night is split; changes of one row stay in order.
  mutating func changes(_ feed: Int, part: Double = 1) -> String {
    let count = Int(Double(feeds[feed].pending.count) * part)
    let taken = feeds[feed].pending.prefix(count)
    feeds[feed].pending.removeFirst(count)
    var byKey: [String: [[String]]] = [:]
    for change in taken { byKey[change.key, default: []].append([change.operation] + change.row) }
    var lines: [[String]] = []
    for key in byKey.keys.sorted().shuffled(using: &random) { lines += byKey[key] ?? [] }
    return Self.line(["op"] + feeds[feed].columns) + lines.map(Self.line).joined()
  }

  mutating func forgetChanges() { for feed in feeds.indices { feeds[feed].pending = [] } }
}

/// Numbers of chance that follow from a seed.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
