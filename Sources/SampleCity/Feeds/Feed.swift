/// One file of the city, written household by household.
protocol Feed {
  /// Draws the order of the households and the damage of the values.
  static var stream: SplitMix64.Stream { get }
  static var isGB18030: Bool { get }
  var fileName: String { get }
  /// The households `0 ..< householdCount` are asked.
  var householdCount: Int { get }
  /// False where it is known, without making the household, that it gives no row.
  func concerns(_ index: Int) -> Bool
  /// Tells apart the damage of files of the same stream.
  func damageNumber(of index: Int) -> Int
  func writeHead(to rows: inout RowWriter)
  func writeRows(of household: Household, to rows: inout RowWriter)
  func writeTail(to rows: inout RowWriter)
}

extension Feed {
  static var isGB18030: Bool { false }
  func concerns(_ index: Int) -> Bool { true }
  func damageNumber(of index: Int) -> Int { index }
  func writeTail(to rows: inout RowWriter) {}
}
