internal import Normalizers

/// Why rules that look at a source can say nothing: what the job asks of the source is not given.
struct SourceGuard {
  static let noRows = "has no usable row"

  let asOf: CalendarDate

  /// Nil where the source can be relied on. `outcome` is what reading it gave.
  func reason(_ source: Job.Source, _ outcome: SourceOutcome) -> String? {
    let rows = outcome.records.accepted
    let limits = source.limits
    if rows == 0 { return "source '\(source.name)' \(Self.noRows)" }
    if let least = limits.minRows, rows < least {
      return "source '\(source.name)' has \(rows.grouped) rows, fewer than rows: asks for (min \(least.grouped))"
    }
    if let most = limits.maxRows, rows > most {
      return "source '\(source.name)' has \(rows.grouped) rows, more than rows: allows (max \(most.grouped))"
    }
    if let age = limits.maxAge {
      let day =
        source.snapshotDate ?? outcome.fields.compactMap(\.newestDay).max().map { CalendarDate(days: Int32($0)) }
      guard let day else {
        return "source '\(source.name)' has no day by which to tell its age, and max_age is \(age.written)"
      }
      if day < age.firstDay(before: asOf) {
        return "source '\(source.name)' is of \(day.written), older than max_age allows (\(age.written))"
      }
    }
    if let period = limits.period, asOf < period.first || period.last < asOf {
      return "source '\(source.name)' covers \(period.written), which the day of the run is not in"
    }
    return nil
  }
}
