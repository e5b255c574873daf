import ArgumentParser
import MatchEngine
import Normalizers

/// The day that counts as today, so that a run can be repeated later.
struct AsOfOption: ParsableArguments {
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The day that counts as today.", valueName: "YYYY-MM-DD"),
    transform: Self.day)
  var given: CalendarDate?

  var date: CalendarDate { given ?? .today }

  private static func day(_ text: String) throws -> CalendarDate {
    let packed = CalendarDate.packed([UInt8](text.utf8).span, asOf: .today)
    guard !packed.codes.isInvalid, !packed.codes.isRepaired else {
      throw ValidationError("'\(text)' is no day; write YYYY-MM-DD")
    }
    return CalendarDate(days: packed.days)
  }
}
