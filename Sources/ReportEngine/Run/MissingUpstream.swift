import PostgresClient
import ReportLedger
import ReportModel

extension RunError {
  /// Names the report that makes the table which a report reads and which is not there yet.
  func explainingUpstream(of report: Report, in graph: DependencyGraph?) -> RunError {
    guard sqlState == SQLState.undefinedTable.rawValue, let graph, let table = missing(among: report.reads),
      let maker = graph.maker(of: table), maker != report.name
    else { return self }
    var explained = self
    explained.diagnostic.hint =
      "\"\(maker)\" makes it: run \"reportgen run +\(report.name)\", which runs what \"\(report.name)\" reads first."
    return explained
  }

  /// The server's message is in its own language, but names the table: of two names the longer one, since the other
  /// may be its beginning.
  private func missing(among tables: [QualifiedName]) -> QualifiedName? {
    tables.filter { diagnostic.message.contains($0.description) }
      .max { $0.description.utf8.count < $1.description.utf8.count }
  }
}
