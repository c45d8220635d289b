import ReportLedger

/// The current state of a run, and its lines on a terminal: one for each active report.
///
/// Pure: times are seconds of one clock, which the caller reads.
package struct RunBoard: Sendable {
  private struct Work {
    var step = ""
    var stepBegan = 0.0
    let began: Double
    var isActive = true
    var reads = 0
    /// Of reads that are over.
    var rowsBefore = 0
    var rowsNow = 0
  }

  private var works: [String: Work] = [:]
  /// How often each report is going to be read; empty until the run is planned.
  private var planned: [String: Int] = [:]
  private var ended: Set<String> = []
  private let began: Double

  /// - Parameter seconds: when the run began.
  package init(at seconds: Double) { began = seconds }

  /// - Parameter seconds: when the event happened.
  package mutating func apply(_ event: RunEvent, at seconds: Double) {
    switch event {
    case .planned(let reads): planned = reads.filter { $0.value > 0 }
    case .step(let report, let step): begin(step, of: report, at: seconds)
    case .rows(let report, let count): works[report]?.rowsNow = count
    case .waiting(let report): works[report]?.isActive = false
    case .retrying(let report, _, _): works[report]?.rowsNow = 0
    case .note: break
    case .ended(let outcome):
      works[outcome.report.name]?.isActive = false
      if planned[outcome.report.name] != nil { ended.insert(outcome.report.name) }
    }
  }

  private mutating func begin(_ step: String, of report: String, at seconds: Double) {
    var work = works[report] ?? Work(began: seconds)
    work.step = step
    work.stepBegan = seconds
    work.isActive = true
    if step == "read" {
      work.reads += 1
      work.rowsBefore += work.rowsNow
      work.rowsNow = 0
    }
    works[report] = work
  }

  // MARK: Lines

  /// - Parameters:
  ///   - columns: the terminal's width; a line is cut before it would touch the last column and wrap.
  ///   - rows: the terminal's height; what does not fit is only counted.
  package func lines(at seconds: Double, columns: Int, rows: Int) -> [String] {
    let active = works.filter(\.value.isActive).sorted { ($0.value.began, $0.key) < ($1.value.began, $1.key) }
    let room = max(rows - 2, 1)
    let width = active.map(\.key.count).max() ?? 0
    var lines = active.prefix(room).map { report, work in
      [report.padded(to: width), work.step.padded(to: 7), reads(report, work), counts(work, at: seconds)]
        .filter { !$0.isEmpty }.joined(separator: "  ")
        + "  " + Self.elapsed(seconds - work.began)
    }
    if planned.count > 1 { lines.append(total(hidden: active.count - lines.count, at: seconds)) }
    return lines.map { String($0.prefix(max(columns - 1, 0))) }
  }

  /// `3 of 12`, for a report that is read more than once.
  private func reads(_ report: String, _ work: Work) -> String {
    guard let all = planned[report], all > 1, work.reads > 0 else { return "" }
    // A read that failed because of some rows is tried again in parts.
    return "\(work.reads) of \(max(all, work.reads))"
  }

  private func counts(_ work: Work, at seconds: Double) -> String {
    let rows = work.rowsBefore + work.rowsNow
    guard rows > 0 else { return "" }
    let text = "\(rows.grouped) \(rows == 1 ? "row" : "rows")".leftPadded(to: 14)
    let duration = seconds - work.stepBegan
    guard work.step == "read", duration >= 1 else { return text }
    return text + "  " + "\(Self.rate(Double(work.rowsNow) / duration)) rows/s".leftPadded(to: 11)
  }

  private func total(hidden: Int, at seconds: Double) -> String {
    let more = hidden > 0 ? ", \(hidden) more active" : ""
    return "\(ended.count) of \(planned.count) reports done\(more)  \(Self.elapsed(seconds - began))"
  }

  /// `0:05`, `12:34`, `1:02:03`.
  static func elapsed(_ seconds: Double) -> String {
    let whole = Int(max(seconds, 0))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }

  /// `950`, `8,400`, `412k`, `1.2M`: few digits, so that the line changes little.
  static func rate(_ perSecond: Double) -> String {
    let whole = Int(perSecond.rounded())
    if whole < 10_000 { return whole.grouped }
    if whole < 1_000_000 { return "\((whole + 500) / 1000)k" }
    let tenths = (whole + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)M"
  }
}

extension Int {
  /// `1,234,567`.
  var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return self < 0 ? "-" + text : text
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }
}
