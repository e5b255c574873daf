import Glibc
package import Normalizers

extension CalendarDate {
  /// The day of the clock in the time zone of the system.
  package static var today: CalendarDate {
    var now = time(nil)
    // SAFETY: the call only writes to the two variables, which live during it; the time zone's name is not looked at.
    var local = unsafe tm()
    unsafe localtime_r(&now, &local)
    return unsafe CalendarDate(
      days: days(year: Int(local.tm_year) + 1900, month: Int(local.tm_mon) + 1, day: Int(local.tm_mday)))
  }
}
