extension DateReading {
  /// A value with each number written as `N`, beside the list of the numbers.
  struct Shape {
    struct Number {
      var value: Int
      var count: Int
    }

    var marks: [Unicode.Scalar] = []
    var numbers: [Number] = []
    /// A character that no date, month or time holds, or a number too long for any of them.
    var hasStrangers = false

    private static let known = "/.:T年月日号份时点分秒ZAMP+,".unicodeScalars

    init(_ scalars: [Unicode.Scalar]) {
      var inNumber = false
      for (index, scalar) in scalars.enumerated() {
        if let digit = scalar.digit {
          if inNumber {
            let last = numbers[numbers.count - 1]
            numbers[numbers.count - 1] = Number(
              value: last.count < 18 ? last.value * 10 + digit : last.value, count: last.count + 1)
          } else {
            numbers.append(Number(value: digit, count: 1))
            marks.append("N")
          }
          inNumber = true
          continue
        }
        inNumber = false
        if scalar == " " {
          // A blank only counts where it alone separates two numbers.
          let isAlone = scalars[index - 1].digit != nil && scalars[index + 1].digit != nil
          if isAlone { marks.append(" ") }
        } else {
          marks.append(scalar.isHyphen ? "-" : scalar.capitalized)
          if !scalar.isHyphen, !Self.known.contains(scalar.capitalized) { hasStrangers = true }
        }
      }
    }
  }
}
