/// An invented bank card number: 19 digits, the last one after Luhn.
struct AccountNumber {
  let value: UInt64

  /// Equal numbers give equal accounts, different ones below 10^12 others.
  init(_ number: Int) {
    // The factor shares no divisor with 10^12.
    let serial = (UInt64(number) * 736_878_751 + 12_345) % 1_000_000_000_000
    let front = 621_700 * 1_000_000_000_000 + serial
    var (rest, sum, isDoubled) = (front, UInt64(0), true)
    while rest > 0 {
      let digit = rest % 10 * (isDoubled ? 2 : 1)
      sum += digit / 10 + digit % 10
      rest /= 10
      isDoubled.toggle()
    }
    value = front * 10 + (10 - sum % 10) % 10
  }
}
