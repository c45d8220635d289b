import Foundation
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// What the replica's planner expects of a report's queries; nothing is run for it.
struct CostEstimate: Hashable, Sendable, Codable {
  var rows: Int
  /// In the planner's unit: reading one page in order is 1.
  var totalCost: Double
  /// How many of the report's reads were asked about; the others are taken to be like them.
  var explained: Int

  /// Bounds the number of EXPLAINs: the first read, the last, and some between.
  static let maxExplained = 16

  /// - Returns: nil without any estimate.
  init?(_ estimates: [(rows: Double, cost: Double)], reads: Int) {
    guard !estimates.isEmpty else { return nil }
    let scale = Double(reads) / Double(estimates.count)
    let rows = estimates.map(\.rows).reduce(0, +) * scale
    // Wrong statistics can give a number of rows that does not fit an Int.
    self.rows = Int(exactly: rows.rounded()) ?? .max
    totalCost = (estimates.map(\.cost).reduce(0, +) * scale * 100).rounded() / 100
    explained = estimates.count
  }

  /// Which of so many reads are asked about, spread evenly.
  static func sample(of reads: Int) -> [Int] {
    guard reads > maxExplained else { return Array(0..<reads) }
    return (0..<maxExplained).map { $0 * (reads - 1) / (maxExplained - 1) }
  }

  /// The planner's estimate for the whole statement, from `EXPLAIN (FORMAT JSON)`.
  static func explained(_ json: String) throws -> (rows: Double, cost: Double) {
    struct Node: Decodable {
      var rows: Double
      var cost: Double

      enum CodingKeys: String, CodingKey {
        case rows = "Plan Rows"
        case cost = "Total Cost"
      }
    }
    let plans = try JSONDecoder().decode([[String: Node]].self, from: Data(json.utf8))
    guard let top = plans.first?["Plan"] else {
      throw RunError(.bug, Diagnostic("EXPLAIN gave no plan"))
    }
    return (top.rows, top.cost)
  }
}

/// Asks the replica about the very queries that a run would send it.
struct CostReader: Sendable {
  /// READ ONLY, without a transaction, so that an error of one report does not affect the next.
  let replica: Connection
  let options: RunOptions
  let timezone: String

  /// Bounds the wait for a locked table.
  private static let limit = Duration.seconds(30)

  func columns(of report: Report, _ plan: ReportPlan) async throws -> [ColumnShape] {
    guard let span = plan.portions.first?.spans.first else { return [] }
    return try await QueryColumns(connection: replica)
      .columns(of: report, span: span, values: options.parameters, timezone: timezone)
  }

  /// - Throws: `RunError` 65 for a query that reads rows of other servers, unless the report allows it.
  func requireOwnRows(of report: Report, _ plan: ReportPlan, _ columns: [ColumnShape]) async throws {
    guard !report.allowsForeign, let span = plan.portions.first?.spans.first else { return }
    let query = ReportQuery(
      report: report, span: span, values: options.parameters, timezone: timezone, columns: columns)
    try await RowsElsewhere.planned(query.sql, of: report, on: replica).requireAllowed(by: report)
  }

  /// How the rows of each portion reach the table, and what comparing them takes of the replica's disk.
  func ways(
    of report: Report, _ plan: ReportPlan, _ columns: [ColumnShape], _ facts: PlanFacts,
    _ primary: Connection
  ) async throws -> (ways: [PublishWay], temporaryBytes: Int?) {
    var published: PublishedTable?
    var temporaryBytes: Int?
    var ways: [PublishWay] = []
    for portion in plan.portions {
      var portionFacts = facts.wayFacts(report, portion, plan)
      if PublishWay(portionFacts) == .difference, let table = report.materialization.table,
        let existing = facts.shapes[report.name]
      {
        let others = try await OthersOnTable.read(table, on: primary)
        portionFacts.table = (existing, !others.rewriting.isEmpty, columns)
        if published == nil { published = try await PublishedTable.read(of: report, on: replica) }
        portionFacts.published = published
      }
      ways.append(PublishWay(portionFacts))
      if ways.last == .difference {
        temporaryBytes = max(temporaryBytes ?? 0, portionFacts.temporaryBytes ?? 0)
      }
    }
    return (ways, temporaryBytes)
  }

  /// - Parameters:
  ///   - existing: the summary table as it is.
  ///   - isOrdered: whether a file can be written from the stream, which is then in its order.
  func estimate(
    of report: Report, _ plan: ReportPlan, _ columns: [ColumnShape], existing: TableShape?, isOrdered: Bool
  ) async throws -> CostEstimate? {
    let reads = plan.portions.flatMap { portion in
      let isOrdered =
        isOrdered && options.publishes && portion.isOneFile(of: report, columns: columns, existing: existing)
      return portion.spans.map { span in
        ReportQuery(
          report: report, span: span, values: options.parameters, timezone: timezone,
          columns: columns, order: isOrdered ? report.fileOrder : [])
      }
    }
    var estimates: [(rows: Double, cost: Double)] = []
    for index in CostEstimate.sample(of: reads.count) {
      // The planner calls immutable functions.
      let explained = try await replica.queryReadOnly(
        "EXPLAIN (FORMAT JSON) " + reads[index].sql, timeout: Self.limit)
      estimates.append(try CostEstimate.explained(try explained.single() ?? ""))
    }
    return CostEstimate(estimates, reads: reads.count)
  }
}
