/// A payment to a case.
struct Payment: Equatable {
  /// Number in its month and case, from 0.
  var place: Int
  /// Days since 1970-01-01.
  var date: Int
  /// Yuan in 1/100.
  var amount: Int
  var isBackPayment = false
}

extension SampleCity {
  /// The payments to a case in the month with this index, in `months`.
  func payments(to household: Household, month: Int) -> [Payment] {
    guard household.status != .suspended else { return [] }
    var random = SplitMix64(seed: seed, stream: .payment, number: household.index * 32 + month)
    let start = months[month]
    let date = start + 9 + random.next(below: 6)
    if let end = household.end, date > end { return [] }
    var payments = [Payment(place: 0, date: date, amount: household.monthlyAmount)]
    guard month == household.eventMonth else { return payments }
    switch household.situation {
    case .frequentPayments: addBackPayments(random.next(in: 3...4), to: &payments, start: start, random: &random)
    case .threePayments: addBackPayments(2, to: &payments, start: start, random: &random)
    case .largePayment:
      payments[0].amount = random.next(below: 3) == 0 ? 2_000_000 : random.next(in: 20_001...60_000) * 100
      payments[0].isBackPayment = true
    case .nearlyLargePayment:
      payments[0].amount = 1_999_999
      payments[0].isBackPayment = true
    default: break
    }
    return payments
  }

  private func addBackPayments(_ count: Int, to payments: inout [Payment], start: Int, random: inout SplitMix64) {
    for place in 1...count {
      payments.append(
        Payment(
          place: place, date: start + 15 + random.next(below: 13), amount: random.next(in: 100...600) * 100,
          isBackPayment: true))
    }
  }
}
