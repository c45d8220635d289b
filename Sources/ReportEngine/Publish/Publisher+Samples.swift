import Foundation
import PostgresClient
import ReportLedger

/// What a publish would do to a summary table: all of it counted, some of it shown.
struct TableDifference: Hashable, Sendable {
  var counts: RowCounts
  var samples = RowSamples()
}

extension Publisher {
  /// Nothing is published yet, or nothing is compared.
  func allAdded(_ statements: PublishStatements, _ staged: StagedReport) async throws -> TableDifference {
    var samples = RowSamples()
    let queries = DifferenceSamples(statements: statements)
    samples.added = try await rows(queries.allStaged, queries.shown)
    return TableDifference(
      counts: RowCounts(read: staged.rowsRead, inserted: staged.rowsRead), samples: samples)
  }

  func tableDifference(_ statements: PublishStatements, _ staged: StagedReport) async throws
    -> TableDifference
  {
    let difference = try await difference(statements, report: staged.attempt.report)
    let queries = DifferenceSamples(statements: statements)
    var samples = RowSamples()
    if difference.added > 0 { samples.added = try await rows(queries.added, queries.shown) }
    if difference.changed > 0 { samples.changed = try await changedRows(queries) }
    if difference.removed > 0 { samples.removed = try await rows(queries.removed, queries.shown) }
    return TableDifference(
      counts: RowCounts(
        read: staged.rowsRead, inserted: difference.added, updated: difference.changed,
        deleted: difference.removed, unchanged: difference.paired - difference.changed),
      samples: samples)
  }

  private func rows(_ sql: String, _ columns: [String]) async throws -> [RowSample] {
    try await primary.query(sql).rows.map { row in
      RowSample(columns: columns, values: try decoded(row[0]))
    }
  }

  private func changedRows(_ queries: DifferenceSamples) async throws -> [RowSample] {
    let columns = queries.statements.columns
    return try await primary.query(queries.changed).rows.map { row in
      var sample = RowSample(columns: queries.shown, values: try decoded(row[0]))
      let differs: [Bool] = try decoded(row[1])
      let (old, new): ([String?], [String?]) = (try decoded(row[2]), try decoded(row[3]))
      sample.changes = columns.indices.filter { differs[$0] }.map { index in
        RowSample.Change(
          column: columns[index], old: old[index].map(RowSample.cut), new: new[index].map(RowSample.cut))
      }
      return sample
    }
  }

  private func decoded<Value: Decodable>(_ json: String?) throws -> [Value] {
    try JSONDecoder().decode([Value].self, from: Data((json ?? "[]").utf8))
  }
}
