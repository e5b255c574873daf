/// An order of `0 ..< count` that looks shuffled and needs no table: `(i * step + start) mod count`.
struct Order {
  private let count: Int
  private let step: Int
  private let start: Int

  init(count: Int, random: inout SplitMix64) {
    precondition(count > 0 && count < 1 << 31, "an order is over 1 to 2^31 things")
    self.count = count
    start = random.next(below: count)
    var step = count / 3 + random.next(below: count / 2 + 1)
    while Self.commonDivisor(step, count) != 1 { step += 1 }
    self.step = step
  }

  subscript(position: Int) -> Int { (position * step + start) % count }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
