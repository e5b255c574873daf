import Foundation

/// Rounds of one piece of work, timed by the clock on the wall and by the processor time of this process.
struct Measurement {
  /// Seconds of each round, ascending.
  private let wall: [Double]
  private let processor: [Double]
  private let amount: Double

  /// `amount` is what one round works through, in the unit that is printed by the second.
  init(rounds: Int, amount: Double, _ round: () -> Void) {
    var wall: [Double] = []
    var processor: [Double] = []
    let clock = ContinuousClock()
    round()
    for _ in 0..<rounds {
      let processorStart = Glibc.clock()
      let start = clock.now
      round()
      wall.append((clock.now - start) / .seconds(1))
      // POSIX: a million ticks a second.
      processor.append(Double(Glibc.clock() - processorStart) / 1_000_000)
    }
    self.wall = wall.sorted()
    self.processor = processor.sorted()
    self.amount = amount
  }

  /// Best and median by the wall, best by processor time.
  var columns: String {
    [wall[0], wall[wall.count / 2], processor[0]].map { column(amount / $0) }.joined()
  }

  private func column(_ value: Double) -> String {
    let text = String((value * 100).rounded() / 100)
    return String(repeating: " ", count: max(1, 12 - text.count)) + text
  }
}
