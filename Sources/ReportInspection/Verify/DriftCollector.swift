import ReportExport
import ReportLedger
import ReportModel

/// Counts rows that differ, by interval, and keeps some of them to show.
struct DriftCollector {
  /// Of each kind in one interval.
  static let samplesEach = 10
  /// Of each kind in one report, however many intervals differ.
  static let samplesOfReport = 100

  /// Names of the fields in the order in which they come, the key's first.
  let fields: [String]
  let keyFields: Int
  /// The field that says to which interval a row belongs; nil when all rows belong to `only`.
  let timeField: Int?
  /// In the order of time.
  var intervals: [Interval]
  /// Published rows that the source does not have are not drift: a `merge` keeps them.
  let keepsGone: Bool
  private(set) var found: [Interval?: IntervalDrift] = [:]
  private var shown: [WritableKeyPath<DriftSamples, [RowSample]>: Int] = [:]

  init(fields: [String], keyFields: Int, timeField: Int?, intervals: [Interval], keepsGone: Bool) {
    self.fields = fields
    self.keyFields = keyFields
    self.timeField = timeField
    self.intervals = intervals
    self.keepsGone = keepsGone
  }

  /// What was found, in the order of time; rows outside of all intervals last.
  var drift: [IntervalDrift] {
    found.values.sorted { left, right in
      guard let one = left.interval, let other = right.interval else { return left.interval != nil }
      return one < other
    }
  }

  mutating func missing(_ row: CopyTextDecoder.Row) {
    let interval = interval(of: row)
    guard count(\.missing, \.missing, in: interval) else { return }
    let sample = sample(row)
    found[interval]?.samples.missing.append(sample)
  }

  mutating func extra(_ row: CopyTextDecoder.Row) {
    let interval = interval(of: row)
    if keepsGone {
      found[interval, default: IntervalDrift(interval)].rows.gone += 1
    } else if count(\.extra, \.extra, in: interval) {
      let sample = sample(row)
      found[interval]?.samples.extra.append(sample)
    }
  }

  mutating func different(computed: CopyTextDecoder.Row, published: CopyTextDecoder.Row) {
    let interval = interval(of: published)
    guard count(\.different, \.different, in: interval) else { return }
    var sample = sample(published)
    sample.changes = (keyFields..<fields.count).compactMap { field in
      guard RowComparison.compare(published.bytes(field), computed.bytes(field)) != 0 else { return nil }
      return RowSample.Change(
        column: fields[field], old: published.text(field).map(RowSample.cut),
        new: computed.text(field).map(RowSample.cut))
    }
    found[interval]?.samples.different.append(sample)
  }

  /// - Returns: whether the row is one of those to show.
  private mutating func count(
    _ rows: WritableKeyPath<RowDrift, Int>, _ samples: WritableKeyPath<DriftSamples, [RowSample]>,
    in interval: Interval?
  ) -> Bool {
    found[interval, default: IntervalDrift(interval)].rows[keyPath: rows] += 1
    let ofInterval = found[interval]?.samples[keyPath: samples].count ?? 0
    guard ofInterval < Self.samplesEach, shown[samples, default: 0] < Self.samplesOfReport else {
      return false
    }
    shown[samples, default: 0] += 1
    return true
  }

  private func sample(_ row: CopyTextDecoder.Row) -> RowSample {
    RowSample(columns: Array(fields[..<keyFields]), values: (0..<keyFields).map(row.text))
  }

  /// A day and a moment both begin with the date, in the session's time zone.
  private func interval(of row: CopyTextDecoder.Row) -> Interval? {
    guard let timeField else { return intervals.first }
    guard let day = row.text(timeField).flatMap({ CalendarDate(String($0.prefix(10))) }) else { return nil }
    // Binary search: a report can have thousands.
    var (low, high) = (0, intervals.count)
    while low < high {
      let middle = (low + high) / 2
      if intervals[middle].end <= day { low = middle + 1 } else { high = middle }
    }
    return low < intervals.count && intervals[low].contains(day) ? intervals[low] : nil
  }
}
