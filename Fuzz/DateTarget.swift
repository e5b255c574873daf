/// Days and months: the fast readings against the references.
struct FuzzTarget {
  static func run(_ input: [UInt8]) {
    let date = Normalizing.check(.date, input)
    let month = Normalizing.check(.month, input)
    let asOf = Normalizing.asOf
    require(CalendarDate.packed(input.span, asOf: asOf) == CalendarDate.packedSlowly(input.span, asOf: asOf))
    require(CalendarMonth.packed(input.span, asOf: asOf) == CalendarMonth.packedSlowly(input.span, asOf: asOf))
    if !date.codes.isInvalid {
      require(month.canonical == Array(date.canonical.prefix(7)), "whatever is a day is a month as well")
    }
  }
}
