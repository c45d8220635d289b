import PostgresClient
import ReportExport
import ReportLedger
import ReportModel

/// Reads what a page shows besides its rows: totals, charts, the number of rows.
struct PageReader: Sendable {
  let root: ExportRoot
  let source: Connection

  func content(
    _ job: ReportExporter.Job, _ queries: ExportQueries, _ settings: HTMLSettings, sums: Sums?,
    csvFile: String?
  ) async throws -> PageContent {
    let report = job.report
    let facts = job.facts
    let count = try Row(only: try await source.query(queries.count)).int("rows")
    return PageContent(
      title: report.title, description: report.description, owner: report.owner, reportName: report.name,
      intervalName: facts.folderName(report), interval: facts.interval,
      asOf: PageAsOf(
        time: facts.asOf, position: facts.position, timeline: facts.timeline, replica: facts.replica,
        unproven: facts.unproven ?? []),
      parameters: job.namedParameters,
      columns: queries.columns.map { column in
        let declared = report.column(column.name)
        return PageColumn(
          name: column.name, title: declared?.title, description: declared?.description,
          format: declared?.format ?? (column.category == "D" ? .date : nil), unit: declared?.unit,
          isNumeric: column.isNumeric, isBoolean: column.category == "B")
      },
      totalRows: count, charts: try await charts(queries, settings),
      totals: try await totals(queries, settings, sums),
      csvFile: csvFile, run: facts.runID.uuidString.lowercased(), fingerprint: facts.fingerprint,
      generator: root.generator)
  }

  private func charts(_ queries: ExportQueries, _ settings: HTMLSettings) async throws -> [ChartContent] {
    var charts: [ChartContent] = []
    for chart in settings.charts {
      let rows = try await source.query(queries.chart(chart, history: settings.history))
      let isOverTime = queries.isOverTime(chart)
      charts.append(
        ChartContent(
          spec: chart,
          points: rows.rows.map { row in
            ChartPoint(
              x: row[0], y: row[1], series: row[2], otherSeries: row[3].flatMap { Int($0) } ?? 0,
              otherX: row[4].flatMap { Int($0) } ?? 0)
          },
          xCount: rows.rows.first?[5].flatMap { Int($0) },
          interval: isOverTime ? queries.interval : nil,
          period: isOverTime ? queries.report.period : .none))
    }
    return charts
  }

  private func totals(
    _ queries: ExportQueries, _ settings: HTMLSettings, _ read: Sums?
  ) async throws -> PageTotals {
    guard let totals = settings.totals else { return PageTotals() }
    let rows =
      if let read, read.totals == totals { read.rows } else {
        try await source.query(queries.totals(totals)).values
      }
    let (width, sums) = (totals.by.count, totals.sum.count)
    var past: [PastKey: [String?]] = [:]
    if let query = queries.pastTotals(totals) {
      for row in try await source.query(query).rows {
        let key = PastKey(day: row[0], group: Array(row[1..<1 + width]))
        past[key] = Array(row[(1 + width)...])
      }
    }
    let comparison = queries.comparison(totals)
    func value(_ interval: Interval, _ group: [String?], _ index: Int) -> String? {
      past[PastKey(day: interval.start.description, group: group)]?[index]
    }
    let groups = rows.map { row in
      let group = Array(row[..<width])
      return TotalsGroup(
        label: zip(totals.by, group).map { NamedValue($0, $1) },
        sums: (0..<sums).map { index in
          TotalsGroup.Measure(
            name: totals.sum[index], value: row[width + index],
            base: comparison.flatMap { value($0, group, index) },
            history: queries.pastIntervals.map { value($0, group, index) })
        })
    }
    return PageTotals(
      groups: groups, count: rows.first?[width + sums].flatMap { Int($0) } ?? 0, comparison: comparison)
  }

  private struct PastKey: Hashable {
    /// The first day of the interval.
    var day: String?
    var group: [String?]
  }
}
